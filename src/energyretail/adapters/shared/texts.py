"""What a table of texts can hold."""

from __future__ import annotations

__all__ = ["storable"]


def storable(text: str) -> bool:
    """Tell whether a text could stand in a table: Postgres keeps no NUL, UTF-8 no half pairs."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
