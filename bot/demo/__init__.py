"""Edge: the sample pull request."""
