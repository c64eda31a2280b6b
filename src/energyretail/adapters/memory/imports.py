"""What the company has under the keys of an imported portfolio, in dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.imports import PortfolioPoint
from energyretail.domain.contracts import Quote
from energyretail.domain.parties import Customer
from energyretail.domain.shared import Conflict, Cups

__all__ = ["MemoryPortfolioStanding"]


class MemoryPortfolioStanding:
    """Implements the PortfolioStanding port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def customers(self, tax_ids: Sequence[str]) -> tuple[Customer, ...]:
        """Return customers by tax id."""
        table, wanted = self._store.table("customer"), set(tax_ids)
        return tuple(table[n] for n in sorted(table) if table[n].person.tax_id in wanted)

    def quotes(self, references: Sequence[str]) -> tuple[Quote, ...]:
        """Return quotes by reference."""
        table, wanted = self._store.table("quote"), set(references)
        return tuple(table[n] for n in sorted(table) if table[n].reference in wanted)

    def points(self, points: Sequence[Cups]) -> tuple[PortfolioPoint, ...]:
        """Return supply points imported before."""
        table = self._store.table("imported_point")
        return tuple(table[cups] for cups in sorted(set(points)) if cups in table)

    def save_points(self, points: Sequence[PortfolioPoint], *, on: date) -> None:
        """Add supply points."""
        table = self._store.writable("imported_point")
        received = self._store.writable("imported_point_received_on")
        for point in points:
            if point.cups in table:
                raise Conflict("import.supply_point.known", "the supply point was imported before")
            table[point.cups], received[point.cups] = point, on
