"""Pure. The other kinds that route: model, parsing, and how each is attached to what takes requests for it."""
