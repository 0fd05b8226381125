"""Pure. Cutting a long report by section: each keeps its first (worst) items and tells how many are left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bot.reporter.markdown import size


@dataclass(frozen=True, slots=True)
class Section:
    """Items between an opening and a closing text, with `joint` between them.

    `more` counts the items that are left out before any cut; `left` says how many are left out in the end.
    """

    items: tuple[str, ...]
    opening: str = ""
    closing: str = ""
    joint: str = "\n"
    more: int = 0
    left: Callable[[int], str] = field(default=lambda number: f"… {number:,} more")

    def render(self, kept: int) -> str:
        """The section with its first `kept` items."""
        hidden = len(self.items) - kept + self.more
        body = self.joint.join((*self.items[:kept], *((self.left(hidden),) if hidden else ())))
        return "\n".join(part for part in (self.opening, body, self.closing) if part)

    def after(self, kept: int) -> "Section":
        """What its first `kept` items leave."""
        return replace(self, items=self.items[kept:])


def fit(sections: Sequence[Section], limit: int) -> str:
    """The sections with a blank line between, within `limit` bytes: the section that takes most gives way first.

    The first section is kept whole; where even that is too much, nothing else is said.
    """
    return joined(sections, kept_of(sections, limit))


def kept_of(sections: Sequence[Section], limit: int) -> tuple[int, ...]:
    """How many items of each section fit; fewer numbers than sections where there is room for the first alone."""
    kept = [len(section.items) for section in sections]
    sizes = [
        [size(item) + size(section.joint) for item in section.items[:most]]
        for section, most in zip(sections, kept, strict=True)
    ]
    frame = sum(size(section.render(0)) + 2 for section in sections)  # with the count of what is left out
    taken = [sum(each) for each in sizes]
    while frame + sum(taken) > limit and any(kept[1:]):
        widest = max(range(1, len(sections)), key=lambda index: taken[index])
        kept[widest] -= 1
        taken[widest] -= sizes[widest][kept[widest]]
    return tuple(kept if frame + sum(taken) <= limit else kept[:1])


def joined(sections: Sequence[Section], kept: Sequence[int]) -> str:
    """The sections, each with so many of its items."""
    texts = (section.render(number) for section, number in zip(sections, kept, strict=False))
    return "\n\n".join(text for text in texts if text) + "\n"
