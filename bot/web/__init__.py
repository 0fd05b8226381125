"""Edge: the webhook endpoint, health and metrics."""
