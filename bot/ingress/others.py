"""The objects that an Ingress refers to: IngressClass, Service, Namespace."""

from bot.ingress.fields import Fields, value_of
from bot.ingress.model import IngressClass, Meta, Namespace, Service, ServicePort
from bot.manifest.node import Scalar

_DEFAULT_CLASS = "ingressclass.kubernetes.io/is-default-class"


def read_class(meta: Meta, root: Fields) -> IngressClass:
    """An IngressClass."""
    spec = root.mapping("spec")
    controller = spec.text("controller") if spec else None
    marked = meta.annotation(_DEFAULT_CLASS)
    return IngressClass(meta, controller.value if controller else "", marked is not None and marked.value == "true")


def read_service(meta: Meta, root: Fields) -> Service:
    """A Service."""
    spec = root.mapping("spec")
    if spec is None:
        return Service(meta, "ClusterIP", ())
    kind = spec.text("type")
    address = spec.text("clusterIP")
    outside = spec.text("externalName")
    type_ = kind.value if kind and kind.value else "ClusterIP"
    return Service(
        meta=meta,
        type=type_,
        ports=tuple(_port(port) for port in spec.mappings("ports")),
        external_name=outside.value if outside and type_ == "ExternalName" else "",
        headless=address is not None and address.value == "None",
    )


def _port(fields: Fields) -> ServicePort:
    """A port; its number is 0 where the manifest leaves it to a placeholder."""
    field = fields.field("port")
    value = value_of(field.value) if field and isinstance(field.value, Scalar) else None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    name = fields.text("name")
    number = value if isinstance(value, int) and not isinstance(value, bool) else 0
    return ServicePort(number, name.value if name else "")


def read_namespace(meta: Meta) -> Namespace:
    """A Namespace."""
    return Namespace(meta)
