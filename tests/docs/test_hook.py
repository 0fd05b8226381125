"""The hook definition for the pre-commit framework: its command works in a repository like any other."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.docs.generate import ROOT
from tests.repositories import Repo

(HOOK,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())

INGRESS = """\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  tls: [{hosts: [shop.example.com], secretName: shop-tls}]
  rules:
    - host: shop.example.com
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
"""
WITHOUT_TLS = INGRESS.replace("  tls: [{hosts: [shop.example.com], secretName: shop-tls}]\n", "")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository with one Ingress, and with the hook installed as git knows hooks."""
    made = Repo(tmp_path / "repo")
    made.commit("first", {"apps/shop/ingress.yaml": INGRESS})
    hook = tmp_path / "repo/.git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\nPATH="{Path(sys.executable).parent}:$PATH"\nexec {HOOK["entry"]}\n')
    hook.chmod(0o755)
    return made


def commit(repo: Repo, *arguments: str) -> subprocess.CompletedProcess[str]:
    author = {f"GIT_{who}_{what}": "ada@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        ["git", "commit", "--message", "change", *arguments],
        cwd=repo.path,
        env={**os.environ, **author, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_definition_is_complete():
    assert HOOK["language"] == "python"
    assert HOOK["pass_filenames"] is False
    assert HOOK["types"] == ["yaml"]
    assert {"id", "name", "description", "entry"} <= set(HOOK)


def test_a_commit_that_loses_protection_is_stopped_and_told_why(repo):
    repo.write("apps/shop/ingress.yaml", WITHOUT_TLS)
    repo.stage()
    done = commit(repo)
    assert done.returncode == 1
    assert "tls-removed" in done.stdout + done.stderr


def test_a_commit_of_all_changes_is_seen_though_git_uses_another_index_for_it(repo):
    repo.write("apps/shop/ingress.yaml", WITHOUT_TLS)
    done = commit(repo, "--all")
    assert done.returncode == 1
    assert "tls-removed" in done.stdout + done.stderr


def test_what_is_not_staged_does_not_count(repo):
    repo.write("notes.yaml", "a: b\n")
    repo.stage()
    repo.write("apps/shop/ingress.yaml", WITHOUT_TLS)
    assert commit(repo).returncode == 0


def test_a_commit_that_changes_no_route_passes(repo):
    repo.write("apps/shop/ingress.yaml", f"# the shop\n{INGRESS}")
    repo.stage()
    assert commit(repo).returncode == 0
