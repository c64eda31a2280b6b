"""How simulated partners behave: pure functions of the seed and natural keys."""

from __future__ import annotations

__all__: list[str] = []
