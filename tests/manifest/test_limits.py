"""Hostile files end early. What is counted is work and memory, not seconds."""

import subprocess
import sys
import textwrap

import pytest

from bot.manifest.compose import MAX_SCALAR
from bot.manifest.read import MAX_CHUNK, MAX_DOCUMENTS, MAX_FILE, MAX_NODES, Document, Unread, read
from bot.problem import ProblemKind

LAUGHS = "a0: &a0 x\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 20))
MERGED_LAUGHS = "a0: &a0 {k: x}\n" + "".join(
    f"a{i}: &a{i}\n  <<: [{', '.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 20)
)
CHAIN = "a0: &a0 {k: x}\n" + "".join(f"a{i}: &a{i}\n  <<: *a{i - 1}\n" for i in range(1, 1000))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a: " + "[" * 100_000, id="brackets"),
        pytest.param("- " * 200_000, id="dashes"),
        pytest.param("".join(" " * i + "a:\n" for i in range(300)), id="indentation"),
        pytest.param(LAUGHS, id="aliases of aliases"),
        pytest.param(MERGED_LAUGHS, id="merges of merges"),
        pytest.param(CHAIN, id="a chain of merges"),
        pytest.param("".join(f"k{i}: v\n" for i in range(MAX_NODES)), id="keys"),
        pytest.param("a: " + "x" * (MAX_SCALAR + 1), id="a plain value"),
        pytest.param("a: |\n" + "  x\n" * (MAX_SCALAR // 3), id="a block"),
        pytest.param("# c\n" * (MAX_CHUNK // 3), id="a document"),
        pytest.param("x" * (MAX_FILE + 1), id="a file"),
    ],
)
def test_what_is_too_large_is_one_problem(text):
    (part,) = read(text.encode(), "a.yaml")

    assert isinstance(part, Unread)
    assert part.kind is ProblemKind.TOO_LARGE
    assert part.remedy


def test_documents_past_the_limit_are_one_problem():
    parts = read(b"a: b\n---\n" * (MAX_DOCUMENTS * 2), "a.yaml")

    assert len(parts) == MAX_DOCUMENTS + 1
    assert parts[-1].kind is ProblemKind.TOO_LARGE
    assert parts[-1].at.line == MAX_DOCUMENTS * 2 + 1


def test_documents_behind_one_that_used_up_the_limit_are_one_problem():
    big = "- x\n" * (MAX_NODES + 1)

    first, rest = read(f"a: b\n---\n{big}---\na: b\n---\na: b\n".encode(), "a.yaml")[1:]

    assert "too many values" in first.message
    assert rest.at.line == MAX_NODES + 5


def test_documents_past_the_limit_that_nobody_wants_are_no_problem():
    wanted = "k: " + "[" + "x, " * MAX_NODES + "]"

    (part,) = read(f"{wanted}\n---\na: b\n".encode(), "a.yaml", lambda text: text.startswith("k"))

    assert part.at.line == 1


def test_aliases_within_the_limit_are_read():
    (document,) = read(b"a: &a [1, 2]\nb: [*a, *a]\n", "a.yaml")

    assert isinstance(document, Document)


def test_conflict_markers_by_the_thousand_are_told_once_a_document():
    parts = read(b"<<<<<<< a\n>>>>>>> b\n---\n" * 1000, "a.yaml")

    assert len(parts) == 1000


HOSTILE = textwrap.dedent(
    """
    import resource
    resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
    from bot.discovery.reading import read_file
    head = "apiVersion: networking.k8s.io/v1\\nkind: Ingress\\n"
    for text in (
        head + "a: " + "[" * 1_000_000,
        head + "a: " + "x" * 50_000_000,
        head + "x: y\\n" * 10_000_000,
        head + "\\n" * 15_000_000,
        head + "---\\n" * 3_000_000,
        '{"kind": "Ingress"}' * 200_000,
        "<<<<<<< a\\nkind: Ingress\\n>>>>>>> b\\n---\\n" * 300_000,
        "# kind: Ingress\\n" + "".join(f"%TAG !a{i}! x\\n" for i in range(200_000)),
        "kind" * 4_000_000,
        "kind" + " " * 15_000_000,
        '"\\\\u0061' * 2_000_000,
        "*a " * 4_000_000,
        head + "spec: {rules: [{host: 'A" + "{{" * 600_000 + "'}]}",
        head + "spec: {rules: [{host: 'A" + "ENC[" * 300_000 + "'}]}",
    ):
        reading = read_file("a.yaml", text.encode())
        assert len(reading.broken) <= 5001, len(reading.broken)
    print("done")
    """
)


def test_hostile_files_stay_within_memory():
    run = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, check=False)

    assert (run.stdout, run.stderr) == ("done\n", "")
