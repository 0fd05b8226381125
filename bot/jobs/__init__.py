"""Edge: durable work on the job engine."""
