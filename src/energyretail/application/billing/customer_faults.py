"""Put on record what a customer did that lifts the limit on charging for old days."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import attrs

from energyretail.application.shared import Clock, Events, Page, Work
from energyretail.domain.billing import CustomerFault, RecordedFault, record_fault
from energyretail.domain.shared import Conflict, Cups, Period, parse_contract_number

__all__ = ["CustomerFaultShelf", "CustomerFaults", "FoundFault", "RecordCustomerFault"]


class CustomerFaults(Protocol):
    """The faults on record; part of the open transaction."""

    def supplied(self, contract: str, cups: Cups) -> tuple[Cups, Period]:
        """Return a point as its contract has it, and the days we supply it.

        Raises NotFound ``billing.customer_fault.supply_unknown`` for what was never supplied.
        """
        ...

    def known(
        self, contract: str, cups: Cups, fault: CustomerFault, first_day: date
    ) -> RecordedFault | None:
        """Return the fault on record under a natural key."""
        ...

    def add(self, fault: RecordedFault) -> None:
        """Keep a fault.

        Raises Conflict ``billing.customer_fault.overlaps`` when the same is on record of a day.
        """
        ...


class CustomerFaultShelf(Protocol):
    """The faults on record, ordered by key."""

    def page(self, *, after: str, limit: int, contract: str | None = None) -> Page[RecordedFault]:
        """Return up to `limit` of them beyond the key `after` (empty for all)."""
        ...


@attrs.frozen
class FoundFault:
    """What was found: `owner` answers for it, `source` names the paper it rests on."""

    contract: str
    cups: str
    fault: CustomerFault
    days: Period
    owner: str
    source: str


class RecordCustomerFault:
    """Put on record that a customer obstructed the supplier, or used energy unauthorised.

    Rules: somebody answers for the finding, by a paper; its days are over, and days on which we
    supplied the point. From then on the limit on charging for old days does not hold for them:
    a bill that wrote some of them off is corrected with the next corrections, where the market
    lets the fault lift its limit. The same again is what is there; another from the same day,
    or for days that are on record, is refused.
    """

    def __init__(self, *, work: Work, clock: Clock, events: Events, faults: CustomerFaults):
        self._work = work
        self._clock = clock
        self._events = events
        self._faults = faults

    def __call__(self, found: FoundFault) -> RecordedFault:
        """Return the fault on record.

        Raises NotFound ``billing.customer_fault.supply_unknown``, Invalid or Refused where the
        rules forbid it, Conflict ``billing.customer_fault.exists`` or ``.overlaps``.
        """
        with self._work() as transaction:
            cups, supplied = self._faults.supplied(found.contract, Cups(found.cups))
            wanted = RecordedFault(
                contract=parse_contract_number(found.contract),
                cups=cups,
                fault=found.fault,
                days=found.days,
                owner=found.owner,
                source=found.source,
                recorded_on=self._clock.today(),
            )
            known = self._faults.known(found.contract, cups, found.fault, found.days.start)
            if known is not None:
                return _same(known, wanted)
            fault, events = record_fault(wanted, supplied=supplied)
            self._faults.add(fault)
            self._events.record(events)
            transaction.commit()
        return fault


def _same(known: RecordedFault, wanted: RecordedFault) -> RecordedFault:
    if attrs.evolve(wanted, recorded_on=known.recorded_on) != known:
        raise Conflict(
            "billing.customer_fault.exists", "another is on record from that day", fault=known.key
        )
    return known
