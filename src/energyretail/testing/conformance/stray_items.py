"""What every way of finding stray items promises."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from energyretail.application.billing import StrayItems, UsageBook
from energyretail.domain import pricing
from energyretail.domain.billing import Measured, StrayItem
from energyretail.domain.shared import Period
from energyretail.testing.conformance.billing_cases import SECOND, START, THIRD, contract_of, point
from energyretail.testing.conformance.billing_world import BillingWorld

__all__ = ["StrayItemsConformance", "StrayItemsWorld"]

_DAY = timedelta(days=1)
_EVER = Period(date(2025, 1, 1), date(2027, 1, 1))


@attrs.frozen
class StrayItemsWorld:
    """One implementation, empty, with what it takes to fill it."""

    billing: BillingWorld
    usage: UsageBook
    items: StrayItems

    def tell(self, number: int, on: date, *, label: str = "Lamp", **more: Any) -> None:
        """Tell of an item for a day of the `number`-th point, and of a line to pass on till it."""
        item = pricing.ExtraItem("shop", label, more.get("quantity", "1"), "5", on=on)
        amount = more.get("amount", "7")
        line = pricing.PassedOnLine("network", label, Period(on, on + _DAY), amount, "bill 7")
        with self.billing.work() as transaction:
            self.usage.take(
                point(number), Measured(pricing.Usage(extras=(item,), passed_on=(line,)))
            )
            transaction.commit()

    def found(self, days: Period = _EVER, **more: Any) -> list[tuple[str, str, date]]:
        """Return sort, name and day of what is stray."""
        found = self.items.stray(days, **{"after": "", "limit": 99, **more})
        return [(item.sort, item.name, item.on) for item in found]


class StrayItemsConformance:
    """Subclass in a test and give a fixture `stray` that returns an empty StrayItemsWorld."""

    def test_are_those_of_days_on_which_the_point_had_no_supply(
        self, stray: StrayItemsWorld
    ) -> None:
        stray.billing.sign(contract_of(1, ended_on=SECOND))
        before, first, last = START - _DAY, START, SECOND - _DAY
        for day in (before, first, last, SECOND):
            stray.tell(1, day)

        assert stray.found() == [
            ("extra", "shop / Lamp", before),
            ("extra", "shop / Lamp", SECOND),
            ("passed_on", "network / Lamp / bill 7", before),
            ("passed_on", "network / Lamp / bill 7", SECOND),
        ]

    def test_are_none_of_a_later_contract_that_has_the_day(self, stray: StrayItemsWorld) -> None:
        stray.billing.sign(contract_of(1, ended_on=SECOND))
        stray.tell(1, SECOND)
        later = contract_of(2)
        supply = attrs.evolve(later.supplies[0], site=contract_of(1).supplies[0].site)
        later = attrs.evolve(later, supplies=(attrs.evolve(supply, started_on=SECOND),))

        assert len(stray.found()) == 2
        stray.billing.sign(later)
        assert stray.found() == []

    def test_are_those_of_the_days_asked_for(self, stray: StrayItemsWorld) -> None:
        stray.billing.sign(contract_of(1, ended_on=SECOND))
        stray.tell(1, THIRD)

        assert len(stray.found(Period(THIRD, THIRD + _DAY))) == 2
        assert stray.found(Period(SECOND, THIRD)) == []
        assert stray.found(Period(THIRD + _DAY, THIRD + 9 * _DAY)) == []

    @pytest.mark.parametrize("nothing", ["0", "0.00"])
    def test_are_no_longer_when_told_again_as_nothing(
        self, stray: StrayItemsWorld, nothing: str
    ) -> None:
        stray.billing.sign(contract_of(1, ended_on=SECOND))
        stray.tell(1, THIRD)
        stray.tell(1, THIRD, label="Fuse", amount=nothing)

        assert len(stray.found()) == 3
        stray.tell(1, THIRD, quantity=nothing, amount=nothing)
        assert [name for _, name, _ in stray.found()] == ["shop / Fuse"]

    def test_that_end_on_one_day_are_told_apart_by_the_first(self, stray: StrayItemsWorld) -> None:
        ends = THIRD + _DAY
        lines = tuple(
            pricing.PassedOnLine("network", "Use", Period(first, ends), "7", "bill 7")
            for first in (SECOND, THIRD)
        )
        with stray.billing.work() as transaction:
            stray.usage.take(point(1), Measured(pricing.Usage(passed_on=lines)))
            transaction.commit()

        found = stray.items.stray(_EVER, after="", limit=99)
        assert [(item.days.start, item.on) for item in found] == [(SECOND, THIRD), (THIRD, THIRD)]
        assert stray.items.stray(_EVER, after=found[0].key, limit=99) == found[1:]

    def test_come_in_order_of_their_key(self, stray: StrayItemsWorld) -> None:
        for number in (2, 1):
            stray.tell(number, START)
        whole = stray.items.stray(_EVER, after="", limit=99)

        pages: list[StrayItem] = []
        while page := stray.items.stray(_EVER, after=pages[-1].key if pages else "", limit=1):
            pages += page

        assert tuple(pages) == whole
        assert [item.key for item in whole] == sorted(item.key for item in whole)
        assert len(whole) == 4
