"""The stages of rendering: what Deployments add, then other overlays, and charts last: the others install them."""

from collections.abc import Collection, Sequence

from bot.policy.schema import Policy
from bot.ports import Ports
from bot.rendering.additions import with_added
from bot.rendering.charts import charts
from bot.rendering.overlays import overlays
from bot.rendering.parts import Files, Outcome, Part


def rendered(
    ports: Ports, parts: Sequence[Part], policy: Policy, touched: Collection[str] | None = None
) -> tuple[Outcome, ...]:
    """Each side with what is rendered in the place of what is written, where the two differ.

    `touched` holds the paths that the change touches: a unit that none of them can affect is taken from the cache, or
    is read as it is written. None: every unit is rendered.
    """
    files = [Files(ports, part.tree) for part in parts]
    read = [Outcome(part.side, part.plan, part.readings) for part in parts]
    added = with_added(ports.tools, read, files, touched)
    return charts(ports.tools, overlays(ports.tools, added, files, touched), files, touched, policy)
