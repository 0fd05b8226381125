"""What of a manifest's text is secret, by the key that it stands under and by its own shape.

What stands under a key that may hold the name of a Secret counts as one where it cannot be such a name. A value that
stands for another one (`${PASSWORD}`, a template, what SOPS encrypted, an address in a vault) is none, nor is a switch.
"""

import hashlib
import re
from base64 import b64decode
from collections.abc import Callable, Iterable, Iterator

from bot.manifest.secret_keys import Holds, holds
from bot.manifest.template import filled, unknown

Span = tuple[int, int]

MASK = "•••"
_SEALS = range(0x2801, 0x2900)  # two of these signs tell one mask from another

_NAME = re.compile(r"(?:[a-z0-9][-a-z0-9.]{0,252}/)?[a-z0-9][-a-z0-9._]{0,252}|[A-Z]+(?:_[A-Z]+)+")
_RANDOM = re.compile(r"(?=[a-z]*[0-9])[a-z0-9]{25,}")  # letters and digits without a word's end: no name of an object
_SWITCHES = frozenset({
    "true", "false", "yes", "no", "on", "off", "null", "none", "enabled", "disabled", "~",
})  # fmt: skip

# Where a secret is kept: an address in a vault, or a variable of Grafana's. Of bare variables (`$http_token` of nginx,
# `$oidc.clientSecret` of Argo CD) those without a digit alone are taken for some, as a password may begin so.
_REFERENCE = re.compile(
    r"(?:op|bws|ref\+[a-z0-9+]+)://\S.*|arn:aws[\w-]*:(?:secretsmanager|ssm):\S*|vault:[\w./-]+#\S*"
    r"|\$__\w+\{[^{}]*\}|\$[A-Za-z_][A-Za-z_.:-]*"
)
_BARE = re.compile(r"\$[A-Za-z_]\w*")
_MANY = 8  # digits of a number that counts nothing
_INDENTED = 40  # characters that a line may begin with
_LONG = 40  # characters of a JSON object in base64, which may hold a login
_SIGNS = re.compile(r"[^\w\s]{1,3}")  # `{` or `|`: what stands there begins on another line

# What a text with a secret in it has at least is looked for first. Letters of either case would make that slow.
_HINTS = (
    "pass", "pwd", "token", "secret", "cred", "key", "auth", "connection", "cookie", "basic", "bearer", "curl",
)  # fmt: skip
_HINT = re.compile(
    "|".join(form for each in _HINTS for form in (each, each.capitalize(), each.upper())) + "|stringData"
)
_SHAPED = re.compile(
    r"@|eyJ|-----BEGIN|\$(?:[1256]|apr1|argon)|\{S|gh[pousr]_|github_pat_|glpat-|xox|[sr]k_|AIza|hvs\.|npm_|AGE-|hooks\."
    r"|discord|[Bb]asic|BASIC|[Bb]earer|BEARER|curl|sig=|-Signature="
)
_PARTED = re.compile(r"""[=~]|:[ \t"'\\]""")
_SPACED = re.compile(r"[ \t]|--")
# A key with what parts it from its value, in whatever language. Each part consumes what it looks at, so that no text
# makes matching slow; the value is looked for behind keys alone that may hold a secret. A key may follow an escape.
_PAIR = re.compile(
    r"""(?:(?<![\w.~\\-])|(?<=\\[nrt]))(?P<key>[A-Za-z_][\w./~-]{0,99}+)(?P<quoted>\\?["'])?[ \t]*+"""
    r"""(?:(?P<equals>[!=]?=|(?<=[ \t])!?~\*?(?=[ \t]))[ \t]*+|:(?:[ \t]++|(?=\\?["'])|(?(quoted)|(?!))))"""
)
_VALUE = re.compile(r"""\\"(?:[^"\\\n]|\\(?!").)*+|"(?:[^"\\\n]|\\.)*+|'[^'\n]*+|[^\s"'\\#][^\n]*+""")
_WORD_OF_VALUE = re.compile(
    r"""\\"(?:[^"\\\n]|\\(?!").)*+|"(?:[^"\\\n]|\\.)*+|'[^'\n]*+"""
    r"""|(?:\$\{[^{}\n]*+\}|\$\([^()\n]*+\)|\{\{[^{}\n]*+\}\}|[^\s&;,"'<>|`)}\]])++"""
)
_REMARK = re.compile(r"[ \t]#")
_DIRECTIVE = re.compile(
    r"(?:\b(?:proxy_set_header|grpc_set_header|add_header|more_set_(?:input_)?headers|fastcgi_param|uwsgi_param"
    r"|(?:set|add|replace)-header|set)[ \t]++[\"']?\$?|(?P<option>(?<![\w-])--)"
    r"|^[ \t]*+(?=[A-Z][\w]*+(?:-[A-Z]|[ \t]+(?:Basic|Bearer)\b)))"
    r"(?P<key>[A-Za-z][\w-]{0,99}+)[\"']?[ \t]*+(?:(?(option)[:=,]|:)[ \t]*+|(?<=[ \t]))",
    re.MULTILINE,
)
_ARGUMENT = re.compile(r"(?![\"']?--?[a-z])(?:\"[^\"\n]*+|'[^'\n]*+|[^\s;\"'][^\n;\"']*+)")
_SHAPES = re.compile(
    r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?P<pem>(?:\\[nrt]|\s|[A-Z][\w-]*+: [^\n:]*+\n"
    r"|[A-Za-z0-9+/=]++(?=[\s\\\"'-]|$))*+)"
    r"|\b(?P<jwt>(?-i:eyJ)[\w-]{8,}+(?:\.[\w-]*+)*+)"
    r"|\b(?P<known>gh[pousr]_\w{20,}+|github_pat_\w{20,}+|glpat-[\w-]{15,}+|xox[a-z](?:\.xox[a-z])?-\d[\w-]{10,}+"
    r"|[sr]k_(?:live|test)_\w{10,}+|(?-i:AIza)[\w-]{30,}+|hvs\.(?=[\w-]*\d)(?=[\w-]*(?-i:[A-Z]))[\w-]{20,}+|npm_\w{30,}+"
    r"|AGE-SECRET-KEY-1\w++)"
    r"|://[^\s/?#\"'<>@:]{0,200}+:(?P<url>[^\s/?#\"'<>]{1,300})@"
    r"|://(?P<user>[0-9a-fA-F]{32,64})@"
    r"|hooks\.slack\.com/services/(?P<slack>[\w/]++)|discord(?:app)?\.com/api/webhooks/\d++/(?P<discord>[\w-]++)"
    r"|(?P<htpasswd>\$(?:apr1|2[abxy]|argon2\w{1,2})\$[./\w$=,+-]++|\$[156]\$[./\w=-]{1,30}\$[./\w$]{16,}+"
    r"|\{S?SHA(?:256|512)?\}[A-Za-z0-9+/]{20,}+=*)|[?&](?:sig|X-Amz-Signature)=(?P<sig>[^&\s\"']{16,}+)"
    r"|\bcurl\b[^\n]{0,300}?[ \t](?:-u|--user)[ \t=]*+[\"']?(?![0-9:]+(?:\s|$))[^\s:\"']{1,100}+:(?P<curl>[^\s\"']+)"
    r"|\bbasic[ \t]++(?P<basic>[A-Za-z0-9+/_-]{6,}+={0,2})"
    r"|\bbearer[ \t]++(?P<bearer>(?=[A-Za-z._~+/-]*[0-9])[\w.~+/-]{16,}+=*)",
    re.IGNORECASE,
)
_HASH = re.compile(r"\$(?:apr1|2[abxy]|[156]|argon2\w{1,2})\$[./\w=,+-]+\$")
_SCHEME = re.compile(r"(?:basic|bearer|token|digest)[ \t]+", re.IGNORECASE)
_SEALED = re.compile(f"{MASK}[{chr(_SEALS[0])}-{chr(_SEALS[-1])}]{{1,2}}")
_HIDDEN = re.compile(rf"[\s*{MASK[0]}{chr(_SEALS[0])}-{chr(_SEALS[-1])}]*")


def is_secret(key: str, value: str) -> bool:
    """Whether what stands under a key is a secret."""
    held = holds(key)
    return held is not Holds.NOTHING and _tells(key, value, held)


def _tells(key: str, value: str, held: Holds) -> bool:
    text = value.strip()
    inner = _SCHEME.sub("", text, count=1)
    if text.lower() in _SWITCHES or hidden(inner) or _SIGNS.fullmatch(inner):
        return False
    if _HASH.search(text):
        return True
    if _stands(inner):
        return False
    if held is Holds.SECRET:
        return not (text.isdigit() and len(text) < _MANY and "token" in key.lower())  # how many, not which
    return not _NAME.fullmatch(filled(text, "x")) or bool(_RANDOM.fullmatch(text))


def _stands(text: str) -> bool:
    """Whether a text stands for another one."""
    return bool(_REFERENCE.fullmatch(text)) or (unknown(text) and not _BARE.fullmatch(text))


def hidden(text: str) -> bool:
    """Whether nothing is told by a text: it is empty, or a mask."""
    return bool(_HIDDEN.fullmatch(text))


def may_tell(text: str) -> bool:
    """Whether a text may hold a secret at all; costs next to nothing."""
    return bool(_HINT.search(text) or _SHAPED.search(text))


def secrets_in(text: str) -> Iterator[Span]:
    """Where in a text secrets stand: behind keys in it, in headers that it sets, and by their shape."""
    if _HINT.search(text):
        if _PARTED.search(text):
            yield from _keyed(text, _PAIR, _VALUE)
        if _SPACED.search(text):
            yield from _keyed(text, _DIRECTIVE, _ARGUMENT)
    yield from _shapes_in(text)


def _shapes_in(text: str) -> Iterator[Span]:
    """What is secret by its shape, whatever stands around it."""
    if not _SHAPED.search(text):
        return
    at = 0
    while found := _SHAPES.search(text, at):
        kind = found.lastgroup or ""
        start, end = found.span(kind)
        if start < end and _is_shape(kind, found[kind]):
            yield start, end
            at = found.end()
        else:
            at = start if start > found.start() else found.end()


def _is_shape(kind: str, text: str) -> bool:
    """Whether what has the shape of a secret is one."""
    match kind:
        case "htpasswd":
            return True
        case "basic":
            return _credentials(text)
        case "jwt":
            return "." in text or len(text) >= _LONG
    return not (unknown(text) or hidden(text))


def _keyed(text: str, keys: re.Pattern[str], values: re.Pattern[str]) -> Iterator[Span]:
    """The secrets behind keys; what is no secret may have keys of its own in it."""
    at = 0
    while key := keys.search(text, at):
        at = key.end()
        named = bool(key.groupdict().get("equals")) and not _is_setting(text, key)
        held = holds(key["key"]) or (Holds.SECRET if key["key"].lower() == "cookie" else Holds.NOTHING)
        value = (_WORD_OF_VALUE if named else values).match(text, at) if held is not Holds.NOTHING else None
        if value is None:
            continue
        start, end = _inside(text, value, whole=not named)
        if _tells(key["key"], text[start:end], held):
            scheme = _SCHEME.match(text, start, end)
            yield (scheme.end() if scheme and scheme.end() < end else start), end
            at = value.end()


def _is_setting(text: str, key: re.Match[str]) -> bool:
    """Whether a pair is a line of an INI file or the like, with all of the line behind ` = ` for its value."""
    if key["equals"] != "=" or not key[0].endswith(" ") or " =" not in key[0]:
        return False
    before = text[max(key.start() - _INDENTED, 0) : key.start()]
    return not before.rpartition("\n")[2].strip() and ("\n" in before or len(before) == key.start())


def _inside(text: str, value: re.Match[str], *, whole: bool) -> Span:
    """A value without the quote that it begins with, or without a remark behind it; none is closed by its pattern."""
    start, end = value.span()
    quote = next((mark for mark in ('\\"', '"', "'") if text.startswith(mark, start)), "")
    if not quote and whole:
        remark = _REMARK.search(text, start, end)
        end = start + len(text[start : remark.start() if remark else end].rstrip())
    return start + len(quote), end


def _credentials(text: str) -> bool:
    """Whether a text stands for a name and a password, as HTTP sends them."""
    try:
        decoded = b64decode(text + "=" * (-len(text) % 4)).decode()
    except ValueError:
        return False
    return ":" in decoded and decoded.isprintable()


def without_secrets(text: str) -> str:
    """The text with each secret in it sealed: equal secrets have equal masks, unequal ones others."""
    return with_masks(text, merged(secrets_in(text)), sealed) if may_tell(text) else text


def with_masks(text: str, spans: Iterable[Span], mask: Callable[[str], str]) -> str:
    """The text with masks in the place of stretches, which come in their order."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [text[done:start], mask(text[start:end])]
        done = end
    return "".join([*pieces, text[done:]]) if pieces else text


def told(key: str, value: str) -> str:
    """The value of a key as it may be kept: as it is, or with what is secret of it sealed."""
    return sealed(value) if is_secret(key, value) else without_secrets(value)


def sealed(secret: str) -> str:
    """The mask of one secret, with two signs that tell it from other ones; too few to find it by."""
    digest = hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
    return MASK + "".join(chr(_SEALS[byte % len(_SEALS)]) for byte in digest[:2])


def unsealed(text: str) -> str:
    """A text as it is shown: every mask is the same."""
    return _SEALED.sub(MASK, text) if MASK in text else text


def shown(text: str) -> str:
    """A text as it is shown, without secrets."""
    return unsealed(without_secrets(text))


def without_shapes(text: str) -> str:
    """The text with what is secret by its shape sealed in it, whatever stands around that."""
    return with_masks(text, merged(_shapes_in(text)), sealed) if _SHAPED.search(text) else text


def said(sentence: str) -> str:
    """A sentence as it is shown: a colon in it parts no key from a secret."""
    return unsealed(without_shapes(sentence))


def merged(spans: Iterable[Span]) -> list[Span]:
    """Stretches in their order, those that overlap as one."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
