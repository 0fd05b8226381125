"""The judge of our requests judges."""

from tests.github_app.description import faults

CHECKS = "/repos/acme/gitops/check-runs"


def test_a_request_as_described_has_no_faults() -> None:
    assert faults("POST", CHECKS, "", {"name": "Routeproof", "head_sha": "a", "status": "in_progress"}) == []
    assert faults("GET", "/repos/a/b/pulls", "state=open&per_page=100", None) == []


def test_a_field_that_is_not_described_is_a_fault() -> None:
    assert len(faults("POST", CHECKS, "", {"name": "n", "head_sha": "a", "sha": "a"})) == 1


def test_a_missing_field_is_a_fault() -> None:
    assert len(faults("POST", CHECKS, "", {"name": "n"})) == 1


def test_more_annotations_than_fifty_are_a_fault() -> None:
    note = {"path": "a", "start_line": 1, "end_line": 1, "annotation_level": "notice", "message": "m"}
    body = {"output": {"title": "t", "summary": "s", "annotations": [note] * 51}}
    assert faults("PATCH", f"{CHECKS}/1", "", body) != []


def test_a_wrong_parameter_is_a_fault() -> None:
    assert faults("GET", "/repos/a/b/pulls", "state=opened", None) != []
    assert faults("GET", "/repos/a/b/pulls", "status=open", None) == ["status is not a parameter"]


def test_an_unknown_path_is_a_fault() -> None:
    assert faults("GET", "/nowhere", "", None) == ["GET /nowhere is not described"]


def test_a_body_where_none_belongs_is_a_fault() -> None:
    assert faults("GET", "/user", "", {}) == ["no body is described"]
    assert faults("POST", CHECKS, "", None) == ["a body is required"]
