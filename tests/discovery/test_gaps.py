"""What only a renderer could examine, in as few Problems as tell it."""

from bot.discovery.gaps import gaps, gaps_of_both
from bot.discovery.plan import plan
from bot.policy.schema import Policy
from bot.problem import ProblemKind
from bot.reading import Broken, Kustomization, Reading
from bot.source import START, Side
from tests.builders import ingress

TEMPLATE = Reading(broken=(Broken(ProblemKind.TEMPLATE, "a template", "", START, ingress=True),))
PLAIN = Reading(ingresses=(ingress("web", "shop.example.com"),))
UNLISTED = {
    "shop/kustomization.yaml": Reading(kustomization=Kustomization()),
    "shop/a.yaml": PLAIN,
    "shop/b.yaml": PLAIN,
}
PATCHED = {
    "prod/kustomization.yaml": Reading(kustomization=Kustomization(patches=("host.yaml",))),
    "prod/host.yaml": PLAIN,
}


def _gaps(readings, *touched, side=Side.HEAD):
    kustomizations = {path: each.kustomization for path, each in readings.items() if each.kustomization}
    return gaps(plan(sorted(readings), kustomizations, Policy()), readings, frozenset(touched), side)


def test_a_repository_of_plain_files_has_no_gaps():
    assert _gaps({"a.yaml": PLAIN, "b.yaml": Reading()}, "a.yaml") == ()


def test_a_chart_with_an_ingress_is_told_once():
    readings = {"blog/Chart.yaml": Reading(), "blog/templates/a.yaml": TEMPLATE, "blog/templates/b.yaml": PLAIN}
    (problem,) = _gaps(readings)
    assert (problem.kind, problem.unit, problem.touched) == (ProblemKind.TEMPLATE, "blog", False)
    assert problem.message == "This chart is not rendered, so what it routes is unknown."
    assert str(problem.location) == "blog/Chart.yaml:1"


def test_a_chart_without_an_ingress_is_told_only_where_the_change_touches_it():
    readings = {"blog/Chart.yaml": Reading(), "blog/templates/a.yaml": Reading()}
    assert _gaps(readings, "other/values.yaml") == ()
    (problem,) = _gaps(readings, "blog/values.yaml")
    assert (problem.location.file, problem.touched) == ("blog/values.yaml", True)


def test_a_chart_at_the_root_is_touched_by_its_own_files_alone():
    readings = {"Chart.yaml": Reading(), "templates/a.yaml": Reading()}
    assert _gaps(readings, "README.md") == ()
    (problem,) = _gaps(readings, "values.yaml")
    assert (problem.unit, problem.location.file) == (".", "values.yaml")


def test_other_templates_are_told_once_a_folder():
    readings = {"roles/a.yaml": TEMPLATE, "roles/b.yaml": TEMPLATE, "x/c.yaml": TEMPLATE}
    first, second = _gaps(readings, "roles/b.yaml")
    assert first.message == "Templates with an Ingress are not rendered here, so what they route is unknown."
    assert (first.unit, first.location.file, first.touched) == ("roles", "roles/b.yaml", True)
    assert (second.unit, second.location.file, second.touched) == ("x", "x/c.yaml", False)


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


def test_patches_that_a_kustomization_aims_at_an_ingress_are_told():
    said = Kustomization(patches=("host.json",), altering=("host.json",), altered="1")
    readings = {"prod/kustomization.yaml": Reading(kustomization=said), "prod/host.json": Reading()}
    for touched in readings:
        (problem,) = _gaps(readings, touched)
        assert (problem.unit, problem.location.file, problem.touched) == ("prod", touched, True)


def test_an_ingress_that_no_kustomization_names_is_told_where_the_change_touches_it():
    readings = {"shop/kustomization.yaml": Reading(kustomization=Kustomization()), "shop/a.yaml": PLAIN}
    assert _gaps(readings) == ()
    (problem,) = _gaps(readings, "shop/a.yaml")
    assert problem.message == (
        "shop/kustomization.yaml does not name this file, so its Ingress was taken as not deployed."
    )
    assert problem.remedy == "Add it to `resources:` in shop/kustomization.yaml, or delete it."
    assert problem.location.file == "shop/a.yaml"
    assert _gaps(readings, "shop/a.yaml", side=Side.BASE) == ()


def test_gaps_of_one_sort_say_the_same():
    charts = {"a/Chart.yaml": Reading(), "b/Chart.yaml": Reading(), "a/templates/x.yaml": TEMPLATE}
    templates = {"x/c.yaml": TEMPLATE, "y/d.yaml": TEMPLATE, "y/e.yaml": TEMPLATE}
    for readings in (charts, templates, UNLISTED, PATCHED | {f"other/{path}": each for path, each in PATCHED.items()}):
        found = _gaps(readings, *readings)
        assert len(found) > 1
        assert len({(each.message, each.remedy) for each in found}) == 1


def test_what_the_change_takes_away_is_told_of_the_base():
    before = _gaps(PATCHED, *PATCHED, side=Side.BASE)
    (problem,) = gaps_of_both(before, ())
    assert (problem.location.file, problem.location.side) == ("prod/host.yaml", Side.BASE)


def test_what_the_head_tells_is_not_told_again_of_the_base():
    before, after = _gaps(PATCHED, *PATCHED, side=Side.BASE), _gaps(PATCHED, *PATCHED)
    assert gaps_of_both(before, after) == after


def test_a_gap_that_the_change_touches_on_the_base_alone_is_told_as_touched_and_once():
    before, after = _gaps(PATCHED, *PATCHED, side=Side.BASE), _gaps(PATCHED)
    assert gaps_of_both(before, after) == before


def test_a_gap_of_the_base_that_the_change_does_not_touch_is_no_matter():
    assert gaps_of_both(_gaps(PATCHED, side=Side.BASE), ()) == ()
