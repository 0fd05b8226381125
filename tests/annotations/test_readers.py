"""Who may read the annotations of an Ingress."""

import pytest

from bot.annotations import readers
from bot.annotations.readers import EVERYWHERE, readers_of
from tests.annotations.shipped import FACTS


@pytest.mark.parametrize(
    ("name", "controller", "told", "found"),
    [
        ("traefik", "", "", {"traefik", "traefik-v1"}),
        ("traefik", "k8s.io/ingress-nginx", "", {"ingress-nginx"}),
        ("traefik", "k8s.io/ingress-nginx", "contour", {"contour"}),
        ("traefik", "", "kubernetes", {"traefik", "traefik-v1"}),
        ("web", "haproxy.org/ingress-controller/web", "", {"haproxytech"}),
        ("nginx", "example.com/own", "", set()),
        ("web", "", "", set()),
    ],
)
def test_policy_then_the_object_then_the_name_tells_who_serves_a_class(
    name: str, controller: str, told: str, found: set[str]
) -> None:
    assert readers_of(name, controller, told) == found


def test_every_controller_of_the_facts_is_one_that_may_be_told() -> None:
    known = {conflict.controller for conflict in FACTS.conflicts}
    tables = (readers._BY_OBJECT, readers._BY_NAME)
    assert {each for table in tables for ids in table.values() for each in ids} | EVERYWHERE == known
