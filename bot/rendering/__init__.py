"""Edge: from what a repository holds to what the cluster gets, where the two differ."""
