"""What a scalar means to kubectl, that is to sigs.k8s.io/yaml and the goyaml.v2 within it.

Not YAML 1.1 as PyYAML reads it, nor YAML 1.2: `yes` is a boolean, `12:30` a string, `0o17` and `017` are 15, `08` is 8.
tests/manifest holds what kubectl itself answered.
"""

import base64
import binascii
import math
import re
from decimal import Decimal

Value = str | int | float | bool | None

_TAG = "tag:yaml.org,2002:"
_BINARY = _TAG + "binary"
_STRINGS = frozenset({"!", _TAG + "str"})
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
}
_NOT_JSON = frozenset(sign + word for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")) | {
    ".nan",
    ".NaN",
    ".NAN",
}
_NULLS = frozenset(word for word, value in _WORDS.items() if value is None)
_NUMERIC = frozenset("+-.0123456789")
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]([0-7]+)|(0[0-7]*)|([1-9][0-9]*))", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)
_LONGEST_NUMBER = 400  # no finite number needs more; int() and float() are slow on long digits
_BASES = (16, 2, 8, 8, 10)


class ScalarError(ValueError):
    """kubectl refuses the scalar."""


def resolve(text: str, style: str | None = None, tag: str | None = None) -> Value:
    """The value of a scalar.

    Raises:
        ScalarError: kubectl refuses it.
    """
    if tag is None:
        return text if style else _plain(text)
    if tag in _STRINGS or not tag.startswith(_TAG):
        return text
    if tag == _BINARY:
        return _binary(text)
    return _plain(text)


def is_null(text: str, style: str | None = None, tag: str | None = None) -> bool:
    """Whether a scalar says nothing."""
    return text in _NULLS and (not style if tag is None else resolve(text, style, tag) is None)


def may_be_refused(text: str, style: str | None = None, tag: str | None = None) -> bool:
    """Whether `resolve` may raise: a quick look that spares it for nearly all scalars."""
    return tag is not None or (not style and text[:1] in _NUMERIC)


def key_text(text: str, style: str | None = None, tag: str | None = None) -> str:
    """What a scalar becomes as the key of an object: JSON has string keys only.

    A key that kubectl refuses keeps its text.
    """
    if tag is None and (style or (text and text[0] not in _NUMERIC and text not in _WORDS)):
        return text
    try:
        value = resolve(text, style, tag)
    except ScalarError:
        return text
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return text
    return format_number(value) if isinstance(value, float) else str(value)


def format_number(value: float) -> str:
    """A float as Go's `strconv.FormatFloat(value, 'g', -1, 64)` writes it."""
    number = Decimal(repr(value)).normalize()
    exponent = number.adjusted()
    if number and not -4 <= exponent < 6:
        sign, digits, _ = number.as_tuple()
        mantissa = "".join(map(str, digits))
        fraction = f".{mantissa[1:]}" if mantissa[1:] else ""
        return f"{'-' if sign else ''}{mantissa[0]}{fraction}e{exponent:+03d}"
    return repr(value).removesuffix(".0")


def _plain(text: str) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC:
        return text
    if text in _NOT_JSON:
        raise ScalarError(f"{text} has no equivalent in JSON")
    if len(text) > _LONGEST_NUMBER:
        return text
    return _number(text)


def _number(text: str) -> Value:
    digits = text.replace("_", "")
    whole = _INTEGER.fullmatch(digits)
    if whole:
        base, number = next((base, part) for base, part in zip(_BASES, whole.groups()[1:], strict=True) if part)
        value = int(number, base) * (-1 if whole[1] == "-" else 1)
        if -(2**63) <= value < 2**64:
            return value
    if _FLOAT.fullmatch(digits):
        real = float(digits)
        return text if math.isinf(real) else real
    return text


def _binary(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except binascii.Error as error:
        raise ScalarError(f"!!binary value is not base64: {error}") from error
