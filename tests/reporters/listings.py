"""The lists that `routes` and `route URL` print, from tables that the dialect of the Kubernetes API really makes."""

from functools import partial

from bot.analysis.lanes import lanes_of, routes_of
from bot.catalogue import kit
from bot.controller import ask
from bot.policy.schema import Policy
from bot.reporter.listing import answers_json, answers_text, routes_json, routes_text
from bot.routing.request import Request, request_of
from bot.source import Side
from tests.builders import bundle, host, ingress, path, tls
from tests.reporters.verdicts import HEAD, HOSTILE_VERDICT


def _lanes(side):
    return lanes_of(side, Policy(), kit(), frozenset())


SHOP = ingress(
    "shop",
    host("shop.example.com", path("/"), path("/health", "web:http", "Exact"), path("/old", "old:80", "Prefix")),
    host("*.example.com"),
    secured=(tls("shop.example.com", secret="shop-tls"),),
    default="fallback:80",
)
BEFORE = _lanes(bundle(SHOP))
AFTER = _lanes(
    bundle(
        ingress("shop", host("shop.example.com", path("/"), path("/old", "new:80"))),
        ingress("inside", "shop.example.com", class_name=None, namespace=""),
        staging=ingress("shop", host("shop.example.com", path("/", "web:8080"))),
    )
)
ONE, BOTH = {Side.HEAD: AFTER}, {Side.BASE: BEFORE, Side.HEAD: AFTER}


def _answers(render, request, sides):
    return render(request, {side: ask(lanes, request) for side, lanes in sides.items()})


_OLD = request_of("https://shop.example.com/old/page?q=1")
_NOBODY = request_of("http://nobody.example.org")
_HOSTILE = Request("safe\u202egnp.exe", "/\x1b[31m\ud800")
RENDERED = {
    "routes.txt": partial(routes_text, routes_of(BEFORE)),
    "routes.json": partial(routes_json, HEAD, routes_of(BEFORE)),
    "routes-of-clusters.txt": partial(routes_text, routes_of(AFTER)),
    "routes-none.txt": partial(routes_text, ()),
    "routes-none.json": partial(routes_json, HEAD, ()),
    "routes-hostile.txt": partial(routes_text, HOSTILE_VERDICT.neighbours),
    "routes-hostile.json": partial(routes_json, HEAD, HOSTILE_VERDICT.neighbours),
    "route.txt": partial(_answers, answers_text, _OLD, ONE),
    "route.json": partial(_answers, answers_json, _OLD, ONE),
    "route-both.txt": partial(_answers, answers_text, _OLD, BOTH),
    "route-both.json": partial(_answers, answers_json, _OLD, BOTH),
    "route-nobody.txt": partial(_answers, answers_text, _NOBODY, ONE),
    "route-nobody.json": partial(_answers, answers_json, _NOBODY, ONE),
    "route-nothing.txt": partial(_answers, answers_text, _NOBODY, {Side.BASE: (), Side.HEAD: ()}),
    "route-nothing.json": partial(_answers, answers_json, _NOBODY, {Side.BASE: (), Side.HEAD: ()}),
    "route-hostile.txt": partial(_answers, answers_text, _HOSTILE, BOTH),
    "route-hostile.json": partial(_answers, answers_json, _HOSTILE, BOTH),
}
