"""Pure. What a kustomization builds on, and which place in its files made each field of what comes out."""
