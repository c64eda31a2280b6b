"""The company's clock: a business day that is data, never the machine's time."""

from __future__ import annotations

from datetime import date
from typing import Protocol

__all__ = ["Clock"]


class Clock(Protocol):
    """Tells the business day; every process sees the same one."""

    def today(self) -> date:
        """Return the company's business day."""
        ...
