"""Where the company meets technology: each adapter keeps the promises of a port."""

from __future__ import annotations

__all__: list[str] = []
