"""From readings to bundles, and what two sides owe each other."""

from dataclasses import replace

import pytest

from bot.discovery.plan import plan
from bot.discovery.sides import bundle_of, kustomizations_of, reconcile, unread
from bot.ingress.model import IngressClass, Meta, SecretSource, Service, ServicePort, Text
from bot.policy.schema import Policy
from bot.problem import Problem, ProblemKind
from bot.reading import Broken, Kustomization, Reading
from bot.source import START
from tests.builders import ingress, line


def _broken(kind=ProblemKind.UNREADABLE, *, seems=True):
    return Reading(broken=(Broken(kind, "an unclosed quote", "Close it.", START, ingress=seems),))


def _meta(kind, name, file, namespace="shop"):
    return Meta("v1", kind, Text(name), Text(namespace), file, START)


def _web(file, name="web", namespace="shop"):
    return Reading(ingresses=(ingress(name, "shop.example.com", file=file, namespace=namespace),))


def _service(file, name="web", namespace="shop"):
    return Reading(services=(Service(_meta("Service", name, file, namespace), "ClusterIP", (ServicePort(80, ""),)),))


def _class(file, *, default=True):
    return Reading(classes=(IngressClass(_meta("IngressClass", "nginx", file, ""), "k8s.io/ingress-nginx", default),))


def _secret(file):
    return Reading(secrets=(SecretSource(_meta("Secret", "web-tls", file), "web-tls"),))


def _bundle(readings, policy=None):
    kustomizations = kustomizations_of(readings, {})
    return bundle_of(plan(sorted(readings), kustomizations, policy or Policy()), dict(sorted(readings.items())))


def _names(bundle):
    return {
        name: [str(each.meta.ref) for each in cluster.ingresses]
        for name, cluster in bundle.clusters.items()
        if cluster.ingresses
    }


def test_readings_are_placed_in_their_clusters_in_the_order_of_files():
    bundle = _bundle(
        {"prod/b.yaml": _web("prod/b.yaml", "b"), "prod/a.yaml": _web("prod/a.yaml", "a"), "c.yaml": _web("c.yaml")}
    )
    assert _names(bundle) == {"default": ["shop/web"], "prod": ["shop/a", "shop/b"]}
    assert (bundle.files, bundle.paths) == (3, {"prod/b.yaml", "prod/a.yaml", "c.yaml"})


def test_a_base_stands_in_each_environment_with_the_namespace_of_the_overlay():
    readings = {
        "base/web.yaml": Reading(
            ingresses=_web("base/web.yaml", namespace="").ingresses,
            services=_service("base/web.yaml", namespace="").services,
            secrets=_secret("base/web.yaml").secrets,
        ),
        "base/kustomization.yaml": Reading(kustomization=Kustomization(resources=("web.yaml",))),
        "overlays/prod/kustomization.yaml": Reading(kustomization=Kustomization("live", ("../../base",))),
        "overlays/dev/kustomization.yaml": Reading(kustomization=Kustomization("", ("../../base",))),
    }
    bundle = _bundle(readings)
    assert _names(bundle) == {"dev": ["web"], "prod": ["live/web"]}
    assert list(bundle.cluster("prod").services) == [("live", "web")]
    assert list(bundle.cluster("prod").secrets) == [("live", "web-tls")]
    assert bundle.cluster("prod").ingresses[0].meta.namespace.at == line(5)


def test_a_file_that_stands_in_one_namespace_already_is_the_same_value():
    reading = _web("a.yaml")
    readings = {"a.yaml": reading, "kustomization.yaml": Reading(kustomization=Kustomization("shop", ("a.yaml",)))}
    assert _bundle(readings).cluster("default").ingresses[0] is reading.ingresses[0]


def test_an_ingress_that_two_overlays_of_one_cluster_share_stands_once():
    shared = Reading(ingresses=_web("base/web.yaml").ingresses, services=_service("base/web.yaml").services)
    readings = {
        "base/web.yaml": shared,
        "tenants/a/kustomization.yaml": Reading(kustomization=Kustomization("a", ("../../base/web.yaml",))),
        "tenants/b/kustomization.yaml": Reading(kustomization=Kustomization("b", ("../../base/web.yaml",))),
    }
    bundle = _bundle(readings)
    assert _names(bundle) == {"default": ["a/web"]}
    assert list(bundle.cluster("default").services) == [("a", "web"), ("b", "web")]


def test_what_lies_in_no_environment_is_known_in_every_cluster():
    readings = {
        "infra/class.yaml": _class("infra/class.yaml"),
        "infra/service.yaml": _service("infra/service.yaml", "shared"),
        "infra/ingress.yaml": _web("infra/ingress.yaml", "infra"),
        "prod/ingress.yaml": _web("prod/ingress.yaml"),
        "prod/service.yaml": _service("prod/service.yaml"),
    }
    prod = _bundle(readings).cluster("prod")
    assert prod.default_class == "nginx"
    assert "nginx" in prod.classes
    assert list(prod.services) == [("shop", "web"), ("shop", "shared")]
    assert len(prod.services) == 2
    assert prod.services[("shop", "shared")].meta.file == "infra/service.yaml"
    assert prod.services.get(("shop", "none")) is None
    assert not prod.secrets
    assert [each.meta.name.value for each in prod.ingresses] == ["web"]


def test_templates_and_files_without_meaning_are_no_objects():
    readings = {
        "blog/Chart.yaml": Reading(),
        "blog/templates/a.yaml": _web("blog/templates/a.yaml"),
        "blog/templates/b.yaml": _broken(),
        "blog/templates/c.yaml": _broken(seems=False),
        "jinja/d.yaml": _broken(ProblemKind.TEMPLATE),
    }
    bundle = _bundle(readings)
    assert _names(bundle) == {}
    told = {path: (faults[0].kind, faults[0].ingress) for path, faults in bundle.broken.items()}
    template = (ProblemKind.TEMPLATE, False)
    assert told == dict.fromkeys(["blog/templates/a.yaml", "blog/templates/b.yaml", "jinja/d.yaml"], template)


def test_a_broken_file_that_is_not_deployed_is_no_matter():
    readings = {
        "shop/kustomization.yaml": Reading(kustomization=Kustomization(resources=("a.yaml",))),
        "shop/a.yaml": _web("shop/a.yaml"),
        "shop/old.yaml": _broken(),
    }
    assert _bundle(readings).broken == {}


def test_sides_that_can_be_read_stay_as_they_are():
    before, after = _bundle({"a.yaml": _web("a.yaml")}), _bundle({"a.yaml": _web("a.yaml", "other")})
    assert reconcile(before, after) == (before, after)


def test_an_ingress_whose_file_breaks_is_assumed_and_not_removed():
    before, after = reconcile(_bundle({"prod/a.yaml": _web("prod/a.yaml")}), _bundle({"prod/a.yaml": _broken()}))
    assert _names(after) == _names(before) == {"prod": ["shop/web"]}
    assert after.assumed == {("prod", "shop", "web")}
    assert before.assumed == frozenset()


def test_an_ingress_whose_file_is_mended_is_assumed_and_not_added():
    before, after = reconcile(_bundle({"a.yaml": _broken()}), _bundle({"a.yaml": _web("a.yaml")}))
    assert before.assumed == {("default", "shop", "web")}
    assert _names(before) == _names(after)


def test_an_ingress_that_stands_in_another_file_now_is_not_assumed():
    old = _bundle({"a.yaml": _web("a.yaml")})
    before, after = reconcile(old, _bundle({"a.yaml": _broken(), "b.yaml": _web("b.yaml")}))
    assert after.assumed == frozenset()
    assert [each.meta.file for each in after.cluster("default").ingresses] == ["b.yaml"]
    assert before == old


def test_an_ingress_taken_out_of_a_file_that_can_be_read_is_gone():
    _, after = reconcile(_bundle({"a.yaml": _web("a.yaml")}), _bundle({"a.yaml": Reading(), "b.yaml": _broken()}))
    assert _names(after) == {}


def test_the_good_documents_of_a_broken_file_stand_for_themselves():
    two = Reading(ingresses=(*_web("a.yaml", "one").ingresses, *_web("a.yaml", "two").ingresses))
    half = replace(_web("a.yaml", "one"), broken=_broken().broken)
    _, after = reconcile(_bundle({"a.yaml": two}), _bundle({"a.yaml": half}))
    assert _names(after) == {"default": ["shop/one", "shop/two"]}
    assert after.assumed == {("default", "shop", "two")}


def test_a_file_that_was_moved_and_broken_at_once_removes_nothing():
    old = _bundle({"old.yaml": _web("old.yaml")})
    _, after = reconcile(old, _bundle({"new.yaml": _broken()}))
    assert after.assumed == {("default", "shop", "web")}


def test_a_file_deleted_beside_one_that_was_broken_before_is_gone():
    old = _bundle({"old.yaml": _web("old.yaml"), "x.yaml": _broken()})
    _, after = reconcile(old, _bundle({"x.yaml": _broken()}))
    assert _names(after) == {}


def test_services_classes_and_secrets_of_a_broken_file_are_carried_too():
    whole = Reading(
        ingresses=_web("a.yaml").ingresses,
        services=_service("a.yaml").services,
        secrets=_secret("a.yaml").secrets,
        classes=_class("a.yaml").classes,
    )
    prod = _web("prod/p.yaml", "p")
    before = _bundle({"a.yaml": whole, "prod/p.yaml": prod})
    _, after = reconcile(before, _bundle({"a.yaml": _broken(), "prod/p.yaml": prod}))
    for cluster in (after.cluster("default"), after.cluster("prod")):
        assert list(cluster.services) == [("shop", "web")]
        assert list(cluster.secrets) == [("shop", "web-tls")]
        assert (list(cluster.classes), cluster.default_class) == (["nginx"], "nginx")
        assert cluster.service_namespaces == {"shop"}


def test_a_plain_file_that_becomes_a_template_of_a_chart_removes_nothing():
    before = _bundle({"blog/templates/a.yaml": _web("blog/templates/a.yaml")})
    _, after = reconcile(
        before, _bundle({"blog/Chart.yaml": Reading(), "blog/templates/a.yaml": _web("blog/templates/a.yaml")})
    )
    assert after.assumed == {("default", "shop", "web")}


@pytest.mark.parametrize("kind", [ProblemKind.MISSING, ProblemKind.TOO_LARGE])
def test_a_file_whose_content_could_not_be_had_removes_nothing(kind):
    problem = Problem(kind, "it was not read.", "Fetch it.")
    _, after = reconcile(_bundle({"a.yaml": _web("a.yaml")}), _bundle({"a.yaml": unread(problem)}))
    assert after.assumed == {("default", "shop", "web")}
    assert [(each.kind, each.ingress) for each in after.broken["a.yaml"]] == [(kind, False)]


def test_a_kustomization_that_breaks_says_what_it_said_on_the_other_side():
    known = Kustomization(resources=("a.yaml",))
    before = {"kustomization.yaml": Reading(kustomization=known)}
    assert kustomizations_of({"kustomization.yaml": _broken()}, before) == {"kustomization.yaml": known}
    assert kustomizations_of({"kustomization.yaml": Reading()}, before) == {}
    assert kustomizations_of({"kustomization.yaml": _broken()}, {}) == {}


def test_a_kustomization_that_drops_a_resource_removes_the_ingress():
    web = _web("shop/a.yaml")
    before = _bundle(
        {"shop/a.yaml": web, "shop/kustomization.yaml": Reading(kustomization=Kustomization(resources=("a.yaml",)))}
    )
    after = _bundle({"shop/a.yaml": web, "shop/kustomization.yaml": Reading(kustomization=Kustomization())})
    assert (_names(before), _names(after)) == ({"default": ["shop/web"]}, {})


def test_a_broken_file_that_goes_makes_nothing_that_is_new_seem_old():
    before, _ = reconcile(_bundle({"a.yaml": _broken()}), _bundle({"b.yaml": _web("b.yaml")}))
    assert before.assumed == frozenset()
