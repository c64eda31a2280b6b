"""What the sandbox needs of every partner it plays."""

from __future__ import annotations

from datetime import date
from typing import Protocol, runtime_checkable

from litestar import Router

__all__ = ["HttpPartner", "Partner"]


class Partner(Protocol):
    """A partner that lives by the sandbox's calendar.

    What it does on a day is a pure function of the seed and of natural keys. What it was
    asked on a day it answers on a later one.
    """

    def advance(self, day: date) -> object:
        """Live through `day`; called once for each day, in order, without a gap.

        What it returns, if anything, is for its own tests.
        """
        ...


@runtime_checkable
class HttpPartner(Partner, Protocol):
    """A partner that also listens to HTTP."""

    def router(self) -> Router:
        """Return its routes, below a path of its own."""
        ...
