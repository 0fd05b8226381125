"""`routeproof serve`: the service, from webhook to pull request."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.running import Data

if TYPE_CHECKING:
    from bot.settings import ServiceSettings

HELP = "Receive webhooks and review pull requests: the GitHub App."


def command(
    host: Annotated[
        str, typer.Option(help="The address to listen on; 0.0.0.0 for all of this machine.", metavar="HOST")
    ] = "127.0.0.1",
    port: Annotated[
        int | None, typer.Option(help="The port to listen on, else PORT, else 8080; 0 for a free one.", metavar="PORT")
    ] = None,
    data: Data = None,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Only store jobs; `routeproof work` elsewhere does them.")
    ] = False,
) -> None:
    """Serve."""
    from bot.cli.running import receiving, running, until_told

    flags = {} if port is None else {"port": str(port)}
    with (
        running(flags, data, worker=not no_worker) as (service, log),
        receiving(service, host, service.settings.port) as (server, (address, bound)),
    ):
        from bot.web.server import prefer_answers

        until_told(server.stop)
        prefer_answers()
        _doubts(service.settings, log, worker=not no_worker)
        log.info("listening", address=f"http://{f'[{address}]' if ':' in address else address}:{bound}")
        server.run()
        log.info("stopping")


def _doubts(settings: "ServiceSettings", log: Any, *, worker: bool) -> None:
    """What runs, but probably not as it was meant."""
    if not settings.webhook_secrets:
        log.warning("ROUTEPROOF_WEBHOOK_SECRET is not set: the webhook endpoint is closed")
    if worker and not settings.can_write:
        log.warning("neither ROUTEPROOF_APP_ID nor ROUTEPROOF_TOKEN is set: jobs are stored and not done")
    for secret in settings.webhook_secrets:
        if len(secret.reveal()) < 16:
            log.warning("a webhook secret is short enough to be guessed; take 32 random characters")
