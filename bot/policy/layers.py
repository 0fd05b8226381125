"""Pure. One policy over another: the server's, then the repository's."""

from typing import Any, TypeVar

from pydantic import BaseModel

from bot.policy.schema import Policy

_Model = TypeVar("_Model", bound=BaseModel)


def layered(base: Policy, over: Policy) -> Policy:
    """The policy with every key that `over` sets, and the base's for the rest.

    Maps (`clusters`, `controllers`, `rules`) are taken entry by entry, lists whole.
    """
    return _layered(base, over)


def _layered(base: _Model, over: _Model) -> _Model:
    return base.model_copy(
        update={name: _value(getattr(base, name), getattr(over, name)) for name in over.model_fields_set}
    )


def _value(base: Any, over: Any) -> Any:
    if isinstance(over, BaseModel):
        return _layered(base, over)
    if isinstance(over, dict):
        return {**base, **over}
    return over
