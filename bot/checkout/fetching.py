"""What one fetch brings into a mirror: commits, as much history as the merge needs, and the contents to be read.

Contents are left out of the history (`--filter=blob:none`) and then asked for by id, all at once: git itself would
fetch each one alone, at 30 ms. A server that does not filter sends everything, and nothing is left to ask for.
History is cut in a new mirror only, and from then on it only grows: a review of another pull request may be reading.
"""

from collections.abc import Iterable, Sequence

from bot.checkout.mirror import KEPT, Mirror, is_commit_id
from bot.checkout.transport import ORIGIN, Transport
from bot.checkout.troubles import Trouble, error_of, trouble_of, unknown_in
from bot.errors import Gone, RouteproofError, Transient

DEPTH = 100  # commits of history in a new mirror
DEEPER = 1_000
_BATCH = 20_000  # ids in one request: 1 MB
_FETCH = (
    "fetch",
    "--quiet",
    "--filter=blob:none",
    "--no-tags",
    "--no-write-fetch-head",
    "--recurse-submodules=no",
    "--no-auto-maintenance",
    "--stdin",
)
_MERGE = ("merge-tree", "--write-tree", "-z", "--name-only", "--no-messages")
_REPACK = ("repack", "-a", "-d", "--quiet")


class Damaged(Transient):
    """The mirror cannot be used any more; a new one can."""


def bring(mirror: Mirror, transport: Transport, refs: Sequence[str], fallback: Sequence[str]) -> None:
    """Bring these commits and refs, so that each of them can be compared with the first without the server.

    Raises:
        Transient: the server cannot be reached, or stalls.
        Refused: it does not let us read, or sends what git does not accept.
        Gone: it has no such commit or repository.
        Damaged: the mirror is to be deleted.
    """
    brought = _tips(mirror, transport, refs, fallback)
    commits = mirror.commits(refs)
    lost = [ref for ref, commit in zip(refs, commits, strict=True) if not commit]
    if lost:
        if lost[0] in brought:
            raise _damaged(transport)
        raise Gone(f"{transport.remote} has no {lost[0]} any more.")
    base, heads = commits[0], commits[1:]
    for head in heads:
        _history(mirror, transport, refs, fallback, (base, head))
    _contents(mirror, transport, commits)
    for head in heads:
        _merge(mirror, transport, base, head)
    if mirror.crowded:
        mirror.forget_old_commits()
        _run(transport, *_REPACK)


def _tips(mirror: Mirror, transport: Transport, refs: Sequence[str], fallback: Sequence[str]) -> Sequence[str]:
    """Ask for what is not here, and tell what came; names may have moved, so they are asked for each time."""
    ids = [ref for ref in refs if is_commit_id(ref)]
    known = {ref for ref, commit in zip(ids, mirror.commits(ids), strict=True) if commit}
    wanted = [ref for ref in refs if ref not in known]
    return _ask(transport, wanted, fallback, *((f"--depth={DEPTH}",) if mirror.fresh else ()))


def _history(
    mirror: Mirror, transport: Transport, refs: Sequence[str], fallback: Sequence[str], pair: tuple[str, str]
) -> None:
    """Deepen the history until the point where two commits parted is known for certain."""
    for option in (f"--deepen={DEEPER}", "--unshallow"):
        if mirror.sure(*pair):
            return
        _ask(transport, refs, fallback, option)


def _contents(mirror: Mirror, transport: Transport, commits: Iterable[str]) -> None:
    """Bring what a review reads of these commits and is not here.

    Raises:
        Damaged: it was sent, and still cannot be read.
    """
    absent = mirror.absent(mirror.contents_of(commits))
    for start in range(0, len(absent), _BATCH):
        lines = "".join(f"{name}\n" for name in absent[start : start + _BATCH])
        _run(transport, "-c", "fetch.negotiationAlgorithm=noop", *_FETCH, ORIGIN, stdin=lines)
    if mirror.absent(absent):
        raise _damaged(transport)


def _merge(mirror: Mirror, transport: Transport, base: str, head: str) -> None:
    """Bring what merging two commits reads: git asks for it in few requests where the merge is tried with a server.

    Where they conflict, the review compares the head with the point where it left the base.
    """
    done = mirror.git.run(*_MERGE, ids=(base, head))
    if done.status not in (0, 1):
        done = transport.run(*_MERGE, "--end-of-options", base, head)
    if done.status not in (0, 1) and trouble_of(done.err) in (Trouble.PACE, Trouble.CREDENTIALS, Trouble.GONE):
        raise error_of(done.err, str(transport.remote))
    if done.status != 0:
        _contents(mirror, transport, mirror.forks(base, head)[:1])


def _ask(transport: Transport, refs: Sequence[str], fallback: Sequence[str], *options: str) -> Sequence[str]:
    """Fetch commits and refs in one request, without those that the server does not know in the next one; what came.

    What holds a commit that is not given by its id (`refs/pull/7/head`) is asked for then.
    """
    wanted, spare = list(dict.fromkeys(refs)), [ref for ref in fallback if ref not in refs]
    while wanted:
        lines = "".join(f"+{ref}:{KEPT + ref if is_commit_id(ref) else ref}\n" for ref in wanted)
        done = transport.run(*_FETCH, *options, ORIGIN, stdin=lines)
        if done.status == 0:
            break
        unknown = unknown_in(done.err) if trouble_of(done.err) is Trouble.UNKNOWN else ""
        if unknown not in wanted or (is_commit_id(unknown) and not fallback):
            raise _error(done.err, transport)
        wanted.remove(unknown)
        if is_commit_id(unknown):
            wanted += spare
            spare = []
    return wanted


def _run(transport: Transport, *options: str, stdin: str = "") -> None:
    done = transport.run(*options, stdin=stdin)
    if done.status != 0:
        raise _error(done.err, transport)


def _error(said: str, transport: Transport) -> RouteproofError:
    if trouble_of(said) is Trouble.DAMAGED:
        return _damaged(transport)
    return error_of(said, str(transport.remote))


def _damaged(transport: Transport) -> Damaged:
    return Damaged(f"The mirror of {transport.remote} is damaged.")
