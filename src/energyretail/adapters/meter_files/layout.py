"""The layout both sides of a meter file agree on."""

from __future__ import annotations

import hashlib
from typing import Final

__all__ = ["COLUMNS", "FORMAT", "SEPARATOR", "VERSION", "checksum"]

FORMAT: Final = "READINGS"
VERSION: Final = "1"
SEPARATOR: Final = ";"
COLUMNS: Final = ("R", "cups", "register", "taken_on", "index_kwh", "origin", "next_on")


def checksum(content: bytes) -> str:
    """Return the SHA-256 of everything above the trailer, its line end included, in hex."""
    return hashlib.sha256(content).hexdigest()
