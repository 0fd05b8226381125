"""Pure. Why nothing takes a route, in words for people: what most migrations get wrong."""

from collections.abc import Sequence

from bot.gateway.attaching import common_host, meant
from bot.gateway.attachment import Attachment
from bot.gateway.model import Gateway, Listener, Parent


def why_untaken(attached: Attachment) -> str:
    """The first reason why no listener takes the route, as the end of a sentence; "" where one does or may."""
    gateway = attached.gateway
    if gateway is None or attached.doors:
        return ""
    parents = [each for each in attached.route.parents if each.name == gateway.meta.name.value]
    asked = [each for each in gateway.listeners if any(meant(parent, each) for parent in parents)]
    if not asked:
        return _unnamed(gateway, parents)
    if not any(_shared(listener, attached) for listener in asked):
        hosts = ", ".join(dict.fromkeys(listener.host for listener in asked))
        return f"its {'listener takes' if len(asked) == 1 else 'listeners take'} only `{hosts}`"
    space = attached.meta.namespace.value
    return f"its listeners allow no {attached.meta.kind} of the namespace `{space}`"


def _unnamed(gateway: Gateway, parents: Sequence[Parent]) -> str:
    first = next(iter(parents), None)
    if not gateway.listeners or first is None:
        return "it has no listeners"
    if first.section and first.section not in {each.name for each in gateway.listeners}:
        return f"it has no listener `{first.section}`"
    return f"it has no listener at port {first.port}"


def _shared(listener: Listener, attached: Attachment) -> bool:
    names = attached.route.host_names or ("",)
    return any(common_host(listener.host, name) is not None for name in names)
