"""Pure. The core: two bundles and a policy in, a Verdict out."""
