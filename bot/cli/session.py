"""What the verbs that read a repository have in common: open it, choose sides and policy, deliver reports."""

import os
import shlex
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bot import __version__, catalogue
from bot.analysis.origins import Origins, of_problems
from bot.bundle import Bundle
from bot.cli.options import Reading, emit
from bot.errors import UserError
from bot.policy.schema import Policy
from bot.ports import Ports
from bot.problem import Problem
from bot.reporter import Context
from bot.settings import Settings, read_settings
from bot.source import Location, Side
from bot.verdict import Audit, Verdict
from bot.wiring import policy_file, ports_for

MAIN_BRANCHES = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


@contextmanager
def session(options: Reading) -> Iterator[Ports]:
    """Everything outside, for as long as one verb runs.

    Raises:
        UserError: a setting or the default policy is wrong.
        CannotAnalyse: the repository cannot be opened.
    """
    with ports_for(options.repo, read_settings(os.environ), cached=not options.no_cache) as ports:
        yield ports


def chosen_policy(file: Path | None, ports: Ports) -> Policy | None:
    """The policy of `--policy`, None where the repository's own holds.

    Raises:
        UserError: the file has faults.
    """
    return policy_file(file, ports.kit.known) if file else None


def default_base(ports: Ports, head: str) -> str:
    """What a change is compared with where nobody says: HEAD for what is not committed, else the main branch.

    Raises:
        UserError: there is no branch of a usual name.
    """
    if head.startswith(":"):
        return "HEAD"
    for name in MAIN_BRANCHES:
        if ports.repository.knows(name):
            return name
    raise UserError("There is no --base, and no branch called main or master.", "Give --base REV.")


def deliver(
    subject: Verdict | Audit,
    sources: Mapping[tuple[Side, str], str],
    targets: Sequence[tuple[str, Path | None]],
    *,
    verbose: bool,
    replay: Sequence[str],
) -> None:
    """Render each format and write it where it goes.

    Raises:
        UserError: a report cannot be written.
    """
    settings = read_settings(os.environ)
    for name, file in targets:
        context = Context(
            sources=sources,
            docs_url=settings.docs_url,
            color=_colored(settings, file),
            width=_width() if file is None else 120,
            tool_version=__version__,
            replay=f"routeproof route {{url}} {shlex.join(replay).replace('{url}', 'URL')}",
            verbose=verbose,
            rules=catalogue.rule_texts() if name == "sarif" else {},
        )
        emit(catalogue.reporter(name).render(subject, context), file)


def _colored(settings: Settings, file: Path | None) -> bool:
    if settings.color == "auto":
        return file is None and sys.stdout.isatty()
    return file is None and settings.color == "always"


def _width() -> int:
    import shutil

    return max(60, min(shutil.get_terminal_size((100, 24)).columns, 160))


def tell_unread(bundle: Bundle, problems: Iterable[Problem], origins: Origins) -> None:
    """Say on standard error what a listing knows nothing of: files with an Ingress, charts, a policy with faults."""
    from bot.manifest.secrecy import said
    from bot.reporter.escape import visible

    told = [
        f"{origins.place(Location(file, fault.at))}: {fault.message}"
        for file, faults in bundle.broken.items()
        for fault in faults
        if fault.ingress
    ]
    told += [
        f"{each.location}: {each.message}" if each.location else each.message for each in of_problems(problems, origins)
    ]
    for line in dict.fromkeys(map(said, told)):
        sys.stderr.write(visible(f"routeproof: not examined: {line}") + "\n")
