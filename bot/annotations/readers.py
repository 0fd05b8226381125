"""Pure. Which controllers may serve a class, by the names that the annotation facts give them."""

# These act on the Ingresses of every class.
EVERYWHERE = frozenset({"cert-manager", "external-dns"})

_NGINX = frozenset({"ingress-nginx", "nginx-f5"})
_HAPROXY = frozenset({"haproxy-ingress", "haproxytech"})
_TRAEFIK = frozenset({"traefik", "traefik-v1"})

# What the manual of each says of `spec.controller`; some take a name behind a further slash.
_BY_OBJECT = {
    "k8s.io/ingress-nginx": frozenset({"ingress-nginx"}),
    "nginx.org/ingress-controller": frozenset({"nginx-f5"}),
    "haproxy-ingress.github.io/controller": frozenset({"haproxy-ingress"}),
    "haproxy.org/ingress-controller": frozenset({"haproxytech"}),
    "traefik.io/ingress-controller": frozenset({"traefik"}),
    "ingress.k8s.aws/alb": frozenset({"aws-alb"}),
    "eks.amazonaws.com/alb": frozenset({"aws-alb"}),
    "azure/application-gateway": frozenset({"agic"}),
    "cilium.io/ingress-controller": frozenset({"cilium"}),
    "openshift.io/ingress-to-route": frozenset({"openshift"}),
    "pomerium.io/ingress-controller": frozenset({"pomerium"}),
}

# Names that classes usually have; several controllers share some.
_BY_NAME = {
    "nginx": _NGINX,
    "nginx-external": _NGINX,
    "nginx-internal": _NGINX,
    "nginx-private": _NGINX,
    "nginx-public": _NGINX,
    "haproxy": _HAPROXY,
    "traefik": _TRAEFIK,
    "traefik-internal": _TRAEFIK,
    "alb": frozenset({"aws-alb"}),
    "azure-application-gateway": frozenset({"agic"}),
    "azure/application-gateway": frozenset({"agic"}),
    "cilium": frozenset({"cilium"}),
    "contour": frozenset({"contour"}),
    "gce": frozenset({"gce"}),
    "gce-internal": frozenset({"gce"}),
    "openshift-default": frozenset({"openshift"}),
    "pomerium": frozenset({"pomerium"}),
    "skipper": frozenset({"skipper"}),
}


def readers_of(name: str, controller: str = "", told: str = "") -> frozenset[str]:
    """The controllers that may serve a class, none where it cannot be told.

    What policy tells (`told`) comes first, then what the IngressClass says in `spec.controller`, and the name of the
    class only where there is no such object.
    """
    if told in _KNOWN:
        return frozenset({told})
    if controller:
        domain, _, rest = controller.partition("/")
        return _BY_OBJECT.get("/".join((domain, rest.partition("/")[0])), frozenset())
    return _BY_NAME.get(name, frozenset())


_KNOWN = frozenset[str]().union(*_BY_OBJECT.values(), *_BY_NAME.values())
