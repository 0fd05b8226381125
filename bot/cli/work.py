"""`routeproof work`: does the jobs that `serve` has stored."""

from bot.cli.running import Data

HELP = "Do the jobs that `routeproof serve --no-worker` stores; several hosts can share a PostgreSQL."


def command(data: Data = None) -> None:
    """Work."""
    import threading

    from bot.cli.running import running, until_told
    from bot.errors import UserError

    with running({}, data, worker=True) as (service, log):
        from bot.web.observed import Observed

        if service.handler is None:
            raise UserError(
                "There is nobody to work as on GitHub.",
                "Set ROUTEPROOF_APP_ID and ROUTEPROOF_PRIVATE_KEY, or ROUTEPROOF_TOKEN.",
            )
        told = threading.Event()
        until_told(told.set)
        service.start(Observed(service.handler))
        log.info("working", workers=service.settings.workers)
        told.wait()
        log.info("stopping")
