"""A supply that makes the program fail is parked alone, and the others are billed."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date

import attrs
import pytest

from energyretail.adapters.memory.shared import MemoryWorkList
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.shared.bounded import bounded
from energyretail.application.operations import (
    PARKED_RUNBOOK,
    BillAroundFailures,
    BoundsOfARange,
)
from energyretail.domain.shared import Fault, Refused
from energyretail.testing.bill_runs import FewSupplies, RangeOfFew

KEYS = [f"k{n:04}" for n in range(400)]


def hang() -> None:
    while True:
        time.sleep(0.01)


def allocate() -> None:
    kept = []
    while True:
        kept.append(b"x" * 5_000_000)


def fail() -> None:
    raise ZeroDivisionError("by nought")


TODAY = date(2026, 4, 6)


@attrs.define
class Poisoned:
    """Bills a range unless one of its supplies is poisoned; counts how often each is tried."""

    few: FewSupplies
    poison: dict[str, Callable[[], None]]
    tries: dict[str, int] = attrs.field(factory=dict)

    def __call__(self, *, after: str, until: str, limit: int, on: date) -> RangeOfFew:
        page = [key for key in self.few.due() if key > after and (not until or key <= until)]
        for key in page[:limit]:
            if key in self.poison:
                self.tries[key] = self.tries.get(key, 0) + 1
                self.poison[key]()
        return self.few(after=after, until=until, limit=limit, on=on)


def company(
    poison: dict[str, Callable[[], None]], *, seconds: float = 20
) -> tuple[BillAroundFailures, Poisoned, MemoryWorkList]:
    store = MemoryStore()
    work, work_list = MemoryWork(store), MemoryWorkList(store)
    few = FewSupplies(work, work_list, KEYS)
    bill = Poisoned(few, poison)
    around = BillAroundFailures(
        work=work,
        bill=bill,
        supplies=few,
        work_list=work_list,
        bounds=bounded,
        allowed=BoundsOfARange(seconds=seconds, seconds_a_supply=0, bytes_more=100_000_000),
    )
    return around, bill, work_list


class TestBillAroundFailures:
    @pytest.mark.parametrize(
        ("poison", "code"),
        [
            (fail, "billing.unexpected"),
            (hang, "operations.bounds.time"),
            (allocate, "operations.bounds.memory"),
        ],
    )
    def test_parks_the_one_that_fails(self, poison: Callable[[], None], code: str) -> None:
        around, bill, work_list = company({"k0123": poison}, seconds=0.3 if poison is hang else 20)

        billed = around(limit=500, on=TODAY)

        assert (billed.issued, billed.parked, billed.resume) == (399, 1, None)
        assert billed.why == ((code, 1),)
        (item,) = (each for each in work_list.open_items() if each.kind == "billing")
        assert item.key.startswith("k0123/")
        assert item.code == code
        assert PARKED_RUNBOOK in item.way_out
        assert bill.tries["k0123"] <= 8

    def test_parks_several_and_goes_on_where_it_was(self) -> None:
        around, bill, _ = company(dict.fromkeys(KEYS[7:240:40], fail))

        first = around(limit=250, on=TODAY)
        rest = around(after=first.resume or "", limit=250, on=TODAY)

        assert (first.issued, first.parked, first.resume) == (244, 6, KEYS[249])
        assert (rest.issued, rest.parked, rest.resume) == (150, 0, None)
        assert max(bill.tries.values()) <= 8

    def test_tells_what_columns_left_in_every_part(self) -> None:
        around, bill, _ = company({"k0123": fail})
        bill.few.keys = sorted([*KEYS, "o1", "o2", "a", "o0"])

        billed = around(limit=500, on=TODAY)

        assert (billed.parked, dict(billed.reasons)) == (1, {"few.odd": 3})

    def test_parks_nobody_where_it_is_not_for_them(self) -> None:
        around, _, work_list = company(dict.fromkeys(KEYS, fail))

        with pytest.raises(ZeroDivisionError):
            around(limit=100, on=TODAY)

        assert len([each for each in work_list.open_items() if each.kind == "billing"]) <= 5

    @pytest.mark.parametrize(("keys", "parked"), [(1, True), (2, False), (5, False)])
    def test_raises_on_where_several_fail_and_nobody_is_billed(
        self, *, keys: int, parked: bool
    ) -> None:
        around, _, _ = company(dict.fromkeys(KEYS, fail))

        if parked:
            assert around(until=KEYS[keys - 1], limit=1000, on=TODAY).parked == 1
            return
        with pytest.raises(ZeroDivisionError):
            around(until=KEYS[keys - 1], limit=1000, on=TODAY)

    def test_counts_nobody_who_is_parked_already(self) -> None:
        around, bill, work_list = company(dict.fromkeys(KEYS[:9], fail))
        first = around(limit=400, on=TODAY)

        again = around(limit=400, on=TODAY)

        assert (first.issued, first.parked) == (391, 9)
        assert (again.issued, again.parked, again.resume) == (0, 9, None)
        assert len([each for each in work_list.open_items() if each.kind == "billing"]) == 9
        assert max(bill.tries.values()) <= 2 * 8

    def test_leaves_a_fault_of_a_partner_to_be_tried_again(self) -> None:
        def away() -> None:
            raise Fault("erp.timeout", "no answer")

        around, bill, _ = company({"k0003": away})

        with pytest.raises(Fault):
            around(limit=100, on=TODAY)

        assert bill.tries == {"k0003": 1}


class TestBounded:
    def test_lets_what_is_swift_and_small_be(self) -> None:
        with bounded(seconds=5, bytes_more=1 << 30):
            assert sum(range(1000)) == 499500

    def test_ends_what_swallows_every_exception(self) -> None:
        def deaf() -> None:
            while True:
                try:
                    time.sleep(0.01)
                except Exception:
                    time.sleep(0)

        with (
            pytest.raises(Refused, match=r"bounds\.time"),
            bounded(seconds=0.1, bytes_more=1 << 30),
        ):
            deaf()

    def test_leaves_what_waits_to_whom_it_waits_for(self) -> None:
        with bounded(seconds=0.2, bytes_more=1 << 30, is_waiting=lambda: True):
            time.sleep(0.3)

    def test_waits_no_longer_than_as_long_again(self) -> None:
        with (
            pytest.raises(Refused, match=r"bounds\.time"),
            bounded(seconds=0.1, bytes_more=1 << 30, is_waiting=lambda: True),
        ):
            hang()

    def test_sends_nothing_once_the_block_is_over(self) -> None:
        for _ in range(20):
            try:
                with bounded(seconds=0.05, bytes_more=1 << 30):
                    time.sleep(0.05)
            except Refused:
                pass
        time.sleep(0.2)
