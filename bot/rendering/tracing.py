"""What leads from rendered files to what was written."""

from collections.abc import Mapping, Sequence

from bot.analysis.origins import Key, Origins, changed_lines
from bot.analysis.units import Units
from bot.ports import Ports, Sides
from bot.renderer import Origin
from bot.rendering.parts import Files, Outcome
from bot.source import Side


def origins_of(ports: Ports, sides: Sides, outcomes: Sequence[Outcome]) -> Origins:
    """What leads from the rendered files of a comparison to what was written, and to the lines that changed."""
    depends = {(each.side, path): read & sides.touched for each in outcomes for path, read in each.read.items()}
    concerned = sorted(frozenset[str]().union(*depends.values()))
    old, new = (Files(ports, tree).had(concerned) for tree in (sides.base, sides.head))
    changed: dict[Key, Mapping[int, str]] = {}
    for path in concerned:
        lines = changed_lines(*(each.get(path, b"").decode("utf-8", "replace") for each in (old, new)))
        changed.update({(Side.BASE, path): lines[0], (Side.HEAD, path): lines[1]})
    return Origins(rendered_origins(outcomes), changed, depends)


def units_of(outcomes: Sequence[Outcome]) -> Units:
    """What leads from files to the units that bring what they hold."""
    named = {(each.side, path): unit for each in outcomes for path, unit in each.units.items()}
    return Units({each.side: each.plan for each in outcomes}, named)


def rendered_origins(outcomes: Sequence[Outcome]) -> dict[Key, tuple[Origin, ...]]:
    """The origins of the rendered files, by side and path."""
    return {(each.side, path): origins for each in outcomes for path, origins in each.origins.items()}
