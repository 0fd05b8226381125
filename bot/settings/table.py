"""Pure. Every setting: where it comes from, what it means, how it is read."""

from dataclasses import dataclass

from bot.settings import read
from bot.settings.read import Read


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: where it comes from, what it means, how its text is read (ValueError says what is wrong).

    The first environment variable that is set and not empty gives the value. `default` is a text for people. `flag` is
    the option that goes before the environment, where it has another name. A fault quotes the text only where `shown`.
    """

    name: str
    variables: tuple[str, ...]
    description: str
    default: str
    read: Read
    flag: str = ""
    shown: bool = True

    @property
    def option(self) -> str:
        """The option by which a flag gives it."""
        return f"--{self.flag or self.name.replace('_', '-')}"


COMMAND: tuple[Setting, ...] = (
    Setting(
        "cache_dir",
        ("ROUTEPROOF_CACHE_DIR",),
        "Where readings of files are kept between runs: an absolute path, or `off`. Deleting it costs time only.",
        "`$XDG_CACHE_HOME/routeproof`, else `~/.cache/routeproof`",
        read.folder_or_off,
    ),
    Setting(
        "color",
        ("NO_COLOR", "FORCE_COLOR"),
        "Any value of `NO_COLOR` turns colours off, any value of `FORCE_COLOR` turns them on where the output is no "
        "terminal; `NO_COLOR` goes first.",
        "colours on a terminal",
        read.color,
    ),
    Setting(
        "config",
        ("ROUTEPROOF_CONFIG",),
        "A policy file of yours, in the format of the repository's policy file. It fills in what the reviewed "
        "repository does not set.",
        "none: the defaults below",
        read.file,
    ),
    Setting(
        "kustomize",
        ("ROUTEPROOF_KUSTOMIZE",),
        "The kustomize or kubectl that renders overlays: a path, or a name on `PATH`.",
        "the kubectl of the extra `render`, else `kustomize` or `kubectl` on `PATH`",
        read.program,
    ),
    Setting(
        "chart_repositories",
        ("ROUTEPROOF_CHART_REPOSITORIES",),
        "The repositories that Helm charts may be fetched from, by their addresses with spaces, commas or line breaks "
        "between them, as docs/security.md describes it.",
        "none: no chart is fetched",
        read.words,
    ),
    Setting(
        "docs_url",
        ("ROUTEPROOF_DOCS_URL",),
        "The address of a folder with the pages of the rules, such as docs/rules of a release: links in comments and "
        "reports lead to `ADDRESS/RULE.md`.",
        "none: no links; in the Action, the pages of its own release",
        read.address,
        shown=False,
    ),
    Setting(
        "review_seconds",
        ("ROUTEPROOF_REVIEW_SECONDS",),
        "How long one review of the service or of the Action may compute. One that takes longer is ended, and its pull "
        "request is told.",
        "`120`",
        read.whole(1, 3600),
    ),
    Setting(
        "review_megabytes",
        ("ROUTEPROOF_REVIEW_MEGABYTES",),
        "How much memory one review of the service or of the Action may take.",
        "`2048`",
        read.whole(128, 65536),
    ),
)

SERVICE: tuple[Setting, ...] = (
    Setting(
        "app_id",
        ("ROUTEPROOF_APP_ID",),
        "The GitHub App that the service is: the number that its settings show as App ID.",
        "none",
        read.whole(1, 10**12 - 1),
    ),
    Setting(
        "private_key",
        ("ROUTEPROOF_PRIVATE_KEY", "ROUTEPROOF_PRIVATE_KEY_FILE"),
        "The App's private key in PEM form (`\\n` may stand for line breaks), or the file that holds it.",
        "none",
        read.private_key,
        shown=False,
    ),
    Setting(
        "token",
        ("ROUTEPROOF_TOKEN",),
        "A token to work with instead of an App. GitHub lets Apps alone write check runs.",
        "none",
        read.secret,
        shown=False,
    ),
    Setting(
        "webhook_secret",
        ("ROUTEPROOF_WEBHOOK_SECRET",),
        "The secret that deliveries are signed with. Without it `/webhook` answers 503.",
        "none",
        read.secret,
        shown=False,
    ),
    Setting(
        "webhook_secret_old",
        ("ROUTEPROOF_WEBHOOK_SECRET_OLD",),
        "A second secret that is taken too, while the first is being changed. Unset it when GitHub signs with the new.",
        "none",
        read.secret,
        shown=False,
    ),
    Setting(
        "github_api",
        ("ROUTEPROOF_GITHUB_API",),
        "The address of GitHub's API; of an Enterprise Server `https://HOST/api/v3`.",
        "`https://api.github.com`, or what belongs to `ROUTEPROOF_GITHUB_WEB`",
        read.address,
        shown=False,
    ),
    Setting(
        "github_web",
        ("ROUTEPROOF_GITHUB_WEB",),
        "The address that git clones from and that links lead to. Plain http is taken from here alone.",
        "`https://github.com`, or what belongs to `ROUTEPROOF_GITHUB_API`",
        read.address,
        shown=False,
    ),
    Setting(
        "database_url",
        ("ROUTEPROOF_DATABASE_URL", "DATABASE_URL"),
        "Where jobs are stored: `postgresql://...`, which several hosts can share, or `sqlite:////absolute/path`.",
        "an SQLite file in the data folder",
        read.database,
        shown=False,
    ),
    Setting(
        "data_dir",
        ("ROUTEPROOF_DATA_DIR",),
        "Where working copies and the SQLite file are kept: an absolute path. Also `--data`.",
        "`$XDG_DATA_HOME/routeproof`, else `~/.local/share/routeproof`, else `/var/lib/routeproof`",
        read.folder,
        flag="data",
    ),
    Setting(
        "port",
        ("PORT",),
        "The port that the service listens on. Also `--port`; 0 takes a free one.",
        "`8080`",
        read.whole(0, 65535),
    ),
    Setting(
        "workers",
        ("ROUTEPROOF_WORKERS",),
        "How many reviews run at once, each in a process of its own.",
        "`2`",
        read.whole(1, 64),
    ),
    Setting(
        "worker_name",
        ("ROUTEPROOF_WORKER_NAME",),
        "What this worker is called among those that share a database; it takes up its own work after a restart.",
        "the name of the host",
        read.name,
    ),
    Setting(
        "mirrors_megabytes",
        ("ROUTEPROOF_MIRRORS_MEGABYTES",),
        "How much the working copies of all repositories may take in the data folder. Beyond it, those that were not "
        "used for longest are deleted, and fetched again when they are needed.",
        "`20480`, or `ROUTEPROOF_REPOSITORY_MEGABYTES` where that is more",
        read.whole(64, 100_000_000),
    ),
    Setting(
        "repository_megabytes",
        ("ROUTEPROOF_REPOSITORY_MEGABYTES",),
        "How much the working copy of one repository may take. Only histories and manifests are fetched; the pull "
        "requests of a repository that needs more are told so.",
        "`4096`, or `ROUTEPROOF_MIRRORS_MEGABYTES` where that is less",
        read.whole(64, 100_000_000),
    ),
    Setting(
        "fetch_seconds",
        ("ROUTEPROOF_FETCH_SECONDS",),
        "How long one fetch from GitHub may take; then it is tried again later.",
        "`600`",
        read.whole(10, 86_400),
    ),
    Setting(
        "drafts",
        ("ROUTEPROOF_DRAFTS",),
        "Whether draft pull requests are reviewed: `true` or `false`. Marking one as ready reviews it in either case.",
        "`true`",
        read.yes_no,
    ),
    Setting(
        "chat_config",
        ("ROUTEPROOF_CHAT_CONFIG",),
        "A file that says which chat channels are told of which verdicts, as docs/chat.md describes it.",
        "none: no channel is told",
        read.file,
    ),
    Setting(
        "write_pause",
        ("ROUTEPROOF_WRITE_PAUSE",),
        "Seconds between two writes that notify people (comments, reviews) for one installation. GitHub.com allows 80 "
        "of them a minute.",
        "`1`, and `0` for an Enterprise Server",
        read.seconds(0, 60),
    ),
    Setting(
        "writes_per_hour",
        ("ROUTEPROOF_WRITES_PER_HOUR",),
        "How many such writes are made in an hour for one installation; 0 for any number. GitHub.com allows 500.",
        "`500`, and `0` for an Enterprise Server",
        read.whole(0, 100_000),
    ),
)

SETTINGS: tuple[Setting, ...] = COMMAND + SERVICE
