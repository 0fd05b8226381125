"""Where Deployments begin: the cluster of what nothing else here deploys."""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from bot.discovery.environments import DEFAULT, cluster_of
from bot.discovery.terrain import BY_FLUX, Terrain
from bot.reading import Deployment


def beginnings(
    terrain: Terrain, groups: Sequence[frozenset[str]], edges: Mapping[str, frozenset[str]]
) -> Mapping[str, str]:
    """The cluster of each carrier from which one goes round, "" where nothing tells it.

    A Kustomization of Flux that comes round to itself is a cluster's own, so two of them are two clusters. Argo CD runs
    in one cluster whatever number of its Applications deploy their own files.
    """
    paths: dict[str, str] = {}
    found: dict[str, str] = {}
    for group in groups:
        ways = [(each, carrier) for carrier in sorted(group) for each in terrain.carriers[carrier]]
        flux = [(each, carrier) for each, carrier in ways if each.kind in BY_FLUX]
        if flux:
            first = min(flux, key=lambda way: (not _begins(way[0]), len(way[0].path), way[0].path, way[1]))
            paths[first[1]] = "" if first[0].path == "." else first[0].path
        else:
            carrier = min(group)
            several = any(edges[each] - group for each in group)
            found[carrier] = by_words(terrain, carrier) or (DEFAULT if several else "")
    return {**found, **_named(terrain, paths)}


def _named(terrain: Terrain, paths: Mapping[str, str]) -> dict[str, str]:
    """The clusters of carriers by what they deploy: by words, or where these are the same, by what else differs."""
    words = {carrier: by_words(terrain, carrier) or cluster_of(path) for carrier, path in paths.items()}
    chosen = {carrier for carrier in paths if chosen_cluster(terrain, carrier)}
    shared: defaultdict[str, set[str]] = defaultdict(set)
    for carrier, word in words.items():
        shared[word].add(paths[carrier])
    return {
        carrier: word if len(shared[word]) == 1 or carrier in chosen else _apart(word, paths[carrier], shared[word])
        for carrier, word in words.items()
    }


def chosen_cluster(terrain: Terrain, carrier: str) -> str:
    """The cluster that policy gives to a carrier, "" where it gives none."""
    return terrain.ground.chosen(terrain.ground.roots.get(carrier, carrier))


def by_words(terrain: Terrain, carrier: str) -> str:
    """The cluster that policy or the names of folders tell, "" where they tell none."""
    chosen = chosen_cluster(terrain, carrier)
    if chosen:
        return chosen
    if carrier in terrain.ground.roots:
        word = cluster_of(carrier)
    else:
        folder, name = posixpath.split(carrier)
        word = cluster_of(folder, name.rpartition(".")[0])
    return "" if word == DEFAULT else word


def _begins(deployment: Deployment) -> bool:
    return deployment.kind == "FluxInstance" or deployment.name == "flux-system"


def _apart(word: str, path: str, paths: Collection[str]) -> str:
    """A name for one of several clusters of which the words tell the same: by what their paths do not share."""
    parts = [each.split("/") for each in paths]
    start = _shared(parts)
    end = _shared([each[start:][::-1] for each in parts])
    own = path.split("/")
    rest = "/".join(own[start : len(own) - end])
    if word == DEFAULT:
        return rest or path or DEFAULT
    return f"{word}/{rest}" if rest and rest != word else word


def _shared(parts: Sequence[Sequence[str]]) -> int:
    """With how many equal names all begin."""
    shared = 0
    for names in zip(*parts, strict=False):
        if len(set(names)) > 1:
            break
        shared += 1
    return shared
