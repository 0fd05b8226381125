"""The sample pull request: a small GitOps repository with a branch that does more than its title says."""

from pathlib import Path

from bot.ports import Branch

TITLE = "Shop: the API on its own port, the news under /news"
BASE, HEAD = "main", "shop-news"


def sample(config: Path) -> tuple[Branch, Branch]:
    """Both sides of the sample pull request, from `config/sample/`."""
    base, head = config / "sample" / "base", config / "sample" / "head"
    return (
        Branch(BASE, "The shop and the blog", _files(base)),
        Branch(HEAD, TITLE, _files(head), parent=BASE),
    )


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
