"""Backends of all API versions.

v1 nests (`service: {name, port: {number}}`), the beta versions are flat (`serviceName`, `servicePort`). Both forms
are read in every version, for the intent; the one that does not belong is a Fault.
"""

from bot.ingress.fields import REFUSED, Fields, kind_of, value_of
from bot.ingress.model import Backend, ResourceBackend, ServiceBackend
from bot.ingress.names import port_name_fault, service_fault
from bot.manifest.node import Field, Mapping, Node, Scalar
from bot.manifest.template import symbolic
from bot.source import START, Span

_OLD = ("serviceName", "servicePort")
_LAST_PORT = 65535


def read_backend(fields: Fields, *, v1: bool) -> Backend | None:
    """One backend; None where it names neither a Service nor a resource."""
    old = [name for name in _OLD if name in fields]
    if v1 and old:
        message = (
            f"`{fields.name(old[0])}` belongs to the beta versions of the API; networking.k8s.io/v1 does not know it. "
            "kubectl refuses the Ingress; where validation is off the backend is lost."
        )
        port = fields.fields["servicePort"].value if "servicePort" in fields else None
        by = "name" if isinstance(port, Scalar) and not port.text.isdigit() else "number"
        remedy = f"Write `service: {{name: ..., port: {{{by}: ...}}}}`."
        fields.faults.add("backend-old-style", message, remedy, fields.fields[old[0]])
    if not v1 and "service" in fields:
        message = (
            f"`{fields.name('service')}` belongs to networking.k8s.io/v1; the beta versions do not know it. "
            "kubectl refuses the Ingress; where validation is off the backend is lost."
        )
        remedy = "Use `apiVersion: networking.k8s.io/v1`, or write `serviceName` and `servicePort`."
        fields.faults.add("backend-new-style", message, remedy, fields.fields["service"])
    fields.known(("service", "resource", *_OLD))
    return _choose(fields)


def _choose(fields: Fields) -> Backend | None:
    service = _new_style(fields) or _old_style(fields)
    resource = _resource(fields)
    if service and resource:
        message = f"`{fields.route}` names both a Service and a resource. {REFUSED}"
        fields.faults.add("backend-ambiguous", message, "Keep one of the two.", fields.node)
    if not service and not resource and not _malformed(fields):
        message = f"`{fields.route}` names neither a Service nor a resource. {REFUSED}"
        fields.faults.add("backend-required", message, "Name a Service and its port.", fields.node)
    return service or resource


def _malformed(fields: Fields) -> bool:
    """Whether something stands there that has been reported already."""
    return any(name in fields for name in ("service", "resource", *_OLD))


def _new_style(fields: Fields) -> ServiceBackend | None:
    service = fields.mapping("service")
    if service is None:
        return None
    beside = _beside(service)
    service.known(("name", "port", *((beside.name,) if beside else ())))
    port, port_at = _number_beside(service, beside) if beside else _port(service)
    return _service(fields, service, "name", port, port_at)


def _old_style(fields: Fields) -> ServiceBackend | None:
    if not any(name in fields for name in _OLD):
        return None
    field = fields.field("servicePort")
    if field is None:
        _port_missing(fields, "servicePort", fields.node)
        return _service(fields, fields, "serviceName", None, START)
    port = _number_or_name(fields, field)
    return _service(fields, fields, "serviceName", port, fields.document.span(field.value))


def _service(whole: Fields, fields: Fields, key: str, port: int | str | None, port_at: Span) -> ServiceBackend | None:
    name = fields.text(key)
    if name is None or not name.value:
        if not isinstance(fields.fields.get(key), Field) or name is not None:
            message = f"`{fields.name(key)}` is missing. {REFUSED}"
            fields.faults.add("service-name-missing", message, "Name the Service.", fields.node)
        return None
    wrong = "" if symbolic(name.value) else service_fault(name.value)
    if wrong:
        message = f"`{fields.name(key)}` {wrong}, so no Service can have this name. {REFUSED}"
        fields.faults.add("service-name-invalid", message, "Correct the name.", fields.fields[key].value)
    return ServiceBackend(name.value, port, fields.document.span(whole.node), name.at, port_at)


def _port(service: Fields) -> tuple[int | str | None, Span]:
    field = service.field("port")
    if field is None:
        _port_missing(service, "port", service.node)
        return None, START
    if not isinstance(field.value, Mapping):
        return _bare_port(service, field), service.document.span(field.value)
    inner = Fields(field.value, service.faults, service.name("port"))
    inner.known(("number", "name"))
    number, name = inner.field("number"), inner.field("name")
    if number and name:
        message = f"`{inner.route}` has both a number and a name. {REFUSED}"
        inner.faults.add("port-name-and-number", message, "Keep one of the two.", field.value)
    if number:
        return _number(inner, number), inner.document.span(number.value)
    if name:
        return _name(inner, name), inner.document.span(name.value)
    _port_missing(inner, "number", field.value)
    return None, START


def _beside(service: Fields) -> Field | None:
    """A `number` that is not indented enough to stand under its empty `port`."""
    return None if "port" in service else service.field("number")


def _number_beside(service: Fields, number: Field) -> tuple[int | str | None, Span]:
    message = f"`{service.name('number')}` belongs under `port`, which is missing. {REFUSED}"
    shown = number.value.text if isinstance(number.value, Scalar) else "..."
    service.faults.add("port-missing", message, f"Write `port: {{number: {shown}}}`.", number)
    return _number(service, number), service.document.span(number.value)


def _bare_port(service: Fields, field: Field) -> int | str | None:
    """`port: 80`, as people write it who come from the beta versions."""
    if not isinstance(field.value, Scalar):
        service.wrong_type(field, "an object with `number` or `name`")
        return None
    port = _plain_port(field.value)
    if not (isinstance(port, str) and symbolic(port)):
        key = "number" if isinstance(port, int) else "name"
        message = f"`{service.name('port')}` is {port!r} where the API wants an object. {REFUSED}"
        service.faults.add("port-not-object", message, f"Write `port: {{{key}: {port}}}`.", field.value)
    return port


def _number(inner: Fields, field: Field) -> int | str | None:
    if not isinstance(field.value, Scalar):
        inner.wrong_type(field, "a number")
        return None
    value = value_of(field.value)
    port = _plain_port(field.value)
    if isinstance(port, str) and symbolic(port):
        return port
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        message = f"`{inner.name('number')}` is {kind_of(field.value)} where the API wants a whole number. {REFUSED}"
        digits = isinstance(port, int)
        remedy = f"Write `number: {port}`." if digits else f"Write `name: {port}`, or the number of the port."
        inner.faults.add("port-number-type", message, remedy, field.value)
    if isinstance(port, int):
        _check_range(inner, field.value, port)
    return port


def _name(inner: Fields, field: Field) -> int | str | None:
    if not isinstance(field.value, Scalar):
        inner.wrong_type(field, "a string")
        return None
    if isinstance(value_of(field.value), str):
        _check_name(inner, field.value)
        return field.value.text
    port = _plain_port(field.value)
    remedy = f"Write `number: {port}`." if isinstance(port, int) else f'Quote it: `name: "{port}"`.'
    inner.wrong_type(field, "a string", remedy)
    return port


def _number_or_name(fields: Fields, field: Field) -> int | str | None:
    """`servicePort` of the beta versions: a number, or the name of a port."""
    if not isinstance(field.value, Scalar):
        fields.wrong_type(field, "a number or the name of a port")
        return None
    value = value_of(field.value)
    if isinstance(value, str):
        _check_name(fields, field.value)
        return value
    port = _plain_port(field.value)
    if isinstance(port, int):
        _check_range(fields, field.value, port)
    else:
        fields.wrong_type(field, "a number or the name of a port")
    return port


def _plain_port(node: Scalar) -> int | str:
    """What is meant by the text of a port."""
    value = value_of(node)
    if isinstance(value, float) and value == int(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(node.text) if node.text.isascii() and node.text.isdigit() and len(node.text) < 10 else node.text


def _check_range(fields: Fields, node: Node, port: int) -> None:
    if not 0 < port <= _LAST_PORT:
        message = f"{port} is no port number: it must lie between 1 and {_LAST_PORT}. {REFUSED}"
        fields.faults.add("port-out-of-range", message, "Correct the number.", node)


def _check_name(fields: Fields, node: Scalar) -> None:
    if symbolic(node.text) or node.text == "use-annotation":  # 14 characters and valid; said for the reader
        return
    wrong = port_name_fault(node.text)
    if wrong:
        remedy = f"Write the number without quotes: `{node.text}`." if node.text.isdigit() else "Correct the name."
        fields.faults.add("port-name-invalid", f"The port name `{node.text}` {wrong}. {REFUSED}", remedy, node)


def _port_missing(fields: Fields, key: str, at: Node) -> None:
    message = f"`{fields.name(key)}` is missing: a Service needs a port by number or name. {REFUSED}"
    fields.faults.add("port-missing", message, "Name the port.", at)


def _resource(fields: Fields) -> ResourceBackend | None:
    resource = fields.mapping("resource")
    if resource is None:
        return None
    resource.known(("apiGroup", "kind", "name"))
    group, kind, name = (resource.text(key) for key in ("apiGroup", "kind", "name"))
    if not (kind and kind.value and name and name.value):
        message = f"`{resource.route}` lacks `kind` or `name`. {REFUSED}"
        resource.faults.add("resource-incomplete", message, "Name both.", resource.node)
    group_text, kind_text, name_text = (text.value if text else "" for text in (group, kind, name))
    return ResourceBackend(group_text, kind_text, name_text, fields.document.span(fields.node))
