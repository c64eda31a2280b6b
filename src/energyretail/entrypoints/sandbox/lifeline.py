"""Ends a process when the one that started it is gone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Final

__all__ = ["watch_parent"]

CHECK_SECONDS: Final = 0.25


async def watch_parent(parent: int, when_gone: Callable[[], None]) -> None:
    """Call `when_gone` once the process `parent` is no longer our parent.

    Looks at the parent's id instead of asking the kernel for a signal at its death: that
    signal also comes when only the *thread* that started us ends, and not on every system.
    """
    while os.getppid() == parent:
        await asyncio.sleep(CHECK_SECONDS)
    when_gone()
