"""Pure. The bytes of a policy file -> a Policy, or every fault of it with its place and what was probably meant."""

from bot.policy.form import MAX_BYTES, MAX_FAULTS, Fault, Form, fill
from bot.policy.layers import layered
from bot.policy.schema import DEFAULTS, Policy
from bot.policy.terms import Known

__all__ = ["MAX_BYTES", "MAX_FAULTS", "Known", "load"]

_FORM = Form(
    Policy,
    noun="policy",
    begin="Begin with `mode: enforce`.",
    shorten="Shorten it: globs and `*.` hosts stand for many.",
    keyed=frozenset({"rules"}),
)


def load(data: bytes | None, path: str, known: Known, *, base: Policy = DEFAULTS) -> Policy | tuple[Fault, ...]:
    """The policy of a file (None: there is no file), with `base` for what it does not set; or its faults, sorted."""
    if data is None:
        return base
    found = fill(_FORM, data, path, lambda _given: known)
    if found is None:
        return base
    return layered(base, found) if isinstance(found, Policy) else found
