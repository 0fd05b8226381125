"""Edge: the files of trees, read once each by their blobs, from the cache or from Git."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from bot.discovery.candidates import is_candidate
from bot.discovery.plans import Stand, parameters_of
from bot.discovery.reading import read_file
from bot.discovery.sides import doubted, may_hide, unread
from bot.policy.schema import Policy
from bot.ports import Ports, Tree, TreeFile
from bot.problem import Problem
from bot.reading import NOTHING, Reading


@dataclass(frozen=True)
class Gathering:
    """What reading several trees at once yields: readings by path and blob, and what could not be read.

    `candidates` holds the paths that were to be read.
    """

    candidates: frozenset[str]
    readings: Mapping[tuple[str, str], Reading]
    missing: Mapping[tuple[str, str], Problem]
    hits: int
    misses: int


def gather(ports: Ports, trees: Iterable[Tree], policy: Policy) -> Gathering:
    """Read every candidate of the trees once, by its blob: from the cache, or from Git."""
    paths = {path for tree in trees for path in tree.files}
    candidates = frozenset(path for path in paths if is_candidate(path, policy))
    wanted = {(file.path, file.blob): file for tree in trees for file in tree.files.values() if file.path in candidates}
    readings = dict(ports.cache.load(wanted.values()))
    hits = len(readings)
    fresh: list[tuple[TreeFile, Reading]] = []
    missing: dict[tuple[str, str], Problem] = {}
    absent = [file for key, file in wanted.items() if key not in readings]
    for file, content in ports.repository.read(absent):
        key = (file.path, file.blob)
        if isinstance(content, Problem):
            missing[key] = content
        else:
            readings[key] = read_file(file.path, content)
            fresh.append((file, readings[key]))
    ports.cache.store(fresh)
    return Gathering(candidates, readings, missing, hits, len(absent))


def readings_of(tree: Tree, gathering: Gathering) -> dict[str, Reading]:
    """What each candidate of one side says, by path; nothing is known of a file that could not be had."""
    found = {}
    for file in tree.files.values():
        if file.path in gathering.candidates:
            key = (file.path, file.blob)
            found[file.path] = gathering.readings[key] if key in gathering.readings else unread(gathering.missing[key])
    return found


def stand_of(ports: Ports, tree: Tree, readings: Mapping[str, Reading]) -> Stand:
    """One side as it is planned: what was read, and the contents of files of parameters."""
    wanted = [tree.files[path] for path in sorted(parameters_of(readings))]
    contents = {file.path: content for file, content in ports.repository.read(wanted) if isinstance(content, bytes)}
    return Stand(readings, tree.links, contents)


def reread(
    ports: Ports, tree: Tree, readings: dict[str, Reading], other: Mapping[str, Reading], touched: Collection[str]
) -> None:
    """Look again at files that hold fewer Ingresses than on the other side: one may hide in what is unreadable."""
    lost = [path for path in touched if path in readings and may_hide(readings[path], other.get(path, NOTHING))]
    for file, content in ports.repository.read([tree.files[path] for path in sorted(lost)]):
        if isinstance(content, bytes):
            readings[file.path] = doubted(read_file(file.path, content, thorough=True))


def missing_of(tree: Tree, gathering: Gathering, touched: Collection[str]) -> tuple[Problem, ...]:
    """The files of one side that could not be had, those in `touched` marked."""
    return tuple(
        replace(problem, touched=path in touched)
        for (path, blob), problem in gathering.missing.items()
        if path in tree.files and tree.files[path].blob == blob
    )
