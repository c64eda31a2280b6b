"""The doors of the company: they translate, and every one calls the same use cases."""

from __future__ import annotations

__all__: list[str] = []
