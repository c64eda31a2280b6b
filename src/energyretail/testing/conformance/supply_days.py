"""What every implementation of the SupplyDays port promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import attrs

from energyretail.application.billing import SupplyDays, SupplyDaySpan
from energyretail.application.shared import WorkList
from energyretail.domain.billing import DaySpan, DayState
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Period
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    BillingWorld,
    contract_of,
    point,
    reading_of,
    readings_of,
)

__all__ = ["SupplyDaysConformance", "SupplyDaysWorld"]

_GRACE = 45


@attrs.frozen
class SupplyDaysWorld:
    """One implementation, empty, over a world of billing."""

    billing: BillingWorld
    days: SupplyDays
    work_list: WorkList

    def unexplained(self, today: date, *, grace_days: int = _GRACE) -> int:
        """Return how many days should have a bill or a reason and have neither."""
        return self.days.counts(today=today, grace_days=grace_days)[DayState.UNEXPLAINED]

    def spans(self, state: DayState, today: date, **given: Any) -> tuple[SupplyDaySpan, ...]:
        """Return the spans of a state."""
        asked: dict[str, Any] = {"after": "", "limit": 100, "grace_days": _GRACE} | given
        return self.days.spans(state=state, today=today, **asked)

    def park(self, number: int, day: date) -> None:
        """Put a period that billing could not bill on the work list."""
        key = f"K{number:06d}/{point(number)}/{day}"
        with self.billing.work() as transaction:
            self.work_list.add([WorkItem("billing", key, "billing.test", "", "", day)])
            transaction.commit()


class SupplyDaysConformance:
    """Subclass in a test and give a fixture `world` that returns an empty SupplyDaysWorld."""

    def test_counts_the_days_that_should_have_a_bill_and_have_none(
        self, world: SupplyDaysWorld
    ) -> None:
        _sign(world, 1)
        before = world.unexplained(SECOND)
        world.billing.bill_first("F-1", today=SECOND)

        assert before == 30
        assert world.unexplained(SECOND) == 0
        # Nothing is read after that: 45 days may wait, the rest should have been estimated.
        assert world.unexplained(SECOND.replace(month=6)) == 61 - 45
        world.billing.read(readings_of(1, THIRD, 200))
        assert world.unexplained(THIRD) == 31

    def test_tells_of_every_day_one_thing(self, world: SupplyDaysWorld) -> None:
        _sign(world, 1, 2)
        world.billing.bill_first("F-1", today=SECOND)
        world.park(2, START)
        today = SECOND + timedelta(days=10)

        counts = world.days.counts(today=today, grace_days=_GRACE)

        assert counts == {
            DayState.BILLED: 30,
            DayState.PARKED: 30,
            DayState.NOT_DUE: 20,
            DayState.UNEXPLAINED: 0,
        }
        (billed,) = world.spans(DayState.BILLED, today)
        (parked,) = world.spans(DayState.PARKED, today)
        assert billed == _span(1, DaySpan(Period(START, SECOND), DayState.BILLED))
        assert parked == _span(2, DaySpan(Period(START, SECOND), DayState.PARKED, "billing.test"))

    def test_pages_spans_by_contract_point_and_day(self, world: SupplyDaysWorld) -> None:
        _sign(world, 2, 1)
        whole = world.spans(DayState.UNEXPLAINED, SECOND)

        first = world.spans(DayState.UNEXPLAINED, SECOND, limit=1)
        rest = world.spans(DayState.UNEXPLAINED, SECOND, after=first[0].key)

        assert [each.contract for each in whole] == ["K000001", "K000002"]
        assert first + rest == whole

    def test_sees_no_day_after_the_end_of_supply(self, world: SupplyDaysWorld) -> None:
        world.billing.sign(contract_of(1, ended_on=SECOND))
        world.billing.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))

        counts = world.days.counts(today=THIRD, grace_days=0)

        assert sum(counts.values()) == counts[DayState.UNEXPLAINED] == 30

    def test_lets_a_parked_supply_explain_its_days(self, world: SupplyDaysWorld) -> None:
        _sign(world, 1, 2)
        world.park(1, START)

        assert world.unexplained(SECOND) == 30

    def test_lets_what_was_never_read_explain_its_days(self, world: SupplyDaysWorld) -> None:
        world.billing.sign(contract_of(1), contract_of(2), contract_of(3))
        for number, day in ((1, START), (2, START - timedelta(days=1)), (3, SECOND)):
            key = f"{point(number)}:{'P3:' if number == 3 else ''}{day}"
            with world.billing.work() as transaction:
                item = WorkItem("reading_missing", key, "metering.test", "", "", day)
                world.work_list.add([item])
                transaction.commit()

        counts = world.days.counts(today=THIRD, grace_days=0)

        days = (THIRD - START).days
        assert (counts[DayState.PARKED], counts[DayState.UNEXPLAINED]) == (2 * days, days)
        (first, _) = world.spans(DayState.PARKED, THIRD, grace_days=0)
        assert first.span.reason == "metering.test"

    def test_lets_what_is_missing_later_explain_no_day_that_was_read(
        self, world: SupplyDaysWorld
    ) -> None:
        _sign(world, 1)
        with world.billing.work() as transaction:
            item = WorkItem(
                "reading_missing", f"{point(1)}:{THIRD}", "metering.test", "", "", THIRD
            )
            world.work_list.add([item])
            transaction.commit()

        assert world.unexplained(SECOND) == 30

    def test_lets_a_parked_period_explain_nothing_once_it_is_billed(
        self, world: SupplyDaysWorld
    ) -> None:
        _sign(world, 1)
        world.park(1, START)
        parked = world.unexplained(SECOND)
        world.billing.bill_first("F-1", today=SECOND)
        world.billing.read(readings_of(1, THIRD, 200))

        assert parked == 0
        assert world.unexplained(THIRD) == 31
        world.park(1, SECOND)
        assert world.unexplained(THIRD) == 0

    def test_lets_a_parked_period_explain_no_day_before_it(self, world: SupplyDaysWorld) -> None:
        _sign(world, 1)
        world.park(1, SECOND)

        assert world.unexplained(SECOND) == 30

    def test_does_not_call_a_day_read_on_which_a_register_of_the_tariff_is_not(
        self, world: SupplyDaysWorld
    ) -> None:
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 100)[:2], readings_of(1, SECOND, 150)[:2])

        assert world.unexplained(SECOND) == 0
        assert world.unexplained(SECOND, grace_days=20) == 30 - 20
        world.billing.read(readings_of(1, START, 100)[2:], readings_of(1, SECOND, 150)[2:])
        assert world.unexplained(SECOND) == 30

    def test_calls_a_day_read_whatever_stray_register_was_read_once(
        self, world: SupplyDaysWorld
    ) -> None:
        _sign(world, 1)
        world.billing.read([reading_of(1, START, "P4", 7)])

        assert world.unexplained(SECOND) == 30

    def test_expects_a_bill_for_what_is_read_under_an_unknown_tariff(
        self, world: SupplyDaysWorld
    ) -> None:
        world.billing.sign(contract_of(1, tariff="9.9XX"))
        world.billing.read(readings_of(1, START, 100)[:1], readings_of(1, SECOND, 150)[:1])

        assert world.unexplained(SECOND) == 30


def _sign(world: SupplyDaysWorld, *numbers: int) -> None:
    world.billing.sign(*map(contract_of, numbers))
    _read(world, numbers)


def _read(world: SupplyDaysWorld, numbers: Sequence[int]) -> None:
    for number in numbers:
        world.billing.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))


def _span(number: int, span: DaySpan) -> SupplyDaySpan:
    return SupplyDaySpan(f"K{number:06d}", point(number).value, span)
