"""Pure. One rendering of a verdict a file; each exposes REPORTER."""
