"""What a review makes of links and of what was taken away, on real repositories."""

from bot.review import Asked, review
from bot.settings import read_settings
from bot.wiring import ports_for

WEB = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: NAME}
spec:
  rules:
  - host: NAME.example.com
    http:
      paths:
      - {path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}
"""
PATCH = WEB.replace("NAME", "web")


def _verdict(repo, head="topic"):
    with ports_for(str(repo), read_settings({}), cached=False) as ports:
        return review(ports, Asked("main", head))[0]


def _told(verdict):
    return [(str(each.location), str(each.location.side), each.touched) for each in verdict.problems]


def test_a_resource_is_the_same_behind_a_link_and_in_the_place_of_the_link(repo):
    repo.write("base/kustomization.yaml", "resources: [current/web.yaml]\n")
    repo.write("base/v1/web.yaml", WEB.replace("NAME", "web"))
    repo.write("base/v1/unused.yaml", WEB.replace("NAME", "unused"))
    repo.link("base/current", "v1")
    repo.commit()
    repo.branch("topic")
    repo.remove("base/current")
    repo.remove("base/v1/unused.yaml")
    repo.move("base/v1/web.yaml", "base/current/web.yaml")
    repo.commit()
    verdict = _verdict(repo)
    assert (verdict.routes, verdict.problems) == ((), ())
    assert (verdict.stats.ingresses_before, verdict.stats.ingresses_after) == (1, 1)


def test_a_link_that_comes_to_lead_elsewhere_changes_what_is_built(repo):
    repo.write("base/kustomization.yaml", "resources: [current/web.yaml]\n")
    repo.write("base/v1/web.yaml", WEB.replace("NAME", "old"))
    repo.write("base/v2/web.yaml", WEB.replace("NAME", "new"))
    repo.link("base/current", "v1")
    repo.commit()
    repo.branch("topic")
    repo.remove("base/current")
    repo.link("base/current", "v2")
    repo.commit()
    assert {route.host for route in _verdict(repo).routes} == {"old.example.com", "new.example.com"}


def test_a_deleted_overlay_that_patched_an_ingress_is_no_gap(repo):
    repo.commit("base", {"base/kustomization.yaml": "resources: [web.yaml]\n", "base/web.yaml": PATCH})
    overlay = {
        "gone/kustomization.yaml": "resources: [../base]\npatches: [{path: patch.yaml}]\n",
        "gone/patch.yaml": PATCH,
    }
    repo.commit("overlay", {path: f"{text}# of the overlay\n" for path, text in overlay.items()})
    repo.branch("topic")
    repo.remove("gone/kustomization.yaml")
    repo.remove("gone/patch.yaml")
    repo.commit()
    assert _told(_verdict(repo)) == []


def test_a_chart_that_was_moved_is_told_once_and_one_that_lost_a_file_is_told_where_it_stood(repo):
    repo.commit(
        "charts", {"one/Chart.yaml": "name: one\n", "one/values.yaml": "a: 1\n", "two/Chart.yaml": "name: two\n"}
    )
    repo.commit("values", {"two/values.yaml": "b: 2\n", "two/templates/x.yaml": "c: 3\n"})
    repo.branch("topic")
    repo.move("one/Chart.yaml", "new/Chart.yaml")
    repo.move("one/values.yaml", "new/values.yaml")
    repo.remove("two/templates/x.yaml")
    repo.commit()
    assert sorted(_told(_verdict(repo))) == [
        ("new/Chart.yaml:1", "head", True),
        ("two/templates/x.yaml:1", "base", True),
    ]
