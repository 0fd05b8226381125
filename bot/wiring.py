"""Edge: the only composition root. It chooses who fulfils the ports."""

import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot import catalogue
from bot.checkout.cache import BlobCache, RenderCache
from bot.checkout.repository import open_repository
from bot.errors import UserError
from bot.policy.load import load
from bot.policy.schema import DEFAULTS, Policy
from bot.policy.terms import Known
from bot.ports import ChartSource, Ports, Tools
from bot.renderers import helm, kustomize
from bot.settings import ServiceSettings, Settings

if TYPE_CHECKING:
    from bot.chat.channels import Channels
    from bot.chat.sender import Sender
    from bot.github_app.client import GitHubForges
    from bot.github_app.delivery import Delivery
    from bot.github_app.reading import Reading
    from bot.jobs.queue import Handler, JobQueue


@contextmanager
def ports_for(repo: str, settings: Settings, *, cached: bool = True) -> Iterator[Ports]:
    """Everything outside for one repository; ends what it started.

    Raises:
        UserError: the default policy cannot be used.
        CannotAnalyse: the repository cannot be opened.
    """
    kit = catalogue.kit()
    default = default_policy(settings)
    with open_repository(repo) as repository:
        folder = settings.cache_dir if cached else None
        tools = Tools(
            kustomize.RENDERER,
            helm.RENDERER,
            RenderCache(folder),
            program=settings.kustomize or _kustomize(),
            source=_charts(settings, folder),
        )
        yield Ports(repository, BlobCache(folder), kit, default, tools)


def _charts(settings: Settings, cache: Path | None) -> ChartSource | None:
    """Who fetches charts, None where the operator allows it from nowhere.

    Raises:
        UserError: an address is none.
    """
    if not settings.chart_repositories:
        return None
    from bot.charts.charts import Charts  # noqa: PLC0415 - what speaks HTTP takes longer to import than a review

    return Charts(settings.chart_repositories, cache / "charts" if cache else None)


def _kustomize() -> str:
    """The program on PATH that renders overlays where the extra is not installed; "" for that of the extra."""
    if kustomize.RENDERER.version():
        return ""
    return next((found for name in ("kustomize", "kubectl") if (found := shutil.which(name))), "")


def default_policy(settings: Settings) -> Policy:
    """What holds where a repository says nothing.

    Raises:
        UserError: the operator's own cannot be used.
    """
    return policy_file(settings.config or catalogue.config_folder() / "default-policy.yml", catalogue.kit().known)


def policy_file(path: Path, known: Known, *, base: Policy = DEFAULTS) -> Policy:
    """The policy in a file of the person's own, with `base` for what it does not set.

    Raises:
        UserError: it cannot be read, or has faults; all of them are named.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Name an existing policy file.") from error
    loaded = load(content, str(path), known, base=base)
    if isinstance(loaded, Policy):
        return loaded
    lines = [
        f"{fault.location}:{fault.location.span.column}: {fault.message} {fault.remedy}".rstrip() for fault in loaded
    ]
    raise UserError("\n".join(lines), "Mend the policy file.")


@dataclass(frozen=True)
class Service:
    """The service, composed and not started. `handler` is None where this process only stores jobs.

    `sender` is None where no chat channel is told, or not by this process; `addresses` are those of the channels.
    """

    settings: ServiceSettings
    queue: "JobQueue"
    read: "Callable[[Delivery], Reading]"
    handler: "Handler | None"
    sender: "Sender | None" = None
    addresses: tuple[str, ...] = field(default=(), repr=False)

    def start(self, handler: "Handler | None") -> None:
        """Begin to take jobs, to do them by the handler, and to tell channels."""
        self.queue.start(handler)
        if self.sender is not None:
            self.sender.start()

    def stop(self, grace: float = 0.0) -> None:
        """Begin nothing more, and wait so many seconds for what is under way."""
        if self.sender is not None:
            self.sender.stop()  # what is being sent is noted, or sent once more
        self.queue.stop(grace)

    @property
    def confidential(self) -> tuple[str, ...]:
        """All that no log may show."""
        return (*(secret.reveal() for secret in self.settings.secrets), *self.addresses)

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """What a delivery may be signed with."""
        return tuple(each.reveal().encode("utf-8", "surrogateescape") for each in self.settings.webhook_secrets)

    def waiting(self) -> Mapping[str, int]:
        """Jobs that are not ended, by state."""
        return asdict(self.queue.counts())

    def health(self) -> str:
        """Why no work can be taken now, "" where it can."""
        try:
            self.queue.ping()
        except Exception as error:  # noqa: BLE001 - whatever keeps the queue away, the answer is that it is away
            return f"the queue cannot be reached ({type(error).__name__})"
        return ""


def service(settings: ServiceSettings, *, worker: bool) -> Service:
    """Who fulfils the ports of the service; with `worker`, also who does the jobs, where there is an identity for it.

    Raises:
        UserError: the data folder or the App's key cannot be used.
    """
    # Imported here: no other command needs them, and they take longer than a review.
    from bot.github_app import events  # noqa: PLC0415
    from bot.github_app.reading import Terms  # noqa: PLC0415
    from bot.jobs.engine import DbosQueue, Engine  # noqa: PLC0415

    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The data folder {settings.data_dir} cannot be made: {error.strerror}.",
            "Give --data or ROUTEPROOF_DATA_DIR a folder that can be written to.",
        ) from error
    working = worker and settings.can_write
    name = settings.worker_name or platform.node() or "worker"
    # A process that only stores jobs must not take up what a worker of its name left undone.
    engine = Engine(_database(settings), worker=name if working else f"{name}-web", at_once=settings.workers)
    queue = DbosQueue(engine)
    terms = Terms(app_id=settings.app_id or 0, review_drafts=settings.drafts)
    read = partial(events.read, terms=terms)
    if not working:
        return Service(settings, queue, read, None)
    channels, sender, addresses = _chat(settings)
    return Service(settings, queue, read, _handler(settings, queue, channels), sender, addresses)


def _database(settings: ServiceSettings) -> str:
    if settings.database_url is not None:
        return settings.database_url.reveal()
    return f"sqlite:///{settings.data_dir / 'jobs.sqlite3'}"


def _chat(settings: ServiceSettings) -> "tuple[Channels | None, Sender | None, tuple[str, ...]]":
    """Who notes what channels are told, who sends it, and the addresses it is sent to.

    Raises:
        UserError: the chat file cannot be used, or the extra that sends is not installed.
    """
    if settings.chat_config is None:
        return None, None, ()
    from bot.chat.channels import Channels  # noqa: PLC0415 - see service
    from bot.chat.config import read_file  # noqa: PLC0415
    from bot.chat.outbox import Outbox  # noqa: PLC0415
    from bot.chat.sender import Sender  # noqa: PLC0415

    config = read_file(settings.chat_config, catalogue.kit().known, os.environ)
    shared = settings.database_url is not None and settings.database_url.reveal().startswith("postgresql")
    outbox = Outbox(_database(settings)) if shared else Outbox.in_folder(settings.data_dir)
    addresses = tuple(channel.url for channel in config.channels)
    return Channels(config, outbox, settings.github_web), Sender(config.channels, outbox), addresses


def _handler(settings: ServiceSettings, queue: "JobQueue", channels: "Channels | None") -> "Handler":
    from bot.checkout import transport  # noqa: PLC0415 - see service
    from bot.checkout.mirrors import GitMirrors  # noqa: PLC0415
    from bot.jobs.child import run_review  # noqa: PLC0415
    from bot.jobs.past import Past  # noqa: PLC0415
    from bot.jobs.request import MIB, Limits  # noqa: PLC0415
    from bot.jobs.scratch import sweep  # noqa: PLC0415
    from bot.jobs.work import Tools, Worker  # noqa: PLC0415

    default_policy(settings)  # a broken one stops the start, not each review
    seconds = settings.review_seconds
    limits = Limits(memory=settings.review_megabytes * MIB, cpu=seconds, wall=1.5 * seconds)
    mirror_limits = transport.Limits(
        seconds=settings.fetch_seconds,
        mirror_bytes=settings.repository_megabytes * MIB,
        total_bytes=settings.mirrors_megabytes * MIB,
    )
    passed = {}
    if _charts(settings, None):
        from bot.charts.opener import ENVIRONMENT  # noqa: PLC0415 - see service

        passed = {name: os.environ[name] for name in ENVIRONMENT if name in os.environ}
    work = settings.data_dir / "work"
    sweep(work)
    tools = Tools(
        forges=_forges(settings),
        mirrors=GitMirrors(settings.data_dir / "mirrors", web=settings.github_web, limits=mirror_limits),
        review=lambda request, wanted: run_review(request, limits, work, wanted, passed),
        past=Past(settings.data_dir),
        submit=queue.submit,
        chat=channels,
        drafts=settings.drafts,
        docs_url=settings.docs_url,
        config=str(settings.config.absolute()) if settings.config else "",
        kustomize=settings.kustomize,
        charts=settings.chart_repositories,
        cache=str(settings.cache_dir or ""),
    )
    return Worker(tools)


def _forges(settings: ServiceSettings) -> "GitHubForges":
    from bot.github_app.api import Server  # noqa: PLC0415 - see service
    from bot.github_app.auth import AppCredentials, Credentials, PlainToken  # noqa: PLC0415
    from bot.github_app.client import GitHubForges  # noqa: PLC0415
    from bot.github_app.pace import Limits  # noqa: PLC0415

    server = Server(settings.github_api, settings.github_web)
    credentials: Credentials
    if settings.app_id is not None and settings.private_key is not None:
        credentials = AppCredentials(settings.app_id, settings.private_key.reveal(), server, time.time)
    else:
        assert settings.token is not None
        credentials = PlainToken(settings.token.reveal())
    limits = Limits(pause=settings.write_pause, hour=settings.writes_per_hour)
    # What a minute may hold is GitHub's own measure; an Enterprise Server has none by default.
    return GitHubForges(server, credentials, limits if settings.public else replace(limits, minute=0, points=0))
