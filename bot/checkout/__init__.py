"""Edge: a local Git repository as two trees, read without obeying anything in it, and the cache of readings.

Start at `repository.open_repository`. `plumbing` alone calls git; GitPython is imported when the first call is made.
"""
