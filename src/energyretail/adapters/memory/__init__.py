"""The memory twins: every promise of the stores and partners kept in dictionaries."""

from __future__ import annotations

__all__: list[str] = []
