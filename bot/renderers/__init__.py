"""Edge. One renderer a file or folder; each exposes `RENDERER`, and none imports another."""
