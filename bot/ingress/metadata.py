"""`metadata` of any object."""

from bot.ingress.fields import Faults, Fields, is_null, value_of
from bot.ingress.model import Entry, Meta, Text
from bot.ingress.names import label_fault, label_value_fault, qualified_fault, subdomain_fault
from bot.manifest.node import Field, Mapping, Scalar
from bot.manifest.secrecy import told
from bot.manifest.template import symbolic

_KNOWN = (
    "name", "generateName", "namespace", "labels", "annotations", "finalizers", "ownerReferences", "uid",
    "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
    "managedFields", "selfLink",
)  # fmt: skip


_ANNOTATIONS = 256 * 1024  # bytes of all keys and values together


def read_meta(root: Mapping, api_version: str, kind: str, faults: Faults) -> Meta:
    """The metadata of an object; its faults are the API server's, whoever wants them."""
    document = faults.document
    whole = document.span(root)
    version = root.get("apiVersion")
    version_at = document.span(version) if version else whole.head()
    fields = Fields(root, faults).mapping("metadata")
    if fields is None:
        nameless = Text("", whole.head())
        return Meta(api_version, kind, nameless, nameless, document.path, whole, api_version_at=version_at)
    name = fields.text("name")
    prefix = None if name else fields.text("generateName")
    at = document.span(fields.node).head()
    return Meta(
        api_version=api_version,
        kind=kind,
        name=name or prefix or Text("", at),
        namespace=fields.text("namespace") or Text("", at),
        file=document.path,
        at=whole,
        annotations=read_entries(fields, "annotations"),
        labels=read_entries(fields, "labels"),
        generated=prefix is not None,
        api_version_at=version_at,
    )


def read_entries(fields: Fields, name: str) -> tuple[Entry, ...]:
    """A map of strings, sorted by key. A null value is stored as the empty string, a secret by its seal."""
    inner = fields.mapping(name)
    if inner is None:
        return ()
    entries = []
    for key, field in inner.fields.items():
        if not isinstance(field.value, Scalar):
            inner.wrong_type(field, "a string")
            continue
        value = value_of(field.value)
        if value is not None and not isinstance(value, str):
            inner.wrong_type(field, "a string", f'Quote it: `{key}: "{field.value.text}"`.')
        text = "" if is_null(field.value) else told(key, field.value.text)
        entries.append(Entry(key, text, inner.document.span(field), inner.document.span(field.value)))
    return tuple(sorted(entries, key=_by_key))


def _by_key(entry: Entry) -> str:
    return entry.key


def check_meta(meta: Meta, root: Mapping, faults: Faults) -> None:
    """What the API server holds against the metadata of an Ingress."""
    fields = root.get("metadata")
    if not isinstance(fields, Mapping):
        faults.add("name-missing", "The Ingress has no `metadata.name`. The API server refuses it.", "Name it.", root)
        return
    inner = Fields(fields, faults, "metadata")
    inner.known(_KNOWN)
    if not meta.name.value:
        where: Mapping | Field = inner.field("name") or fields
        faults.add("name-missing", "The Ingress has no `metadata.name`. The API server refuses it.", "Name it.", where)
    elif not symbolic(meta.name.value):
        name = meta.name.value.removesuffix("-") if meta.generated else meta.name.value
        _check_name(inner, "generateName" if meta.generated else "name", subdomain_fault(name))
    if meta.namespace.value and not symbolic(meta.namespace.value):
        _check_name(inner, "namespace", label_fault(meta.namespace.value))
    for group in ("annotations", "labels"):
        entries = fields.get(group)
        if isinstance(entries, Mapping):
            _check_keys(entries, group, faults)
    _check_values(meta, fields, faults)


def _written(fields: Mapping, name: str) -> dict[str, Scalar]:
    """The values of a map of strings as they are written, secrets too."""
    entries = fields.get(name)
    found = entries.fields() if isinstance(entries, Mapping) else {}
    return {key: field.value for key, field in found.items() if isinstance(field.value, Scalar)}


def _check_name(fields: Fields, name: str, wrong: str) -> None:
    field = fields.field(name)
    if wrong and field:
        message = f"`metadata.{name}` {wrong}. The API server refuses the object."
        fields.faults.add("name-invalid", message, "Use lower-case letters, digits, `-` and `.`.", field.value)


def _check_keys(entries: Mapping, group: str, faults: Faults) -> None:
    for key, field in entries.fields().items():
        wrong = "" if symbolic(key) else qualified_fault(key)
        if wrong:
            message = f"The key `{key}` in `metadata.{group}` {wrong}. The API server refuses the object."
            faults.add("key-invalid", message, "Correct the key.", field.key)


def _check_values(meta: Meta, fields: Mapping, faults: Faults) -> None:
    labels, annotations = _written(fields, "labels"), _written(fields, "annotations")
    for entry in meta.labels:
        node = labels[entry.key]
        wrong = "" if is_null(node) or symbolic(node.text) else label_value_fault(node.text)
        if wrong:
            message = (
                f"The label `{entry.key}` {label_value_fault(entry.value) or wrong}. The API server refuses the object."
            )
            faults.add("label-invalid", message, "Correct the value.", node)
    size = sum(
        len(key.encode()) + (0 if is_null(node) else len(node.text.encode("utf-8", "replace")))
        for key, node in annotations.items()
    )
    if size > _ANNOTATIONS:
        message = f"The annotations have {size:,} bytes, more than {_ANNOTATIONS:,}. The API server refuses the object."
        faults.add("annotations-too-large", message, "Shorten them.", fields.fields()["annotations"].key)
