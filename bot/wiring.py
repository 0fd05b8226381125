"""Edge: the only composition root. It chooses who fulfils the ports."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot import catalogue
from bot.checkout.cache import BlobCache
from bot.checkout.repository import open_repository
from bot.errors import UserError
from bot.policy.load import Known, load
from bot.policy.schema import Policy
from bot.ports import Ports
from bot.settings import Settings


@contextmanager
def ports_for(repo: str, settings: Settings, *, cached: bool = True) -> Iterator[Ports]:
    """Everything outside for one repository; ends what it started.

    Raises:
        UserError: the default policy cannot be used.
        CannotAnalyse: the repository cannot be opened.
    """
    kit = catalogue.kit()
    known = Known(rules=frozenset(rule.id for rule in kit.rules), controllers=frozenset(kit.controllers))
    default = policy_file(settings.config or catalogue.config_folder() / "default-policy.yml", known)
    with open_repository(repo) as repository:
        cache = BlobCache(settings.cache_dir if cached else None)
        yield Ports(repository=repository, cache=cache, kit=kit, default_policy=default)


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
