"""What a table can hold of a text."""

from __future__ import annotations

__all__ = ["counted", "storable"]


def storable(text: str) -> bool:
    """Tell whether a text could stand in a table: Postgres keeps no NUL, UTF-8 no half pairs."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def counted(text: str) -> int | None:
    """Return the number that a key of a counted list is, 0 for none; None where it is no number."""
    if not text:
        return 0
    # No table counts further.
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None
