"""Pull requests as GitHub states them now.

https://docs.github.com/en/rest/pulls/pulls
"""

from bot.github_app import hunks, wire
from bot.github_app.site import Site
from bot.ports import PullState
from bot.reporter.outgoing import DiffLines


def get(site: Site, number: int) -> PullState:
    """One pull request; its answer tells what the repository is called by now."""
    pull = site.api.get(f"{site.path}/pulls/{number}", wire.Pull)
    if pull.base.repo is not None:
        site.is_called(pull.base.repo.full_name)
    return _state(pull)


def open_ones(site: Site) -> tuple[PullState, ...]:
    """All that are open."""
    pages = site.api.pages(f"{site.path}/pulls", tuple[wire.Pull, ...], {"state": "open"})
    return tuple(_state(pull) for page in pages for pull in page if pull.state == "open")


def diff_lines(site: Site, number: int) -> DiffLines:
    """The lines that comments may be put on."""
    pages = site.api.pages(f"{site.path}/pulls/{number}/files", tuple[wire.ChangedFile, ...])
    return hunks.diff_lines(file for page in pages for file in page)


def _state(pull: wire.Pull) -> PullState:
    head, base = pull.head, pull.base
    return PullState(
        number=pull.number,
        head_sha=head.sha,
        head_ref=head.ref,
        base_sha=base.sha,
        base_ref=base.ref,
        title=pull.title,
        open=pull.state == "open",
        draft=bool(pull.draft),
        fork=head.repo is None or base.repo is None or head.repo.id != base.repo.id,
        labels=tuple(label.name for label in pull.labels),
    )
