"""The sample pull request: a small GitOps repository with a branch that does more than its title says."""

from pathlib import Path

from bot.ports import Branch

MIGRATION_TITLE, MIGRATION_HEAD = "Shop: from Ingresses to the Gateway API", "shop-gateway"
# What the routes of the migration stand for.
_REPLACED = ("clusters/prod/shop/admin.yaml", "clusters/prod/shop/ingress.yaml")
TITLE = "Shop: the API on its own port, the news under /news"
BASE, HEAD = "main", "shop-news"


def sample(config: Path) -> tuple[Branch, Branch]:
    """Both sides of the sample pull request, from `config/sample/`."""
    base, head = config / "sample" / "base", config / "sample" / "head"
    return (
        Branch(BASE, "The shop and the blog", _files(base)),
        Branch(HEAD, TITLE, _files(head), parent=BASE),
    )


def migration(config: Path) -> tuple[Branch, Branch]:
    """Both sides of another pull request on it, which replaces Ingresses by HTTPRoutes."""
    base, _ = sample(config)
    files = _files(config / "sample" / "migration")
    return base, Branch(MIGRATION_HEAD, MIGRATION_TITLE, files, parent=BASE, gone=_REPLACED)


def _files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
