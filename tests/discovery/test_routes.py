"""Routes are placed like Ingresses: by kustomizations, Flux, and where a file cannot be read on one side."""

from bot.policy.schema import Policy
from tests.gateway.manifests import GATEWAY, ROUTE
from tests.pipeline import bundles

BARE = ROUTE.replace("  namespace: shop\n", "").replace(", namespace: infra", "")


def routes(files, policy=None):
    """Each route: its cluster, and namespace with kind and name."""
    side, _ = bundles(files, files, policy or Policy())
    return [(cluster.name, *route.identity) for cluster in side.clusters.values() for route in cluster.routes]


def test_a_kustomization_puts_its_namespace_and_prefix_on_routes_and_gateways():
    files = {
        "web/kustomization.yaml": "namespace: shop\nnamePrefix: new-\nresources: [route.yaml, gateway.yaml]\n",
        "web/route.yaml": BARE,
        "web/gateway.yaml": GATEWAY.replace(", namespace: infra", ""),
    }
    assert routes(files) == [("default", "shop", "HTTPRoute new-web")]
    side, _ = bundles(files, files, Policy())
    assert list(side.cluster("default").gateways) == [("shop", "Gateway new-public")]


def test_flux_gives_a_namespace_and_fills_in_variables():
    text = BARE.replace("shop.example.com", "'shop.${DOMAIN}'").replace("port: 80}", "port: '${PORT}'}")
    files = {
        "flux.yaml": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: web}\n"
        "spec: {path: ./web, targetNamespace: shop, sourceRef: {kind: GitRepository, name: flux-system}, "
        "postBuild: {substitute: {DOMAIN: Example.com, PORT: '81'}}}\n",
        "web/route.yaml": text,
    }
    side, _ = bundles(files, files, Policy())
    (attached,) = side.cluster("default").attachments
    assert attached.class_name == "Gateway shop/public"
    assert attached.hosts == ("shop.example.com",)
    assert attached.rules[0].paths[1].backend.port == 81


def test_a_gateway_outside_of_every_environment_is_known_in_each():
    files = {"clusters/prod/web.yaml": ROUTE, "clusters/staging/web.yaml": ROUTE, "gateway.yaml": GATEWAY}
    side, _ = bundles(files, files, Policy())
    assert [each.gateway is not None for cluster, each in side.routing() if cluster.name != "default"] == [True, True]


def test_two_routes_of_an_overlaid_base_stand_once():
    files = {
        "base/kustomization.yaml": "resources: [route.yaml]\n",
        "base/route.yaml": ROUTE,
        "a/kustomization.yaml": "resources: [../base]\n",
        "b/kustomization.yaml": "resources: [../base]\n",
    }
    assert routes(files) == [("default", "shop", "HTTPRoute web")]
