"""Which keys hold secrets, by their words, and what stands under such a key.

A key is secret-like by whole words: `password`, `apiKey`, `client-secret` and `DB_TOKEN` hold secrets; `secretName`,
`tokenUrl`, `passwordPolicy` and `existingSecret` hold names. `secret` by itself is either.
"""

import re
from enum import IntEnum
from functools import lru_cache

GENERATOR = "secretGenerator"
DATA = frozenset({"data", "stringData"})  # of a Secret
BY_NAME = ("name", "key", "path")  # keys that name what stands beside them under `value`
_LONGEST = 400  # characters of a key

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_WORDS = frozenset({
    "password", "passwords", "passwd", "passphrase", "passcode", "pwd", "token", "tokens", "credential",
    "credentials", "creds", "htpasswd", "secretkey", "apikey", "apikeys", "privatekey", "accesskey", "authkey",
    "clientsecret", "accesstoken", "authtoken", "connectionstring",
})  # fmt: skip
_FUSED = tuple(sorted(each for each in _SECRET_WORDS if len(each) > 4))  # behind other words without a boundary
_KEYS = frozenset({"key", "keys"})
_KEY_OF = frozenset({
    "api", "secret", "private", "access", "encryption", "decryption", "signing", "master", "ssh", "license", "auth",
    "shared", "storage", "account", "deploy", "session", "cookie", "jwt", "hmac", "webhook", "consumer", "client",
    "cipher", "crypt", "app", "admin", "root", "aes", "rsa", "pgp", "gpg", "age", "widget",
})  # fmt: skip
_SECRETS = frozenset({"secret", "secrets"})
_SECRET_OF = frozenset({
    "client", "app", "api", "shared", "cookie", "session", "jwt", "webhook", "signing", "consumer", "hmac", "oauth",
    "access", "encryption", "csrf", "otp", "totp", "master", "bot",
})  # fmt: skip
_NO_PASS = frozenset({
    "proxy", "fastcgi", "uwsgi", "scgi", "grpc", "memcached", "by", "first", "one", "two", "multi", "single", "bypass",
})  # fmt: skip
_NO_SECRETS = frozenset({("server", "tokens"), ("allow", "credentials"), ("pass", "credentials")})
# What may stand behind the words that count.
_TAILS = frozenset({
    "value", "plain", "plaintext", "raw", "string", "base", "base64", "b", "encoded", "data", "literal", "hash",
    "hashes", "hashed", "prod", "production", "staging", "dev", "old", "new", "current", "previous", "primary",
    "secondary", "main",
})  # fmt: skip
_NAMES = frozenset({"nginx.com/jwt-key"})  # keys that sound like secrets and hold the name of one
# What holds the secret where a mapping stands under a secret-like key, and what only leads to it.
CARRIERS = frozenset({
    "value", "plain", "plaintext", "raw", "data", "content", "literal", "default", "inline", "text", "base64",
    "stringData",
})  # fmt: skip
_LEADS = re.compile(
    r"name|key|ref|from|path|file|kind|type|url|version|enabled|create|existing|user|id|description|title",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?:ref|refs|from|selector)$", re.IGNORECASE)


class Holds(IntEnum):
    """What a key holds."""

    NOTHING = 0
    MAYBE = 1  # a secret, or the name of one
    SECRET = 2


@lru_cache(maxsize=4096)
def holds(key: str) -> Holds:
    """Whether a key holds secrets, by its words; what stands before a `/` is whose key it is."""
    if len(key) > _LONGEST or key in _NAMES:
        return Holds.NOTHING
    words = [word.lower() for word in _WORD.findall(key.replace("~1", "/").rpartition("/")[2])]
    if words[-2:] == ["connection", "string"]:
        return Holds.SECRET
    while len(words) > 1 and words[-1] in _TAILS:
        words.pop()
    last = words[-1] if words else ""
    before = words[-2] if len(words) > 1 else ""
    if (before, last) in _NO_SECRETS:
        return Holds.NOTHING
    if last in _SECRET_WORDS or last.endswith(_FUSED) or (last in _KEYS and before in _KEY_OF):
        return Holds.SECRET
    if last == "pass" and before not in _NO_PASS:
        return Holds.SECRET
    if last in _SECRETS:
        return Holds.SECRET if before in _SECRET_OF else Holds.MAYBE
    return Holds.MAYBE if last == "authorization" else Holds.NOTHING


def key_of(above: str, name: str, named: str, *, deep: bool) -> str:
    """The secret-like key that the value of a field stands under, "" for none.

    `above` is the one that its mapping stands under, `named` the one that a field beside it names; `deep` tells that
    the value is a mapping.
    """
    if name == GENERATOR:
        return name
    if above == GENERATOR:
        return above if name == "literals" else ""
    if holds(name) is not Holds.NOTHING:
        return "" if deep and _ENDS.search(name) else name
    if name in CARRIERS:
        return named or above
    return above if above and _several(above) and not _LEADS.search(name) else ""


def _several(key: str) -> bool:
    """Whether what stands under a key are secrets, each by a name of its own."""
    return key.lower().endswith("s") and holds(key) is Holds.SECRET
