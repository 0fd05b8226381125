"""What kustomize complains of, in our words: its own go through every kustomization on the way to the cause."""

import re
from collections.abc import Iterator, Sequence

from bot.kustomize.closure import Closure
from bot.kustomize.piece import Library
from bot.kustomize.secret_texts import secret_texts
from bot.manifest.node import Field, Mapping, Node, Scalar
from bot.manifest.read import Unread, read
from bot.manifest.repeated import without
from bot.problem import ProblemKind
from bot.renderer import By, Failure, Source, one_line
from bot.source import START

_MANIFESTS = (".yaml", ".yml", ".json")
_LONGEST = 6_000  # characters of a complaint
_FOLDER = re.compile(r"/[^\s'\":]{0,200}?routeproof-render-[^/\s'\":]{0,40}(?:/files/?)?")
_INTO = "must resolve to a file': "
_PATH = re.compile(
    r"^(?:(?:recursed (?:accumulation|merging) (?:of|from) path|couldn't make target for path) '[^']*': )+"
)
_FILE_FIRST = re.compile(r"'?: must build at directory: .*", re.DOTALL)
_AROUND = re.compile(r"^(?:error: |accumulating (?:resources|components): |accumulation err=')+")
_TALK = re.compile(r"# |[IW]\d{4} ")  # warnings of kustomize, and lines of a log
# As some versions of kubectl complain: quoted, after the time and the process.
_LOGGED = re.compile(r'^E\d{4} [\d:.]+ +\d+ \S+\] "command failed" err="(.*)"$', re.MULTILINE)
_ESCAPED = re.compile(r"\\([nt\"\\])")
_MEANT = {"n": "\n", "t": "\t"}
_POINTER = re.compile(r"&?\{?\b0x[0-9a-f]+\b(?: <nil>\})?")
# Where kustomize quotes a file or an object, which may be a Secret.
_QUOTES = re.compile(
    r" with config: `.*?`(?=: |\Z)|:? node contents: .*|(?<=JSON patch from )(?:\[.*\]|`.*`)", re.DOTALL
)
_NOT_THERE = re.compile(r"no matches for Id|no resource matches|nothing selected by|unable to find|not found")
_QUOTED = re.compile(r"'([^']{1,4096})'")

_PATCHED = "Correct the patch, or what it is for."
_YAML = "Mend the YAML."
# What a complaint says, our kind, words and remedy. The first that is found in it counts.
_WORDS: tuple[tuple[re.Pattern[str], ProblemKind, str, str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), kind, message, remedy)
    for pattern, kind, message, remedy in (
        (
            r"excessive aliasing",
            ProblemKind.TOO_LARGE,
            "A file stands for too many values by its aliases",
            "Write out what the aliases stand for, or leave them out.",
        ),
        (
            r"security; file '([^']*)' is not in or below '([^']*)'",
            ProblemKind.OUTSIDE,
            "The kustomization in `{2}` names the file `{1}`, which is not below its folder",
            "Give the folder of the file a kustomization and name that folder.",
        ),
        (
            r"cycle detected: candidate root '([^']*)' contains visited root '([^']*)'",
            ProblemKind.TEMPLATE,
            "The kustomization in `{1}` builds on itself, by way of others",
            "Take it out of the `resources` of one of them.",
        ),
        (
            r"may not add resource with an already registered id: ([^\s']+)",
            ProblemKind.TEMPLATE,
            "`{1}` is built twice",
            "Name it once in `resources`, or give the two different names.",
        ),
        (
            r"no (?:resource matches strategic merge patch|matches for Id)[ \"]+([^\s\";']+)",
            ProblemKind.TEMPLATE,
            "A patch is for `{1}`, which nothing builds",
            _PATCHED,
        ),
        (
            r"multiple matches for Id ([^\s\";']+)",
            ProblemKind.TEMPLATE,
            "A patch is for `{1}`, which is more than one object",
            _PATCHED,
        ),
        (
            r'Kind:"(\w+)".*?Name:"([^"]*)".*?does not exist; cannot merge or replace',
            ProblemKind.TEMPLATE,
            "A generator is to change `{1}/{2}`, which nothing builds",
            "Correct the name, or the `behavior` of the generator.",
        ),
        (
            r"kustomization.yaml is empty",
            ProblemKind.TEMPLATE,
            "A kustomization is empty",
            "Name its resources, or take it out of what builds on it.",
        ),
        (
            r"unable to find one of '?kustomization.yaml",
            ProblemKind.MISSING,
            "A folder on the way has no `kustomization.yaml`",
            "Add one, or correct the path.",
        ),
        (
            r"external plugin|enable-(?:alpha-plugins|exec|star)",
            ProblemKind.UNSUPPORTED,
            "It uses a plugin, which is a program; none is run at a render",
            "Commit what the plugin yields, or leave it out.",
        ),
        (
            r"enable-helm",
            ProblemKind.UNSUPPORTED,
            "It includes a chart, which is not rendered with it",
            "Commit what the chart yields, or install it by an object of Flux or Argo CD.",
        ),
        (
            r"(?:evalsymlink failure on|lstat|stat|open|no such file or directory:?) '?([^\s':]+)'?.*no such file",
            ProblemKind.MISSING,
            "`{1}` is not in the repository",
            "Correct the path, or commit what it names.",
        ),
        (
            r"[Ii]nvalid Kustomization: (?:json: )?(.+)",
            ProblemKind.TEMPLATE,
            "A kustomization is not valid: {1}",
            "Correct the field.",
        ),
        (
            r"error in (\w+) for path: '([^']*)'",
            ProblemKind.TEMPLATE,
            "A JSON patch does not fit: there is nothing to {1} at `{2}`",
            _PATCHED,
        ),
        (
            r"((?:add|replace|remove|move|copy|test)(?:ing)? (?:operation|value) .+)",
            ProblemKind.TEMPLATE,
            "A JSON patch does not fit: {1}",
            _PATCHED,
        ),
        (r"unable to parse SM or JSON patch", ProblemKind.UNREADABLE, "A patch is not YAML", _YAML),
        (
            r"(?:yaml: |error converting YAML to JSON: )(.+)",
            ProblemKind.UNREADABLE,
            "A file is not YAML: {1}",
            _YAML,
        ),
    )
)


def explain(stderr: str, closure: Closure, library: Library, left_out: Sequence[Failure] = ()) -> Failure:
    """The Failure that a complaint stands for, at the line of the kustomization that leads to the cause.

    Where something is not there that was left out, the first thing left out counts as the cause.
    """
    complaint = _whole(stderr)
    if left_out and _NOT_THERE.search(complaint):
        return left_out[0]
    whole = without(complaint, secret_texts(closure, library))
    cause = _cause(whole)
    source = _source(whole, cause, closure)
    where = f" (on the way from `{one_line(closure.root or '.', 100)}`)" if source.file != _root(closure) else ""
    for pattern, kind, message, remedy in _WORDS:
        found = pattern.search(cause) or pattern.search(whole)
        if found and kind is ProblemKind.UNREADABLE and (unread := _unread(closure, library)):
            return unread
        if found:
            said = (one_line(each, 200) or "." for each in found.groups())
            return Failure(kind, f"{message.format('', *said)}{where}.", remedy, source)
    message = f"Kustomize refuses the kustomization{where}: {one_line(cause, 300) or 'it does not say why.'}"
    return Failure(
        ProblemKind.TEMPLATE, message, "Run `kubectl kustomize` on the folder and mend what it says.", source
    )


def _whole(stderr: str) -> str:
    """The complaint without what differs from one run to the next, and without the folder that it ran in."""
    said = _LOGGED.sub(lambda found: _unquoted(found[1]), stderr[-_LONGEST:])
    lines = [line for line in said.splitlines() if line.strip() and not _TALK.match(line)]
    text = "\n".join(lines)
    for pattern in (_POINTER, _FOLDER, _QUOTES):
        text = pattern.sub("", text)
    return text


def _unquoted(text: str) -> str:
    return _ESCAPED.sub(lambda found: _MEANT.get(found[1], found[1]), text)


def _unread(closure: Closure, library: Library) -> Failure | None:
    """The first file that is not YAML by our own reading, which knows the line."""
    paths = [path for path in sorted(closure.files) if path.endswith(_MANIFESTS)]
    for path in paths:
        for part in read(library.files[path], path):
            if isinstance(part, Unread):
                said = f"`{one_line(path)}` is not YAML: {one_line(part.message, 200)}"
                return Failure(part.kind, said, part.remedy, Source(path, part.at, By.RESOURCE))
    for piece in (piece for path in paths for piece in library.pieces(path)):
        for again in _repeated(piece.root):
            said = f"`{one_line(piece.file)}` says `{one_line(again.name, 100)}` twice in one mapping."
            return Failure(ProblemKind.UNREADABLE, said, "Remove one of them.", piece.source(again, By.RESOURCE))
    return None


def _repeated(root: Node) -> Iterator[Field]:
    waiting, seen = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar) or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, Mapping):
            yield from (again for _, again in node.duplicates())
        waiting.extend(node.items)


def _cause(text: str) -> str:
    """What was wrong in the end: of a resource kustomize first says why it is no file, then why it is no folder."""
    inner = _PATH.sub("", text[text.rfind(_INTO) + len(_INTO) :] if _INTO in text else text)
    return _FILE_FIRST.sub("", _AROUND.sub("", inner)).strip()


def _source(whole: str, cause: str, closure: Closure) -> Source:
    """The innermost place that the complaint names, as it is written in a kustomization, else the root's file."""
    for text in (cause, whole):
        for quoted in reversed(_QUOTED.findall(text)):
            for spec in reversed(list(closure.specs.values())):
                for named in (*spec.named, *spec.secrets):
                    if quoted in {named.written, named.path}:
                        return Source(spec.path, named.at, By.KUSTOMIZATION)
            if quoted in closure.specs:
                return Source(closure.specs[quoted].path, START, By.KUSTOMIZATION)
    return Source(_root(closure), START, By.KUSTOMIZATION)


def _root(closure: Closure) -> str:
    return next((spec.path for spec in closure.specs.values()), closure.root)
