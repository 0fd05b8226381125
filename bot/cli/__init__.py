"""Edge: the command `routeproof`, one verb a file."""
