"""Suites that every adapter of a port must pass; a project may run them on its own adapters."""

from __future__ import annotations

__all__: list[str] = []
