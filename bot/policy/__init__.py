"""Pure. What the repository's owners allow: the policy file, its faults, and the judge."""
