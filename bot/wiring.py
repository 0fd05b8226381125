"""Edge: the only composition root. It chooses who fulfils the ports."""

import platform
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot import catalogue
from bot.checkout.cache import BlobCache
from bot.checkout.repository import open_repository
from bot.errors import UserError
from bot.policy.load import Known, load
from bot.policy.schema import Policy
from bot.ports import Ports
from bot.settings import ServiceSettings, Settings

if TYPE_CHECKING:
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
    default = policy_file(settings.config or catalogue.config_folder() / "default-policy.yml", _known())
    with open_repository(repo) as repository:
        cache = BlobCache(settings.cache_dir if cached else None)
        yield Ports(repository=repository, cache=cache, kit=kit, default_policy=default)


def _known() -> Known:
    """The ids that a policy may name."""
    kit = catalogue.kit()
    return Known(rules=frozenset(rule.id for rule in kit.rules), controllers=frozenset(kit.controllers))


def policy_file(path: Path, known: Known) -> Policy:
    """The policy in a file of the person's own.

    Raises:
        UserError: it cannot be read, or has faults; all of them are named.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.", "Name an existing policy file.") from error
    loaded = load(content, str(path), known)
    if isinstance(loaded, Policy):
        return loaded
    lines = [
        f"{fault.location}:{fault.location.span.column}: {fault.message} {fault.remedy}".rstrip() for fault in loaded
    ]
    raise UserError("\n".join(lines), "Mend the policy file.")


@dataclass(frozen=True)
class Service:
    """The service, composed and not started. `handler` is None where this process only stores jobs."""

    settings: ServiceSettings
    queue: "JobQueue"
    read: "Callable[[Delivery], Reading]"
    handler: "Handler | None"

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
            self.queue.counts()
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
    return Service(settings, queue, partial(events.read, terms=terms), _handler(settings, queue) if working else None)


def _database(settings: ServiceSettings) -> str:
    if settings.database_url is not None:
        return settings.database_url.reveal()
    return f"sqlite:///{settings.data_dir / 'jobs.sqlite3'}"


def _handler(settings: ServiceSettings, queue: "JobQueue") -> "Handler":
    from bot.checkout.mirrors import GitMirrors  # noqa: PLC0415 - see service
    from bot.jobs.child import run_review  # noqa: PLC0415
    from bot.jobs.past import Past  # noqa: PLC0415
    from bot.jobs.request import MIB, Limits  # noqa: PLC0415
    from bot.jobs.work import Tools, Worker  # noqa: PLC0415

    if settings.config is not None:
        policy_file(settings.config, _known())  # a broken one stops the start, not each review
    seconds = settings.review_seconds
    limits = Limits(memory=settings.review_megabytes * MIB, cpu=seconds, wall=1.5 * seconds)
    tools = Tools(
        forges=_forges(settings),
        mirrors=GitMirrors(settings.data_dir / "mirrors", web=settings.github_web),
        review=lambda request, wanted: run_review(request, limits, wanted),
        past=Past(settings.data_dir),
        submit=queue.submit,
        drafts=settings.drafts,
        config=str(settings.config.absolute()) if settings.config else "",
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
