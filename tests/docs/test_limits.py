"""The limits that docs/security.md promises are those of the code."""

from bot.checkout import objects
from bot.gateway import parse
from bot.manifest import compose, read
from bot.policy import load
from tests.docs.generate import ROOT

MEBI = 1024 * 1024


def test_the_limits_are_as_documented():
    rows = (
        f"| a file | {min(objects.LIMIT, read.MAX_FILE) // MEBI} MiB |",
        f"| one document | {read.MAX_CHUNK // MEBI} MiB of characters |",
        f"| one value | {compose.MAX_SCALAR // MEBI} MiB of characters |",
        f"| nesting | {compose.MAX_DEPTH} levels |",
        f"| values in a file, an alias counted as all that it stands for | {read.MAX_NODES:,} |",
        f"| pairs of host and match of one route, at all of its parents | {parse.PAIRS:,} |",
        f"| listeners of one Gateway | {parse.GATEWAY_LISTENERS}, of Istio {parse.LISTENERS} |",
        f"| listeners of one Gateway for one scheme and host | {parse.ALIKE} |",
        f"| the policy file | {load.MAX_BYTES // 1024} KiB, {load.MAX_FAULTS} faults told |",
    )
    text = (ROOT / "docs/security.md").read_text()
    assert [row for row in rows if row not in text] == []
