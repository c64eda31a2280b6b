"""The long list of a supply point's readings."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import attrs

from energyretail.application.shared import Page
from energyretail.domain.metering import Reading
from energyretail.domain.shared import Cups

__all__ = ["KeptReading", "ReadingShelf"]


@attrs.frozen
class KeptReading:
    """A reading with the business day it came, and whether no higher version superseded it."""

    reading: Reading
    received_on: date
    is_current: bool

    @property
    def key(self) -> str:
        """Its key in the list of its point: ``2026-03-01/P1/000001``, the last the version."""
        reading = self.reading
        return f"{reading.taken_on}/{reading.register}/{reading.version:06d}"


class ReadingShelf(Protocol):
    """The readings of a supply point in every version, in order of day, register, version."""

    def page(
        self,
        cups: Cups,
        *,
        after: str,
        limit: int,
        register: str | None = None,
        since: date | None = None,
        until: date | None = None,
        current_only: bool = False,
    ) -> Page[KeptReading]:
        """Return up to `limit` of them beyond the key `after` (empty for all).

        Taken from `since` (included) to `until` (excluded), where they are given.
        """
        ...
