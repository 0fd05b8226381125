"""What only a renderer could examine, in as few Problems as tell it."""

from bot.bundle import Broken, Kustomization, Reading
from bot.discovery.gaps import gaps
from bot.discovery.plan import plan
from bot.policy.schema import Policy
from bot.problem import ProblemKind
from bot.source import START
from tests.builders import ingress

TEMPLATE = Reading(broken=(Broken(ProblemKind.TEMPLATE, "a template", "", START, ingress=True),))
PLAIN = Reading(ingresses=(ingress("web", "shop.example.com"),))


def _gaps(readings, *touched):
    kustomizations = {path: each.kustomization for path, each in readings.items() if each.kustomization}
    return gaps(plan(sorted(readings), kustomizations, Policy()), readings, frozenset(touched))


def test_a_repository_of_plain_files_has_no_gaps():
    assert _gaps({"a.yaml": PLAIN, "b.yaml": Reading()}, "a.yaml") == ()


def test_a_chart_with_an_ingress_is_told_once():
    readings = {"blog/Chart.yaml": Reading(), "blog/templates/a.yaml": TEMPLATE, "blog/templates/b.yaml": PLAIN}
    (problem,) = _gaps(readings)
    assert (problem.kind, problem.unit, problem.touched) == (ProblemKind.TEMPLATE, "blog", False)
    assert problem.message == "The chart in blog is not rendered; what it routes is unknown."


def test_a_chart_without_an_ingress_is_told_only_where_the_change_touches_it():
    readings = {"blog/Chart.yaml": Reading(), "blog/templates/a.yaml": Reading()}
    assert _gaps(readings, "other/values.yaml") == ()
    (problem,) = _gaps(readings, "blog/values.yaml")
    assert (problem.location.file, problem.touched) == ("blog/values.yaml", True)


def test_a_chart_at_the_root_is_touched_by_its_own_files_alone():
    readings = {"Chart.yaml": Reading(), "templates/a.yaml": Reading()}
    assert _gaps(readings, "README.md") == ()
    (problem,) = _gaps(readings, "values.yaml")
    assert problem.message.startswith("The chart in the root of the repository")


def test_other_templates_are_told_once_a_folder():
    readings = {"roles/a.yaml": TEMPLATE, "roles/b.yaml": TEMPLATE, "x/c.yaml": TEMPLATE}
    first, second = _gaps(readings, "roles/b.yaml")
    assert first.message.startswith("2 files in roles are templates with an Ingress")
    assert (first.location.file, first.touched) == ("roles/b.yaml", True)
    assert second.message.startswith("c.yaml in x is a template with an Ingress")
    assert not second.touched


def test_a_kustomization_that_patches_an_ingress_is_told():
    readings = {
        "prod/kustomization.yaml": Reading(kustomization=Kustomization(patches=("host.yaml", "replicas.yaml"))),
        "prod/host.yaml": PLAIN,
        "prod/replicas.yaml": Reading(),
    }
    (problem,) = _gaps(readings, "prod/host.yaml")
    assert (problem.kind, problem.unit, problem.touched) == (ProblemKind.UNSUPPORTED, "prod", True)
    assert problem.location is not None
    assert problem.location.file == "prod/host.yaml"
    assert problem.message.startswith("A kustomization patches an Ingress here.")


def test_an_ingress_that_no_kustomization_names_is_told_where_the_change_touches_it():
    readings = {"shop/kustomization.yaml": Reading(kustomization=Kustomization()), "shop/a.yaml": PLAIN}
    assert _gaps(readings) == ()
    (problem,) = _gaps(readings, "shop/a.yaml")
    assert problem.message == (
        "shop/a.yaml holds the Ingress web, and shop/kustomization.yaml does not name the file: it was taken as not"
        " deployed."
    )
    assert problem.remedy == "Add a.yaml to `resources:` in shop/kustomization.yaml, or delete it."
