"""`python -m bot` is the command `routeproof`."""

from bot.cli.main import main

main()
