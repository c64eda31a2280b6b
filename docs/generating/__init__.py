"""How each page that is made from the code is made."""

from __future__ import annotations

from typing import Final

__all__ = ["BY_HAND_NEVER"]

BY_HAND_NEVER: Final = "<!-- Made from the code by docs/generate.py; do not edit. -->"
"""Stands on every generated page."""
