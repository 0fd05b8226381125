"""What means the same says nothing."""

from dataclasses import replace

from bot.ingress.model import CLASS_ANNOTATION, HostRule, Ingress, TlsEntry
from tests.builders import EXTENSIONS, V1BETA1, bundle, host, ingress, path, tls
from tests.diff.telling import told

ROOT, API = path("/", "web:80"), path("/api", "api:80")


def rules(*each: HostRule) -> Ingress:
    return ingress("web", *each)


def secured(*entries: TlsEntry) -> Ingress:
    return ingress("web", "a.example.com", "b.example.com", secured=entries)


def noted(**annotations: str) -> Ingress:
    return ingress("web", "a.example.com", annotations=annotations)


def test_another_file():
    assert told(ingress("web", "a.example.com"), ingress("web", "a.example.com", file="moved/there.yaml")) == []


def test_another_order_of_paths():
    assert told(rules(host("a.example.com", ROOT, API)), rules(host("a.example.com", API, ROOT))) == []


def test_another_order_of_rules():
    one, two = host("a.example.com", ROOT), host("b.example.com", API)
    assert told(rules(one, two), rules(two, one)) == []


def test_one_host_in_two_rules():
    before = rules(host("a.example.com", ROOT, API))
    assert told(before, rules(host("a.example.com", ROOT), host("a.example.com", API))) == []


def test_another_order_of_backends_that_claim_the_same_path():
    one, two = path("/", "one:80"), path("/", "two:80")
    assert told(rules(host("a.example.com", one, two)), rules(host("a.example.com", two, one))) == []


def test_the_type_that_an_unset_type_means_written_out():
    before = rules(host("a.example.com", path("/", kind=None)))
    assert told(before, rules(host("a.example.com", path("/", kind="ImplementationSpecific")))) == []


def test_the_path_that_an_unset_path_means_written_out():
    before = rules(host("a.example.com", path("", kind=None)))
    assert told(before, rules(host("a.example.com", path("/", kind=None)))) == []


def test_another_order_of_tls_entries_and_hosts():
    before = secured(tls("a.example.com", "b.example.com", secret="x"), tls("c.example.com", secret="y"))
    after = secured(tls("c.example.com", secret="y"), tls("b.example.com", "a.example.com", secret="x"))
    assert told(before, after) == []


def test_one_tls_entry_as_two():
    before = secured(tls("a.example.com", "b.example.com"))
    assert told(before, secured(tls("a.example.com"), tls("b.example.com"))) == []


def test_a_wildcard_tls_host_instead_of_the_hosts_under_it():
    before = secured(tls("a.example.com", "b.example.com"))
    assert told(before, secured(tls("*.example.com"))) == []


def test_a_tls_entry_without_hosts_instead_of_one_that_names_all():
    before = secured(tls("a.example.com", "b.example.com"))
    assert told(before, secured(tls())) == []


def test_the_class_by_field_instead_of_annotation():
    before = ingress("web", "a.example.com", class_name=None, annotations={CLASS_ANNOTATION: "nginx"})
    assert told(before, ingress("web", "a.example.com", class_name="nginx")) == []


def test_the_class_by_both_and_then_by_field():
    before = ingress("web", "a.example.com", class_name="nginx", annotations={CLASS_ANNOTATION: "nginx"})
    assert told(before, ingress("web", "a.example.com", class_name="nginx")) == []


def test_bookkeeping_that_no_controller_reads():
    after = ingress(
        "web",
        "a.example.com",
        annotations={
            "kubectl.kubernetes.io/last-applied-configuration": "{}",
            "meta.helm.sh/release-name": "web",
            "argocd.argoproj.io/sync-wave": "3",
        },
    )
    assert told(ingress("web", "a.example.com"), after) == []


def test_space_at_the_end_of_an_annotation():
    assert told(noted(snippet="deny all;\n"), noted(snippet="deny all;")) == []


def test_another_layout_of_an_annotation_that_holds_json():
    assert told(noted(actions='{"Type":"x","Hosts":["a"]}'), noted(actions='{ "Hosts": ["a"],\n "Type": "x" }')) == []


def test_a_fault_that_is_mended_without_effect():
    before = ingress("web", "a.example.com")
    assert told(replace(before, faults=()), replace(before, meta=replace(before.meta, generated=True))) == []


def test_an_ingress_split_in_two_that_route_the_same():
    entry_a, entry_b = tls("a.example.com", secret="a-tls"), tls("b.example.com", secret="b-tls")
    whole = ingress("web", host("a.example.com", ROOT), host("b.example.com", API), secured=(entry_a, entry_b))
    one = ingress("web", host("a.example.com", ROOT), secured=(entry_a,))
    two = ingress("web-b", host("b.example.com", API), secured=(entry_b,))
    assert told(bundle(whole), bundle(one, two)) == ["ingress-added : - -> shop/web-b"]


def test_two_ingresses_merged_that_route_the_same():
    whole = ingress("web", host("a.example.com", ROOT), host("b.example.com", API))
    one, two = ingress("web", host("a.example.com", ROOT)), ingress("web-b", host("b.example.com", API))
    assert told(bundle(one, two), bundle(whole)) == ["ingress-removed : shop/web-b -> -"]


def test_a_path_that_moves_to_an_ingress_of_the_same_host():
    before = bundle(ingress("web", host("a.example.com", ROOT, API)))
    after = bundle(ingress("web", host("a.example.com", ROOT)), ingress("api", host("a.example.com", API)))
    assert told(before, after) == ["ingress-added : - -> shop/api"]


def test_an_api_migration_is_one_change():
    before = ingress(
        "web",
        host("a.example.com", path("/", kind=None), path("/api", kind=None), path("/img", kind="Prefix")),
        api_version=EXTENSIONS,
        class_name=None,
        annotations={CLASS_ANNOTATION: "nginx"},
    )
    after = ingress("web", host("a.example.com", path("/"), path("/api", kind="ImplementationSpecific"), path("/img")))
    assert told(before, after) == ["api-version-changed : extensions/v1beta1 -> networking.k8s.io/v1"]


def test_a_migration_from_the_later_beta_is_one_change_too():
    before = ingress("web", host("a.example.com", path("", kind=None)), api_version=V1BETA1)
    assert told(before, ingress("web", "a.example.com")) == [
        "api-version-changed : networking.k8s.io/v1beta1 -> networking.k8s.io/v1"
    ]
