"""Pure. What controllers make of annotations: the facts are loaded from config/ by the catalogue and passed in."""
