"""`routeproof chat preview`: what each channel would be told of a pull request now, and to send it for a trial."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import NoCache, emit
from bot.errors import CannotAnalyse, UserError

if TYPE_CHECKING:
    from bot.chat.config import Channel, ChatConfig, Route
    from bot.chat.message import Written
    from bot.ports import PullVerdict
    from bot.settings import ServiceSettings

HELP = "Look at what chat channels are told."
app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None)


@dataclass(frozen=True)
class _Change:
    """The change that is told of: a repository of this machine, two revisions, a title."""

    repo: str
    base: str
    head: str
    title: str


@app.callback()
def options() -> None:
    """Options before the verb."""


@app.command(name="preview", help="Print for each channel what it would be told now, and which stay silent.")
def preview(
    config: Annotated[
        Path | None, typer.Option(help="The chat file; ROUTEPROOF_CHAT_CONFIG without.", metavar="FILE")
    ] = None,
    repo: Annotated[
        str | None, typer.Option(help="A repository to review; the bundled sample without.", metavar="DIR")
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="The branch or commit merged into; the main branch without.", metavar="REV")
    ] = None,
    head: Annotated[
        str, typer.Option(help="The change: a branch or commit, :worktree or :index.", metavar="REV")
    ] = "HEAD",
    repository: Annotated[
        str, typer.Option(help="Route as for this repository on GitHub.", metavar="OWNER/NAME")
    ] = "acme/gitops",
    branch: Annotated[
        str | None, typer.Option(help="Route as for this base branch; --base without.", metavar="NAME")
    ] = None,
    send: Annotated[bool, typer.Option("--send", help="Send it now, and say what each service answers.")] = False,
    no_cache: NoCache = False,
) -> None:
    """Preview what channels are told."""
    from bot.settings import read_service

    settings = read_service(os.environ)
    chat = _chat_config(config, settings)
    with _change(repo, base, head) as change:
        found = _verdict(change, settings, repository, branch, cached=not no_cache)
    _tell(chat, found, settings.github_web, send=send)


def _chat_config(file: Path | None, settings: "ServiceSettings") -> "ChatConfig":
    from bot import catalogue
    from bot.chat.config import read_file

    path = file or settings.chat_config
    if path is None:
        raise UserError("There is no chat file.", "Give --config FILE or ROUTEPROOF_CHAT_CONFIG.")
    found = read_file(path, catalogue.kit().known, os.environ)
    if not found.channels:
        raise UserError(f"{path} describes no channel.", "docs/chat.md shows how.")
    return found


@contextmanager
def _change(repo: str | None, base: str | None, head: str) -> Iterator[_Change]:
    """What is reviewed: as the options say, or the sample, which is made for as long as it is needed."""
    from bot.catalogue import config_folder
    from bot.checkout.create import create_repository
    from bot.demo.sample import BASE, HEAD, TITLE, sample

    if repo is not None:
        yield _Change(repo, base or "", head, head)
        return
    if base is not None or head != "HEAD":
        raise UserError("--base and --head are of a repository.", "Give --repo too, or none of them for the sample.")
    if shutil.which("git") is None:
        raise CannotAnalyse("Git is not installed.", "Install Git 2.38 or newer and put it on PATH.")
    with tempfile.TemporaryDirectory(prefix="routeproof-chat-") as folder:
        create_repository(Path(folder), sample(config_folder()))
        yield _Change(folder, BASE, HEAD, TITLE)


def _verdict(
    change: _Change, settings: "ServiceSettings", repository: str, branch: str | None, *, cached: bool
) -> "PullVerdict":
    from bot.cli.session import default_base
    from bot.ports import PullState, PullVerdict, RepoRef
    from bot.reporters.chat import compose
    from bot.review import Asked, review
    from bot.wiring import ports_for

    owner, separator, name = repository.partition("/")
    if not (owner and separator and name) or "/" in name:
        raise UserError(f"{repository!r} is not the name of a repository.", "Write it as OWNER/NAME.")
    with ports_for(change.repo, settings, cached=cached) as ports:
        base = change.base or default_base(ports, change.head)
        verdict, _ = review(ports, Asked(base, change.head))
    pull = PullState(
        number=1,
        head_sha=verdict.head.sha,
        head_ref=change.head,
        base_sha=verdict.base.sha,
        base_ref=branch or base.removeprefix("origin/"),
        title=change.title,
        open=True,
        draft=False,
        fork=False,
    )
    return PullVerdict(RepoRef(owner, name), pull, compose(verdict))


def _tell(config: "ChatConfig", found: "PullVerdict", web: str, *, send: bool) -> None:
    """Print it channel by channel, and send it where asked to.

    Raises:
        UserError: a service did not take it.
    """
    from bot.chat.choose import chosen
    from bot.chat.message import said, written
    from bot.chat.sender import send as sent

    refused = []
    leading = dict(chosen(config, found))
    for channel in config.channels:
        routes = leading.get(channel, ())
        saying = said(found, routes, f"{web}/{found.repo}/pull/{found.pull.number}")
        if not saying.seen:
            emit(f"{channel.name} · {channel.service.name} · silent: {_why(found, routes)}\n\n", None)
            continue
        message = written([saying], channel.service)
        emit(f"{channel.name} · {channel.service.name} · {_when(channel)}\n{_shown(message)}", None)
        if send:
            answer = sent(channel, message)
            refused += [channel.name] if answer else []
            emit(f"  {f'not sent: {answer}' if answer else 'sent: the service took it'}\n", None)
        emit("\n", None)
    if refused:
        raise UserError(
            f"Not taken by the service of {', '.join(refused)}.", "Look at the URL in the variable of the channel."
        )


def _shown(message: "Written") -> str:
    """As it is sent, behind a margin. The joiners in it are as invisible here as there."""
    title = (f"  title | {message.title}",) if message.title else ()
    return "".join(f"{line}\n" for line in (*title, *(f"        | {line}" for line in message.body.split("\n"))))


def _when(channel: "Channel") -> str:
    from datetime import UTC, datetime

    from bot.chat.times import due

    now = datetime.now(UTC)
    at = due(channel, now)
    if at <= now.timestamp():
        return "now"
    timing = channel.digest or channel.quiet
    zone = timing.zone if timing else UTC
    why = "with the digest" if channel.digest else "after the quiet hours"
    return f"{why}, {datetime.fromtimestamp(at, zone):%A %Y-%m-%d %H:%M} {zone}"


def _why(found: "PullVerdict", routes: "Sequence[Route]") -> str:
    """Why there is nothing to tell a channel."""
    from bot.reporter.escape import visible

    if not routes:
        return f"no route leads to it from {visible(str(found.repo))}, base branch {visible(found.pull.base_ref)}"
    if not found.verdict.findings:
        return "nothing was found"
    return f"none of the {len(found.verdict.findings)} findings passes: {'; '.join(_takes(route) for route in routes)}"


def _takes(route: "Route") -> str:
    rules = f" of rules {', '.join(route.rules)}" if route.rules else ""
    return f"a route takes severity {route.severity} or worse{rules}"
