"""How often a worker looks for garbage that holds on to itself."""

from __future__ import annotations

import gc
from typing import Final

__all__ = ["collect_seldom", "collect_young"]

_YOUNG: Final = 50_000
_MIDDLE: Final = 100
_OLD: Final = 100


def collect_seldom() -> None:
    """Have this process look for cycles once in many thousands of new objects.

    A chunk of a bill run makes some hundred thousand that live until it ends: looked at as often
    as Python does by itself, they cost a twentieth of the run. What nobody refers to is freed at
    once, as ever. What a piece of work leaves is told to `collect_young` at its end.
    """
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)


def collect_young() -> None:
    """Free what the last piece of work left that holds on to itself.

    What is refused does: it knows the frames it came through, and one of these knows it. Behind
    them is the frame that bills the chunk, with the columns of all its supplies. Only what was made
    since the last time is looked at.
    """
    gc.collect(1)
