"""Pure. Where TLS ends: the hosts that tls entries name, and other means that an Ingress names."""

from collections.abc import Set as AbstractSet

from bot.ingress.model import Ingress, wildcard_of

# Classes and controllers that never read a Secret: they find or make the certificate themselves.
_OWN_CERTIFICATES = {
    "alb",  # AWS Load Balancer Controller: certificate-arn, IngressClassParams or discovery by host
    "ingress.k8s.aws/alb",
    "eks.amazonaws.com/alb",
    "tailscale",
    "tailscale.com/ts-ingress",
    "cloudflare-tunnel",
    "strrl.dev/cloudflare-tunnel-ingress-controller",
    "ngrok",
    "k8s.ngrok.com/ingress-controller",
}

# Annotations that name a certificate, or somebody else who ends TLS: the controller's cloud, an edge, the backend.
_CERTIFYING = {
    "appgw.ingress.kubernetes.io/appgw-ssl-certificate",
    "external-dns.alpha.kubernetes.io/cloudflare-proxied",
    "external-dns.kubernetes.io/cloudflare-proxied",
    "haproxy-ingress.github.io/ssl-passthrough",
    "haproxy.org/ssl-passthrough",
    "ingress.cilium.io/tls-passthrough",
    "ingress.gcp.kubernetes.io/pre-shared-cert",
    "ingress.kubernetes.io/ssl-passthrough",
    "kubernetes.azure.com/tls-cert-keyvault-uri",
    "networking.gke.io/managed-certificates",
    "nginx.ingress.kubernetes.io/ssl-passthrough",
    "route.openshift.io/termination",
    "traefik.ingress.kubernetes.io/router.tls.certresolver",
}
_CERTIFYING_PREFIX = "alb.ingress.kubernetes.io/"

# Annotations that make sense only where https answers, with the controller's default certificate if need be.
_HTTPS_ONLY = {
    "haproxy-ingress.github.io/ssl-always-add-https",
    "haproxy.org/ssl-redirect",
    "ingress.cilium.io/force-https",
    "ingress.kubernetes.io/force-ssl-redirect",
    "nginx.ingress.kubernetes.io/force-ssl-redirect",
    "nginx.org/redirect-to-https",
    "traefik.ingress.kubernetes.io/router.tls",
}
_HTTPS_ONLY_PREFIX = "traefik.ingress.kubernetes.io/router.tls."
_LISTENERS = {
    "konghq.com/protocols",
    "traefik.ingress.kubernetes.io/frontend-entry-points",
    "traefik.ingress.kubernetes.io/router.entrypoints",
}
_SECURE_WORDS = ("https", "secure", "tls", "ssl", "443")
_OFF = {"", "0", "disabled", "false", "no", "off"}

# Names that no public authority certifies (RFC 6761, RFC 6762, ICANN's .internal, and what homes and offices use).
_LOCAL = (
    ".localhost",
    ".local",
    ".test",
    ".invalid",
    ".internal",
    ".intranet",
    ".lan",
    ".home",
    ".home.arpa",
    ".corp",
    ".svc",
)

# https://cert-manager.io/docs/usage/ingress/#supported-annotations, and the group's name before 0.11
_ISSUERS = {
    "cert-manager.io/cluster-issuer",
    "cert-manager.io/issuer",
    "certmanager.k8s.io/cluster-issuer",
    "certmanager.k8s.io/issuer",
}
_TLS_ACME = "kubernetes.io/tls-acme"


def tls_names(ingress: Ingress) -> frozenset[str]:
    """The hosts that its tls entries name, wildcards as written.

    An entry without hosts speaks for every host of the Ingress: which names its certificate holds is not known.
    """
    named = {text.value for entry in ingress.tls for text in entry.hosts}
    if any(not entry.hosts for entry in ingress.tls):
        named.update(ingress.hosts)
    return frozenset(named - {""})


def names_cover(names: AbstractSet[str], host: str) -> bool:
    """Whether one of the names is the host, or a wildcard that covers it by one label."""
    return host in names or wildcard_of(host) in names


def local_name(host: str) -> bool:
    """Whether the host is a name of a machine, a cluster or a private network, which rarely has a certificate."""
    return "." not in host or host.endswith(_LOCAL)


def certified_elsewhere(ingress: Ingress, class_name: str, controller: str) -> bool:
    """Whether its certificate comes from another place than a Secret, by its class or by what its annotations name."""
    if {class_name, controller} & _OWN_CERTIFICATES:
        return True
    return any(
        (entry.key in _CERTIFYING or entry.key.startswith(_CERTIFYING_PREFIX)) and _on(entry.value)
        for entry in ingress.meta.annotations
    )


def expects_https(ingress: Ingress) -> bool:
    """Whether its annotations count on https, without a word on the certificate."""
    return any(
        (entry.key in _LISTENERS and any(word in entry.value.lower() for word in _SECURE_WORDS))
        or ((entry.key in _HTTPS_ONLY or entry.key.startswith(_HTTPS_ONLY_PREFIX)) and _on(entry.value))
        for entry in ingress.meta.annotations
    )


def asks_certificate(ingress: Ingress) -> bool:
    """Whether its annotations ask cert-manager to make the Secrets of its tls entries."""
    return any(
        (entry.key in _ISSUERS and bool(entry.value.strip())) or (entry.key == _TLS_ACME and _on(entry.value))
        for entry in ingress.meta.annotations
    )


def _on(value: str) -> bool:
    return value.strip().lower() not in _OFF
