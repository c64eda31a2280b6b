"""BulkBills that go wrong: what was found is old, or one contract clashes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from energyretail.application.billing import BulkBills, DuePage, IssuedAlike
from energyretail.domain.billing import BillableSupply, Invoice
from energyretail.domain.ledger import Entry
from energyretail.domain.shared import Conflict

__all__ = ["ClashingBills", "StaleBills"]


@attrs.frozen
class StaleBills(BulkBills):
    """Finds what was found once."""

    bills: BulkBills
    page: DuePage

    def due(
        self,
        *,
        today: date,
        after: str,
        until: str = "",
        limit: int,
        past_days: int | None = None,
    ) -> DuePage:
        """Return the page that was found once."""
        return self.page

    def supplies(self, keys: Sequence[str], *, today: date) -> Mapping[str, BillableSupply]:
        """Return supplies by key."""
        return self.bills.supplies(keys, today=today)

    def add(
        self,
        issued: Sequence[IssuedAlike],
        others: Sequence[Invoice] = (),
        entries: Sequence[Entry] = (),
    ) -> Sequence[str]:
        """Keep bills."""
        return self.bills.add(issued, others, entries)


@attrs.frozen
class ClashingBills(BulkBills):
    """Keeps no bill of one contract by columns."""

    bills: BulkBills
    contract: str

    def due(
        self,
        *,
        today: date,
        after: str,
        until: str = "",
        limit: int,
        past_days: int | None = None,
    ) -> DuePage:
        """Return what is due."""
        return self.bills.due(
            today=today, after=after, until=until, limit=limit, past_days=past_days
        )

    def supplies(self, keys: Sequence[str], *, today: date) -> Mapping[str, BillableSupply]:
        """Return supplies by key."""
        return self.bills.supplies(keys, today=today)

    def add(
        self,
        issued: Sequence[IssuedAlike],
        others: Sequence[Invoice] = (),
        entries: Sequence[Entry] = (),
    ) -> Sequence[str]:
        """Keep bills; raises Conflict ``billing.billed_twice`` for those of the contract."""
        own = (each.rated.supplies.contracts[at] for each in issued for at in each.rated.at)
        if self.contract in own:
            raise Conflict("billing.billed_twice", "a day of the supply is billed already")
        return self.bills.add(issued, others, entries)
