"""Pure. A path as an Ingress claims it, and the set of request paths that it is read as."""

from dataclasses import dataclass, field

from bot.ingress.model import Ingress, Path
from bot.routing.answer import Answer
from bot.routing.paths import PathSet, Shape
from bot.routing.table import Claim, Match


@dataclass(frozen=True, slots=True)
class Reading:
    """What a dialect reads a path as. `known` is False where `paths` only bounds it from outside.

    `length` ranks it against others; `note` says in words how it was read where that is not plain.
    """

    paths: PathSet
    length: int
    known: bool = True
    note: str = ""

    @property
    def match(self) -> Match:
        """The nearest word of the report."""
        if not self.known:
            return Match.REGEX
        if self.paths.shape is Shape.EXACT:
            return Match.EXACT
        if self.paths.shape is Shape.ELEMENTS or self.paths.text.endswith("/"):
            return Match.PREFIX
        return Match.REGEX if self.paths.text else Match.ANY

    @property
    def literal(self) -> str:
        """What every path of it begins with."""
        return self.paths.text or ("/" if self.paths.shape is Shape.ELEMENTS else "")


@dataclass(frozen=True, slots=True)
class ClaimedPath:
    """One path entry under one host pattern. `order` counts the older Ingresses and the earlier entries first."""

    host: str
    ingress: Ingress
    path: Path
    order: int
    reading: Reading
    answer: Answer = field(compare=False)

    def claim(self, answer: Answer) -> Claim:
        """As it is listed to people, with the whole answer that it stands for."""
        return Claim(
            host=self.host,
            path=self.path.path,
            match=self.reading.match,
            answer=answer,
            ingress=self.ingress.meta.ref,
            file=self.ingress.meta.file,
            at=self.path.at,
            literal=self.reading.literal,
        )
