"""Laws of double charges: no bill that is rated has one, and each that is made is found."""

from __future__ import annotations

from datetime import timedelta

import attrs
from hypothesis import assume, given
from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.billing import charge_a_day_both, charges_a_day_twice
from energyretail.domain.shared import Money, Period
from energyretail.testing import strategies

UNITS = ("/day", "/month", "/year", "·day", "·month", "·year")


def with_line(bill: pricing.PricedBill, line: pricing.PriceLine) -> pricing.PricedBill:
    """Return a bill of one line more, that costs nothing."""
    free = attrs.evolve(line, amount=Money.zero(bill.currency))
    return attrs.evolve(bill, lines=(*bill.lines, free))


@st.composite
def recurring(draw: st.DrawFn) -> tuple[pricing.PricedBill, pricing.PriceLine]:
    """A rated bill, and a line of it whose price runs with the days."""
    bill = draw(strategies.bills())
    lines = [line for line in bill.lines if line.price_unit.endswith(UNITS)]
    assume(lines)
    return bill, draw(st.sampled_from(lines))


class TestChargedTwice:
    @given(strategies.bills())
    def test_is_nothing_that_is_rated(self, bill: pricing.PricedBill) -> None:
        assert not charges_a_day_twice(bill)

    @given(recurring(), st.data())
    def test_is_a_day_of_a_line_once_more(
        self, case: tuple[pricing.PricedBill, pricing.PriceLine], data: st.DataObject
    ) -> None:
        bill, line = case
        day = line.period.start + timedelta(days=data.draw(st.integers(0, line.period.days - 1)))
        again = attrs.evolve(line, period=Period(day, day + timedelta(days=1)))

        assert charges_a_day_twice(with_line(bill, again))

    @given(recurring(), st.sampled_from(["component", "label", "tax_code", "price_unit", "days"]))
    def test_is_no_line_of_another_price_or_of_other_days(
        self, case: tuple[pricing.PricedBill, pricing.PriceLine], other: str
    ) -> None:
        bill, line = case
        until = bill.period.until
        changed = {
            "days": {"period": Period(until, until + timedelta(days=1))},
            "price_unit": {"price_unit": "EUR/kWh"},
        }.get(other, {other: "another"})

        assert not charges_a_day_twice(with_line(bill, attrs.evolve(line, **changed)))


class TestChargedByBoth:
    @given(strategies.bills(), st.data())
    def test_is_a_day_of_a_component_on_another_bill(
        self, bill: pricing.PricedBill, data: st.DataObject
    ) -> None:
        assume(bill.lines)
        line = data.draw(st.sampled_from(bill.lines))
        first = line.period.start + timedelta(days=data.draw(st.integers(-9, line.period.days + 9)))
        days = Period(first, first + timedelta(days=data.draw(st.integers(1, 9))))
        zero = Money.zero(bill.currency)
        free = attrs.evolve(line, period=days, amount=zero)
        other = attrs.evolve(bill, lines=(free,), taxes=(), net=zero, tax=zero, gross=zero)

        charged = {
            one.period.start + timedelta(days=n)
            for one in bill.lines
            if one.component == line.component
            for n in range(one.period.days)
        }
        both = any(first + timedelta(days=n) in charged for n in range(days.days))
        assert charge_a_day_both(bill, other) == charge_a_day_both(other, bill) == both
