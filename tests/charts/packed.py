"""Archives of charts, indexes that name them, and what is asked for."""

import gzip
import hashlib

from bot.charts.charts import Fetched
from bot.charts.limits import Limits
from bot.reading import ChartRef
from bot.renderer import Failure, FetchedChart

LIMITS = Limits(pause=0.0, connect=2.0, silence=2.0, answer=4.0, total=20.0)
REPOSITORY = "https://charts.example.com/stable"


def packed(version: str, name: str = "web") -> bytes:
    """An archive, no two versions of which are alike; what is in it is the renderer's business."""
    return gzip.compress(f"{name} {version}".encode(), mtime=0)


def hexed(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def digest(data: bytes) -> str:
    return f"sha256:{hexed(data)}"


def indexed(*versions: str, name: str = "web", url: str = "{name}-{version}.tgz") -> bytes:
    """An index.yaml as Helm writes it."""
    items = [
        f"""\
  - apiVersion: v2
    created: "2026-01-01T00:00:00Z"
    description: |
      entries:
        {name}: not this
    digest: {hexed(packed(version, name))}
    name: {name}
    urls:
    - {url.format(name=name, version=version)}
    version: {version}
"""
        for version in versions
    ]
    return f"apiVersion: v1\nentries:\n  other: []\n  {name}:\n{''.join(items)}generated: now\n".encode()


def wanted(version: str = "", name: str = "web", repository: str = REPOSITORY) -> ChartRef:
    return ChartRef(repository, name, version)


def had(found: Fetched) -> FetchedChart:
    assert isinstance(found, FetchedChart), found
    return found


def lacking(found: Fetched) -> Failure:
    assert isinstance(found, Failure), found
    return found
