"""An Ingress that SOPS encrypted is not read as if its cipher were hosts."""

from bot.ingress.model import Ingress
from bot.ingress.parse import Unmodelled
from tests.ingress.documents import objects

HEAD = "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: auth}\n"
CIPHER = "spec: &all\n  rules: [{host: 'ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]'}]\n"


def test_an_encrypted_ingress_is_not_examined():
    (found,) = objects(HEAD + CIPHER + "sops: {version: 3.6.1}\n")
    assert isinstance(found, Unmodelled)
    assert "SOPS" in found.message
    assert found.at.line == 2


def test_an_ingress_that_sops_left_in_the_clear_is_read():
    (found,) = objects(HEAD + "spec: {rules: [{host: a.example.com}]}\nsops: {version: 3.6.1}\n")
    assert isinstance(found, Ingress)


def test_a_lone_cipher_is_a_value_like_another():
    (found,) = objects(HEAD + CIPHER)
    assert isinstance(found, Ingress)


def test_values_that_share_themselves_are_looked_at_once():
    (found,) = objects(HEAD + "spec: {a: &a [x], b: [*a, *a]}\nsops: {}\n")
    assert isinstance(found, Ingress)
