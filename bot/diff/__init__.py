"""Pure. What changed, by meaning: pairs of objects, typed changes, route changes."""
