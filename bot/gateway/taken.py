"""Fields as the readers of routes take them: tolerant, with an ordinary value where nothing usable stands."""

from collections.abc import Iterable

from bot.ingress.fields import Fields, value_of
from bot.ingress.model import Text
from bot.manifest.node import Scalar
from bot.manifest.template import lowered
from bot.source import START, Span


def text_in(fields: Fields, name: str) -> str:
    """A string, "" where there is none."""
    text = fields.text(name)
    return text.value if text else ""


def number_in(fields: Fields, name: str, otherwise: int = 0) -> int:
    """A whole number, or what stands for it where there is none."""
    field = fields.field(name)
    if field is None:
        return otherwise
    value = value_of(field.value) if isinstance(field.value, Scalar) else None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31:
        return value
    fields.wrong_type(field, "a whole number")
    return otherwise


def port_in(fields: Fields, name: str) -> tuple[int | str | None, Span]:
    """A port by number or name, and where it stands."""
    field = fields.field(name)
    if field is None or not isinstance(field.value, Scalar):
        if field is not None:
            fields.wrong_type(field, "a port")
        return None, START
    text = field.value.text
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return text if number is None else number, fields.document.span(field.value)


def hosts_in(fields: Fields, name: str, *, one: bool = False) -> tuple[Text, ...]:
    """Hosts in lower case, of a list or (`one`) of a single field; what names none is left out."""
    if one:
        text = fields.text(name)
        found = [text] if text else []
    else:
        found = [text for _, text, _ in fields.texts(name)]
    return tuple(Text("" if text.value == "*" else lowered(text.value), text.at) for text in found)


def said(fields: Fields, names: Iterable[str]) -> str:
    """These fields with their values, as far as they are there: `request 10s, backendRequest 2s`."""
    return ", ".join(f"{name} {text_in(fields, name)}" for name in names if text_in(fields, name))
