"""`audit`, `routes` and `route URL`: what is to be said of a state, and who answers there."""

import json

import jsonschema_rs
import pytest

from bot import catalogue
from tests.cli.repository import LOST, PROD, SHOP

OLD_STYLE = SHOP.replace("service: {name: web, port: {number: 80}}", "serviceName: web, servicePort: 80", 1)

CHART = (
    "routeproof: not examined: chart/Chart.yaml:1: This chart is not rendered, so what it routes is unknown: The chart "
    "needs `base` 1.0.0, not found in its `charts/`; nothing is fetched at a render.\n"
)


def valid(shape, text):
    told = json.loads(text)
    jsonschema_rs.validator_for(catalogue.schema(shape)).validate(told)
    return told


def test_an_audit_of_a_sound_state_ends_with_0(run, shop):
    done = run("audit", "--repo", shop)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("2 Ingresses, 6 routes: no findings, 1 thing could not be examined\n")


def test_an_audit_counts_what_it_finds(run, own):
    own.commit("old style", {PROD: OLD_STYLE})
    assert run("audit", "--repo", own).code == 1
    assert run("audit", "--repo", own, "--fail-on", "critical").code == 0
    assert run("audit", "--repo", own, "--rev", "HEAD~1").code == 0


def test_a_strict_audit_fails_where_something_could_not_be_examined(run, shop):
    assert run("audit", "--repo", shop, "--strict").code == 1


def test_an_audit_in_json_is_as_its_schema_says(run, shop):
    told = valid("audit", run("audit", "--repo", shop, "--rev", "lost", "--format", "json").out)
    assert told["revision"] == {"rev": "lost", "sha": shop.sha("lost")}


def test_an_audit_writes_a_page(run, shop, tmp_path):
    done = run("audit", "--repo", shop, "--format", "html", "--output", tmp_path / "page.html")
    assert (done.code, done.out) == (0, "")
    assert "shop.example.com" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize("verb", [["audit"], ["routes"], ["route", "https://shop.example.com/"]], ids=" ".join)
def test_an_unknown_revision_is_named(run, shop, verb):
    done = run(*verb, "--repo", shop, "--rev", "nope")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("routeproof: There is no revision nope in the repository.\n  ")


@pytest.mark.parametrize("verb", [["audit"], ["routes"], ["route", "https://shop.example.com/"]], ids=" ".join)
def test_an_unknown_format_is_named(run, shop, verb):
    done = run(*verb, "--repo", shop, "--format", "yaml")
    assert (done.code, done.out) == (2, "")
    assert "routeproof: 'yaml' is not a format" in done.err


@pytest.mark.parametrize("verb", ["audit", "routes"])
def test_what_is_not_committed_can_be_listed(run, own, verb):
    own.write(PROD, LOST)
    told = valid(verb, run(verb, "--repo", own, "--rev", ":worktree", "--format", "json").out)
    assert [each["cluster"] for each in told["routes"] if each["host"] == "www.example.com"] == ["staging"]


def test_what_is_not_committed_can_be_asked(run, own):
    own.write(PROD, LOST)
    url = ["route", "https://www.example.com", "--repo", own, "--cluster", "prod", "--rev"]
    assert "\n404\n" in run(*url, ":worktree").out
    assert "\nshop/web:80" in run(*url, ":index").out


def test_what_a_chart_makes_badly_is_told_at_its_template(run, own):
    own.commit("whole", {"chart/Chart.yaml": "apiVersion: v2\nname: blog\nversion: 1.0.0\n"})
    told = "routeproof: not examined: chart/templates/ingress.yaml:1: The Ingress has no `apiVersion`, so no cluster "
    for argv in (["routes"], ["route", "https://shop.example.com"]):
        assert run(*argv, "--repo", own).err.startswith(told)


def test_the_table_of_routes_is_printed_with_lines(run, shop):
    done = run("routes", "--repo", shop)
    assert (done.code, done.err) == (0, CHART)
    assert done.out.startswith("cluster prod, class nginx (answered as kubernetes)\n")
    assert "\n  www.example.com/*  ->  shop/web:80, TLS shop/shop-tls  (clusters/prod/shop.yaml:17)\n" in done.out
    assert done.out.endswith("\n6 routes\n")


def test_the_routes_of_one_host_are_printed(run, shop):
    told = valid("routes", run("routes", "--repo", shop, "--host", "WWW.example.com", "--format", "json").out)
    assert {(route["cluster"], route["host"]) for route in told["routes"]} == {
        ("prod", "www.example.com"),
        ("staging", "www.example.com"),
    }
    assert run("routes", "--repo", shop, "--host", "*").out == "0 routes\n"


@pytest.mark.parametrize("verb", [["routes"], ["route", "https://shop.example.com/"]], ids=" ".join)
def test_a_list_says_which_file_it_knows_nothing_of(run, own, verb):
    own.commit("broken", {PROD: f"<<<<<<< ours\n{SHOP}=======\n>>>>>>> theirs\n"})
    done = run(*verb, "--repo", own)
    assert done.code == 0
    assert f"routeproof: not examined: {PROD}:1: " in done.err


def test_one_request_is_answered_with_the_steps_that_led_there(run, shop):
    done = run("route", "https://shop.example.com/api/x", "--repo", shop, "--cluster", "prod")
    assert (done.code, done.err) == (0, CHART)
    assert done.out.startswith(
        "GET https://shop.example.com/api/x\nshop/web:80, TLS shop/shop-tls  (cluster prod, class nginx)\n  "
    )
    assert done.out.endswith("\n  clusters/prod/shop.yaml:13\n")


def test_one_request_is_answered_on_both_sides_of_a_change(run, shop):
    done = run("route", "shop.example.com/api", "--repo", shop, "--base", "main", "--head", "two", "--cluster", "prod")
    assert "\nbefore: shop/web:80" in done.out
    assert "\nafter: shop/api:80" in done.out


def test_with_trees_the_head_is_asked_as_it_is(run, own):
    own.checkout("main")
    own.commit("the base moves on", {PROD: LOST})
    url = ["route", "https://www.example.com", "--repo", own, "--base", "main", "--head", "same", "--cluster", "prod"]
    assert "\nafter: 404" in run(*url).out
    assert "\nafter: shop/web:80" in run(*url, "--trees").out


def test_an_answer_in_json_is_as_its_schema_says(run, shop):
    both = ["--base", "main", "--head", "two"]
    one = valid("route", run("route", "https://shop.example.com/api", "--repo", shop, "--format", "json").out)
    two = valid("route", run("route", "https://shop.example.com/api", "--repo", shop, "--format", "json", *both).out)
    assert one["answer"]["backend"] == two["before"][0]["answer"]["backend"] == "shop/web:80"
    assert two["answer"]["backend"] == "shop/api:80"
    assert "before" not in one


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["ftp://shop.example.com"], "'ftp://shop.example.com' is not an http or https URL with a host.\n  Give one"),
        (["https://"], "'https://' is not an http or https URL with a host.\n  Give one like https://"),
        (["https://[::1"], "'https://[::1' is not a URL: "),
        (["https://a.example", "--base", "main"], "It is not clear which state is meant.\n  Give --rev, or --base and"),
        (["https://a.example", "--rev", "main", "--base", "main", "--head", "two"], "It is not clear which state"),
        (["https://a.example", "--trees"], "It is not clear which state is meant.\n"),
        (
            ["https://shop.example.com", "--cluster", "nope"],
            "No cluster with an Ingress is called 'nope'.\n  There is `prod` and `staging`.\n",
        ),
        (
            ["https://shop.example.com", "--class", "nope"],
            "No class with an Ingress is called 'nope'.\n  There is `nginx`.\n",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_request_that_cannot_be_meant_is_refused(run, shop, argv, says):
    done = run("route", *argv, "--repo", shop)
    assert (done.code, done.out) == (2, "")
    assert done.err.removeprefix(CHART).startswith(f"routeproof: {says}")


def test_a_class_can_be_asked_alone(run, shop):
    assert "class nginx" in run("route", "https://shop.example.com", "--repo", shop, "--class", "nginx").out


def test_where_nobody_answers_that_is_said(run, shop):
    assert run("route", "https://nobody.example.org", "--repo", shop).out.startswith(
        "GET https://nobody.example.org/\n404\n  No rule names nobody.example.org"
    )
