"""One repository on GitHub as it is called now, and who we are there."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.github_app.api import Api
from bot.github_app.auth import repo_path
from bot.ports import RepoRef


@dataclass
class Site:
    """What every request about a repository needs; `repo` follows when the repository is renamed."""

    api: Api
    repo: RepoRef
    author: Callable[[], str]  # who wrote our comments
    app_id: int | None = None

    @property
    def path(self) -> str:
        """Where the API has it."""
        return repo_path(self.repo)

    def sleep(self, seconds: float) -> None:
        """Wait, as requests do."""
        self.api.pacer.sleep(seconds)

    def is_called(self, full_name: str) -> None:
        """Take over the name that GitHub states: a redirected write costs two requests."""
        owner, _, name = full_name.partition("/")
        if (owner, name) != (self.repo.owner, self.repo.name):
            self.repo = RepoRef(owner, name, self.repo.installation)
