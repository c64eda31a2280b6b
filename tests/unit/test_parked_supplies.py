"""What waits for a bill is over once it is made, whatever else stands beside it."""

from __future__ import annotations

import doctest
from collections.abc import Iterable
from datetime import date

from energyretail.adapters.memory.shared import MemoryWorkList
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.billing.parked_supplies import close_parked
from energyretail.domain.billing import PARKED_KIND, parked, parked_key
from energyretail.domain.operations import WorkItem

ONE, OTHER, BEYOND = (f"K00000{n}/ES0021000000000001AB" for n in (1, 2, 3))
MARCH, APRIL, MAY = (date(2026, month, 1) for month in (3, 4, 5))


def item(key: str) -> WorkItem:
    return WorkItem(PARKED_KIND, key, "billing.test", "", "", MARCH)


def left_of(*keys: str, after: str = "", until: str = "") -> set[str]:
    """Return what is left of items when ONE and OTHER are billed to the end of April."""
    store = MemoryStore()
    work_list = MemoryWorkList(store)

    def billed(wanted: frozenset[str]) -> Iterable[tuple[str, date]]:
        return [(supply, MAY) for supply in (ONE, OTHER, BEYOND) if supply in wanted]

    with MemoryWork(store)() as transaction:
        work_list.add([item(key) for key in keys])
        close_parked(work_list, after=after, until=until, billed=billed, on=MAY)
        transaction.commit()
    return {each.key for each in work_list.open_items()}


def test_days_that_are_billed_are_over_and_later_ones_are_not() -> None:
    later = parked_key(ONE, MAY)

    assert left_of(parked_key(ONE, MARCH), parked_key(OTHER, APRIL), later) == {later}


def test_the_range_ends_with_the_items_of_its_last_supply() -> None:
    beyond = parked_key(BEYOND, MARCH)

    assert left_of(parked_key(OTHER, MARCH), beyond, until=OTHER) == {beyond}


def test_what_somebody_wrote_by_hand_stays_and_stops_nobody() -> None:
    by_hand = {"K000001", f"{ONE}/soon", "ask the operator", f"{ONE}/20260301"}

    assert left_of(*by_hand, parked_key(ONE, MARCH)) == by_hand


def test_the_examples_hold() -> None:
    assert doctest.testmod(parked, extraglobs={"date": date}).failed == 0
