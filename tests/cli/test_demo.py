"""`demo` goes the whole way: from a signed delivery to what the service posts."""

import sys

from bot.cli import rehearsal
from bot.demo.forge import StandIn


def test_what_the_service_posts_follows_the_reports(run, tmp_path):
    done = run("demo", "--output", tmp_path / "demo.html")
    assert (done.code, done.err.count("\n")) == (0, 3)
    review, _, posted = done.out.partition("The same by the service")
    assert "Routes that change" in review
    assert "check run Routeproof: failure\n  3 routes change, 4 findings need a decision\n" in posted
    assert "comment on clusters/prod/shop/ingress.yaml:30\n  **High** · backend-port-missing" in posted
    assert "summary comment\n  ### Routeproof: 3 routes change, 4 findings need a decision" in posted
    assert "<!--" not in posted


def test_without_the_parts_of_the_service_the_review_is_shown_and_the_remedy_named(run, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "waitress", None)
    done = run("demo", "--output", tmp_path / "demo.html")
    assert done.code == 0
    assert "Routes that change" in done.out
    assert "The same by the service" not in done.out
    assert done.err.endswith(
        "The service was not shown: waitress is not installed. Install it with: pip install routeproof[server]\n"
    )


def test_a_service_that_does_not_finish_is_an_error(run, tmp_path, monkeypatch):
    monkeypatch.setattr(rehearsal, "_PATIENCE", 0.01)
    monkeypatch.setattr(StandIn, "answer", lambda *_: (500, {}, b"{}"))
    done = run("demo", "--output", tmp_path / "demo.html")
    assert done.code == 3
    assert "did not finish" in done.err
