"""Pure. Why a chart was not fetched, in words for the person whose pull request is reviewed."""

from bot.charts.places import SETTING, Place, shown
from bot.finding import code
from bot.problem import ProblemKind
from bot.renderer import Failure

_COMMIT = "commit the chart: its folder, or its archive under `charts/`"
_LATER = "Push again or ask for the review once more later. If it stays so, look at the repository's address."


class Trouble(Exception):  # noqa: N818 - it is told, not raised to the user
    """A chart, or all of a repository, cannot be had; where `passing`, another attempt may do."""

    def __init__(
        self, message: str, remedy: str, kind: ProblemKind = ProblemKind.MISSING, *, passing: bool = False
    ) -> None:
        super().__init__(message)
        self.failure = Failure(kind, message, remedy)
        self.passing = passing


def named(address: str) -> str:
    """An address in a sentence."""
    return code(shown(address))


def not_allowed(repository: str, place: Place | None) -> Trouble:
    """Told alike for all charts of a repository, so that reports tell it once."""
    message = f"The charts of {named(repository)} are not fetched, as this server is not allowed to."
    if place is None:
        return Trouble(
            message, "Write the repository as a plain https:// or oci:// address, without credentials and query."
        )
    return Trouble(message, f"Name {code(f'{place.url}/')} in `{SETTING}`, or {_COMMIT}.")


def elsewhere(repository: str, url: str) -> Trouble:
    """The repository sends on to where nobody may go."""
    return Trouble(
        f"{named(repository)} leads to {named(url)}, which this server is not allowed to fetch from.",
        f"Name that address in `{SETTING}` if you trust it, or {_COMMIT}.",
    )


def inside(url: str) -> Trouble:
    """Its name leads to where only an address that is named itself may be."""
    return Trouble(
        f"The name of {named(url)} leads to this server itself or into its network, where no chart is fetched from.",
        f"Name that address itself in `{SETTING}` if you trust it, or {_COMMIT}.",
    )


def unreachable(url: str, why: str) -> Trouble:
    """Nothing came, or not in time."""
    return Trouble(f"{named(url)} cannot be reached now: {why}.", _LATER, passing=True)


def sign_in(repository: str) -> Trouble:
    """Charts are fetched without credentials."""
    return Trouble(
        f"{named(repository)} asks for a sign-in, or has no such chart. Charts are fetched without credentials.",
        f"Serve the chart from a repository that needs none, or {_COMMIT}.",
    )


def answered(url: str, status: int) -> Trouble:
    """Another status than success."""
    if status == 429:
        return Trouble(f"{named(url)} asks for fewer requests.", _LATER, passing=True)
    if status >= 500:
        return Trouble(f"{named(url)} fails: it answers {status}.", _LATER, passing=True)
    if status in {401, 403, 407}:
        return sign_in(url)
    return Trouble(f"{named(url)} is not there: the answer is {status}.", "Mend the address of the chart repository.")


def too_large(what: str, most: int) -> Trouble:
    """Past a limit of size."""
    size = f"{most:,} bytes" if most % 2**20 else f"{most // 2**20} MiB"
    return Trouble(f"{what} is larger than {size}.", f"Take a smaller chart, or {_COMMIT}.", ProblemKind.TOO_LARGE)


def unreadable(what: str, why: str) -> Trouble:
    """It came, and is not what it should be."""
    return Trouble(f"{what} cannot be used: {why}.", "Mend it in the chart repository.", ProblemKind.UNREADABLE)


def no_chart(name: str, repository: str) -> Trouble:
    """The repository does not know the name."""
    return Trouble(f"{named(repository)} has no chart {code(name)}.", "Mend the name of the chart, or its repository.")


def no_version(name: str, repository: str, version: str) -> Trouble:
    """The repository has the chart, and nothing that was asked for."""
    which = f"in version {code(version)}" if version else "in any release"
    return Trouble(
        f"{named(repository)} does not have the chart {code(name)} {which}.",
        "Name a version that the repository has.",
    )


def no_constraint(name: str, version: str) -> Trouble:
    """What was asked for means nothing."""
    return Trouble(
        f"The version {code(version)} of the chart {code(name)} is no version and no range of versions.",
        "Write a version such as `1.2.3`, or a range such as `^1.2`.",
    )


def too_many(most: int) -> Trouble:
    """More charts than one review fetches."""
    return Trouble(
        f"More than {most} charts of other repositories are needed, so this one is not fetched.",
        f"{_COMMIT[0].upper()}{_COMMIT[1:]}.",
        ProblemKind.TOO_LARGE,
    )


def late(repository: str) -> Trouble:
    """The time for all charts is over."""
    return Trouble(f"The charts of {named(repository)} were not there in time.", _LATER, passing=True)


def ours(name: str, error: Exception) -> Trouble:
    """A fault of Routeproof."""
    return Trouble(
        f"The chart {code(name)} is not fetched, by a fault of Routeproof ({type(error).__name__}).",
        "Please report this as a bug of Routeproof.",
        ProblemKind.INTERNAL,
    )
