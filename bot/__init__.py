"""Routeproof reviews the traffic, not the YAML."""

__version__ = "0.1.0"
