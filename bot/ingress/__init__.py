"""Pure. The model of an Ingress and of what it refers to, and how it is read from documents."""
