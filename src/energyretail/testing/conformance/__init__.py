"""Suites that every adapter of a port must pass; a project may run them on its own adapters."""
