"""How often a worker looks for garbage that holds on to itself."""

from __future__ import annotations

import gc
from typing import Final

__all__ = ["collect_seldom"]

_YOUNG: Final = 50_000
_MIDDLE: Final = 20
_OLD: Final = 100


def collect_seldom() -> None:
    """Have this process look for cycles once in many thousands of new objects.

    A chunk of a bill run makes some hundred thousand that live until it ends: looked at as often
    as Python does by itself, they cost a twentieth of the run. What nobody refers to is freed at
    once, as ever.
    """
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
