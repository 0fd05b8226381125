"""What is a secret, by its key and by its shape; what only names one, or stands for one, is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.manifest.secrecy import (
    MASK,
    hidden,
    is_secret,
    may_tell,
    said,
    sealed,
    secrets_in,
    shown,
    told,
    unsealed,
    without_secrets,
)

VALUE = "Pl4nted-V4lue"


@pytest.mark.parametrize(
    "key",
    [
        "password", "PASSWORD", "rootPassword", "root-password", "db.password", "DB_PASSWORD", "DBPASSWORD",
        "password1", "password_2", "mysqlPasswordProd", "passwd", "pwd", "passphrase", "smtp_pass", "token", "apiToken",
        "auth-token", "tokens", "apiKey", "api_key", "APIKEY", "privateKey", "ssh-key", "accessKey", "secretKey",
        "AWS_SECRET_ACCESS_KEY", "clientSecret", "client_secret", "COOKIE_SECRET", "jwtSecret",
        "credentials", "htpasswd", "encryptionKey",
        "connectionString", "passwordBase64", "passwordHash", "example.com/api-token", "~1spec~1password",
    ],
)  # fmt: skip
def test_a_key_with_the_word_for_a_secret_holds_one(key):
    assert is_secret(key, VALUE)


@pytest.mark.parametrize(
    "key",
    [
        "secretName", "secretRef", "secretKeyRef", "tokenUrl", "token_endpoint", "passwordPolicy",
        "passwordSecretName", "existingSecretPasswordKey", "passwordFile", "tokenTTL", "key", "keys", "sortKey",
        "publicKey", "keyName", "hostKey", "proxy_pass", "fastcgi_pass", "ssl-passthrough", "bypass", "pass-by",
        "server-tokens", "cors-allow-credentials", "author", "authority", "secretary", "tokenizer", "compass", "monkey",
        "", "é", "password" * 100,
    ],
)  # fmt: skip
def test_a_key_for_something_else_holds_none(key):
    assert not is_secret(key, VALUE)


@pytest.mark.parametrize(
    "value", ["my-secret", "shop/my-secret", "shop-tls", "db_password", "MY_SECRET_NAME", "{{ .Release.Name }}-auth"]
)
@pytest.mark.parametrize("key", ["secret", "existingSecret", "auth-secret", "secrets", "authorization"])
def test_the_name_of_a_secret_is_none(key, value):
    assert not is_secret(key, value)


@pytest.mark.parametrize("value", ["Hunter2!", "two words", "a8f5f167f44f4964e6c998dee827110c", "dXNlcjpwYXNz="])
def test_what_cannot_be_the_name_of_a_secret_is_one(value):
    assert is_secret("secret", value)


@pytest.mark.parametrize(
    "value",
    [
        "", " ", "true", "False", "enabled", "null", "~", MASK, sealed("x"), "******", "${PASSWORD}", "$(PASSWORD)",
        "{{ .Values.password }}", "<password>", "ENC[AES256_GCM,data:abc,type:str]", "Bearer ${TOKEN}", "Basic $auth",
        "$http_x_token", "$oidc.clientSecret", "$__env{PASSWORD}", "op://vault/item/password", "ref+vault://kv/db#/pw",
        "vault:secret/data/db#password", "arn:aws:secretsmanager:eu-west-1:1:secret:db", "{", "|",
    ],
)  # fmt: skip
def test_what_stands_for_a_secret_or_is_a_switch_is_none(value):
    assert not is_secret("password", value)


@pytest.mark.parametrize("value", ["hunter2", "12345", "$ecret1", "p@$$w0rd", "admin", "x", "Bearer abc", "a b c"])
def test_anything_else_behind_such_a_key_is_one(value):
    assert is_secret("password", value)


def test_how_many_tokens_there_may_be_is_none():
    assert not is_secret("maxTokens", "4096")
    assert is_secret("password", "4096")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("password: hunter2", "password: •••"),
        ("password: hunter2 # for now", "password: ••• # for now"),
        ('{"apiKey": "hunter2", "a": 1}', '{"apiKey": "•••", "a": 1}'),
        ('{\\"apiKey\\":\\"hunter2\\",\\"a\\":1}', '{\\"apiKey\\":\\"•••\\",\\"a\\":1}'),
        ("token=hunter2&user=ada", "token=•••&user=ada"),
        ("  db_password = two words", "  db_password = •••"),
        ("API_TOKEN=hunter2 run", "API_TOKEN=••• run"),
        ("--token hunter2 --port 80", "--token •••"),
        ("--token=hunter2 --port=80", "--token=•••"),
        ("postgres://ada:hunter2@db:5432/shop?x=y", "postgres://ada:•••@db:5432/shop?x=y"),
        ("https://ada:p@ss@example.com/a", "https://ada:•••@example.com/a"),
        ('proxy_set_header X-Api-Key "hunter2";', 'proxy_set_header X-Api-Key "•••";'),
        ("proxy_set_header X-Api-Key hunter2; a b;", "proxy_set_header X-Api-Key •••; a b;"),
        ('more_set_headers "X-Token: hunter2";', 'more_set_headers "X-Token: •••'),
        ('set $token "hunter2";', 'set $token "•••";'),
        ('if ($http_x_token != "hunter2") { return 403; }', 'if ($http_x_token != "•••") { return 403; }'),
        ('if ($http_x_api_key ~* "^hunter2$") {', 'if ($http_x_api_key ~* "•••") {'),
        ("http-request set-header X-Token hunter2", "http-request set-header X-Token •••"),
        ("Authorization: Basic YWRhOmh1bnRlcjI=", "Authorization: Basic •••"),
        ("Authorization: Bearer hunter2", "Authorization: Bearer •••"),
        ('proxy_set_header Cookie "sid=hunter2";', 'proxy_set_header Cookie "•••";'),
        ("a eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln b", "a ••• b"),
        ("a ghp_0123456789abcdefghijABCD b", "a ••• b"),
        ("a hvs.CAESIJ0123456789abcdefghijk b", "a ••• b"),
        ("a xoxb-0123456789-0123456789-abc b", "a ••• b"),
        ("https://hooks.slack.com/services/T0/B0/xyz", "https://hooks.slack.com/services/•••"),
        ("ada:$apr1$abcdefgh$0123456789abcdefghijkl", "ada:•••"),
        ("ada:{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "ada:•••"),
        ("curl -u ada:hunter2 http://a", "curl -u ada:••• http://a"),
        ("https://a.blob/x?sv=1&sig=0123456789abcdefgh", "https://a.blob/x?sv=1&sig=•••"),
        (
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\n",
            "-----BEGIN RSA PRIVATE KEY-----•••-----END RSA PRIVATE KEY-----\n",
        ),
    ],
)
def test_secrets_in_a_text_are_masked_and_nothing_else(text, masked):
    assert shown(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/oauth2/start?rd=$escaped_request_uri",
        "https://$host/oauth2/auth",
        "https://example.com:443/a@b",
        "password policy",
        'proxy_set_header Authorization "Bearer $token";',
        'proxy_set_header X-Forwarded-Host $host;\nproxy_set_header Host "a";',
        'auth_basic "Restricted";\nauth_basic_user_file /etc/nginx/htpasswd;',
        "rewrite ^/token/(.*)$ /$1 break;",
        "proxy_pass http://web;",
        "add_header Access-Control-Allow-Credentials true;",
        "GET,POST,OPTIONS",
        "X-Auth-User,X-Auth-Token",
        "Authorization, Content-Type",
        "TOKEN=${TOKEN}&a=b",
        "password={{ .Values.password | quote }}",
        '{"issuer":"https://example.com","secretName":"oidc","tokenEndpoint":"https://example.com/token"}',
        "basic authentication",
        "eyjafjallajokull.example.com",
        "hvs.some-service-with-a-long-name.example.com",
        "xoxo-valentines.example.com/ghost_town_of_the_old_west",
        "HTTP Basic access",
        "eyJ",
        "://:@",
    ],
)
def test_ordinary_texts_stay_as_they_are(text):
    assert shown(text) == text


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nginx.ingress.kubernetes.io/auth-secret", "shop/basic-auth"),
        ("nginx.ingress.kubernetes.io/auth-secret-type", "auth-map"),
        ("nginx.ingress.kubernetes.io/auth-tls-secret", "shop/ca"),
        ("nginx.ingress.kubernetes.io/auth-tls-pass-certificate-to-upstream", "true"),
        ("nginx.ingress.kubernetes.io/auth-type", "basic"),
        ("nginx.ingress.kubernetes.io/auth-realm", "Authentication Required"),
        ("nginx.ingress.kubernetes.io/auth-url", "https://auth.example.com/verify?token_type=a"),
        ("nginx.ingress.kubernetes.io/auth-signin", "https://$host/oauth2/start?rd=$escaped_request_uri"),
        ("nginx.ingress.kubernetes.io/auth-response-headers", "X-Auth-Request-Token,Authorization"),
        ("nginx.ingress.kubernetes.io/auth-cache-key", "$remote_user$http_authorization"),
        ("nginx.ingress.kubernetes.io/proxy-ssl-secret", "shop/client"),
        ("nginx.ingress.kubernetes.io/cors-allow-headers", "Authorization,X-Api-Key"),
        ("nginx.ingress.kubernetes.io/session-cookie-name", "sticky"),
        ("nginx.ingress.kubernetes.io/upstream-hash-by", "$arg_token"),
        ("nginx.org/basic-auth-secret", "cafe-passwd"),
        ("nginx.com/jwt-key", "cafe-jwk"),
        ("nginx.com/jwt-token", "$http_token"),
        ("nginx.org/server-tokens", "Cafe"),
        ("haproxy.org/auth-secret", "shop/users"),
        ("alb.ingress.kubernetes.io/auth-idp-oidc", '{"issuer":"https://a","secretName":"oidc"}'),
        ("alb.ingress.kubernetes.io/certificate-arn", "arn:aws:acm:eu-west-1:1:certificate/a-b"),
        ("cert-manager.io/cluster-issuer", "letsencrypt"),
        ("cert-manager.io/private-key-algorithm", "ECDSA"),
        ("cert-manager.io/private-key-secret-name", "shop-key"),
        ("traefik.ingress.kubernetes.io/router.middlewares", "shop-auth-token@kubernetescrd"),
        ("external-dns.alpha.kubernetes.io/hostname", "token.example.com"),
        ("kubernetes.io/tls-acme", "true"),
        ("ingress.kubernetes.io/secret", "users"),
        ("gethomepage.dev/widget.key", "{{HOMEPAGE_VAR_KEY}}"),
    ],
)
def test_ordinary_annotations_stay_as_they_are(key, value):
    assert told(key, value) == value


def test_seals_tell_one_secret_from_another_and_are_shown_alike():
    one, other = told("password", "hunter2"), told("password", "hunter3")

    assert one != other
    assert one == told("password", "hunter2")
    assert unsealed(f"a {one} b {other}") == f"a {MASK} b {MASK}"
    assert len(one) == len(MASK) + 2


def test_a_changed_secret_in_a_text_makes_another_text():
    texts = [f'set $token "{secret}"; proxy_pass http://web;' for secret in ("hunter2", "hunter3")]

    sealed_texts = [without_secrets(text) for text in texts]

    assert sealed_texts[0] != sealed_texts[1]
    assert {unsealed(text) for text in sealed_texts} == {'set $token "•••"; proxy_pass http://web;'}


@pytest.mark.parametrize(
    ("sentence", "known"),
    [
        ("at '/auth/password': got number, want string", "at '/auth/password': got number, want string"),
        ("cannot read https://ada:hunter2@example.com/x: 404", "cannot read https://ada:•••@example.com/x: 404"),
        (f"the annotation says {sealed('x')}", "the annotation says •••"),
        ("Routes of shop.example.com", "Routes of shop.example.com"),
    ],
)
def test_a_colon_in_a_sentence_parts_no_key_from_a_secret(sentence, known):
    assert said(sentence) == known


PIECES = st.sampled_from([
    "password", "token", "api_key", "secret", "Cookie", "curl -u ", "https://", "a", "b1", ":", ": ", "=", " = ", "!=",
    " ~ ", "@", '"', "'", "\\", '\\"', "\n", " ", "\t", "#", "$", "${", "}", "{{", "}}", "<", ">", "--", "-----BEGIN ",
    "PRIVATE KEY-----", "eyJabcdefgh", ".", "Basic ", "Bearer ", "ghp_0123456789abcdefghijk", MASK, sealed("x"), "/",
    "set $", "proxy_set_header ", "X-", "é", "\u2028", "\r\n", "$apr1$a$b", "1234567",
])  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=60))
def test_whatever_is_left_tells_nothing_more(text):
    once = without_secrets(text)

    assert without_secrets(once) == once
    assert unsealed(once) == shown(text)
    assert hidden("".join(once[start:end] for start, end in secrets_in(once)))


@given(
    st.lists(PIECES, max_size=12).map("".join), st.sampled_from(["password: ", "api_key=", '"token": "', "--token "])
)
def test_a_secret_at_the_end_is_never_told(before, key):
    assert VALUE not in shown(f"{before}\n{key}{VALUE}")
    assert may_tell(key)
