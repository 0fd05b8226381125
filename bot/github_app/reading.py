"""Pure. What a delivery may become, and what its reading depends on."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from bot.github_app.delivery import Delivery
from bot.job import Job


@dataclass(frozen=True, slots=True)
class Ignored:
    """Nothing is to be done, and why: for the log and for GitHub's list of deliveries."""

    reason: str


@dataclass(frozen=True, slots=True)
class Terms:
    """Who we are on GitHub, and what is wanted. By `app_id`, 0 with a plain token, what our own App wrote is known."""

    app_id: int = 0
    review_drafts: bool = True


Reading: TypeAlias = tuple[Job, ...] | Ignored
Reader: TypeAlias = Callable[[Delivery, Terms], Reading]

NO_REPOSITORY = Ignored("the payload names no repository")
