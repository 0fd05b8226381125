"""Pure. One rule a file: the docstring is its page, RULE is the rule."""
