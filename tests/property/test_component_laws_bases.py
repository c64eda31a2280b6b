"""The laws of what rests on other lines: percentages, discounts, minimums; and of power."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import attrs
from component_bench import (
    HARD,
    amounts,
    bill_of,
    constant,
    energies,
    exactly,
    long,
    percents,
    positive,
    powers,
    prices,
    read,
    unit_rate,
    usage_of_all,
)
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import (
    Period,
    Power,
    PowerUnit,
    Rounding,
    RoundingPolicy,
    RoundingScope,
    add_months,
)
from energyretail.testing import strategies

APRIL = Period.month(2026, 4)
per_amounts = st.sampled_from(pricing.AmountPer)


def two_bases(data: st.DataObject) -> tuple[tuple[pricing.Component, ...], pricing.Usage, Period]:
    """Draw two lines to rest on, one on energy and one on days, either may be negative."""
    period = data.draw(long)
    energy = unit_rate("energy", (data.draw(strategies.dated_prices(prices)),))
    fixed = data.draw(strategies.components("standing_charge", prices=prices))
    usage = data.draw(usage_of_all("unit_rate", period))
    return (energy, attrs.evolve(fixed, tax_code=pricing.NO_TAX)), usage, period


class TestPercentage:
    @HARD
    @given(data=st.data(), percent=percents)
    def test_is_linear_in_its_bases(self, data: st.DataObject, percent: Decimal) -> None:
        bases, usage, period = two_bases(data)
        rate = pricing.always("rate", percent, "test")
        tax = pricing.PercentageTax(
            name="tax", tax_code=pricing.NO_TAX, bases=("energy", "standing_charge"), rate=rate
        )

        found = exactly(bill_of((*bases, tax), usage, period))

        base = found["energy"] + found["standing_charge"]
        assert found["tax"] == base * Fraction(percent) / 100

    @HARD
    @given(energies, positive, percents, amounts)
    def test_is_the_greater_of_rate_and_minimum(
        self, kwh: Decimal, price: Decimal, percent: Decimal, minimum: Decimal
    ) -> None:
        tax = pricing.PercentageTax(
            name="tax",
            tax_code=pricing.NO_TAX,
            bases=("energy",),
            rate=pricing.always("rate", percent, "test"),
            minimum=pricing.always("minimum", minimum, "test"),
        )
        energy = unit_rate("energy", constant(price))

        found = exactly(bill_of((energy, tax), pricing.Usage((read(APRIL, kwh),)), APRIL))

        by_rate = Fraction(kwh) * Fraction(price) * Fraction(percent) / 100
        assert found["tax"] == max(by_rate, Fraction(kwh) * Fraction(minimum) / 1000)


class TestDiscount:
    @HARD
    @given(data=st.data())
    def test_never_exceeds_its_bases_nor_its_budget(self, data: st.DataObject) -> None:
        bases, usage, period = two_bases(data)
        earlier = data.draw(amounts)
        first, second = (self._drawn(data, name) for name in ("first", "second"))
        given_before = pricing.DiscountGiven("first", earlier)
        carried = () if first.budget is None else (given_before,)
        rounding = data.draw(strategies.rounding_policies())

        bill = bill_of(
            (*bases, first, second),
            usage,
            period,
            pricing.Circumstances(carried_over=pricing.CarriedOver(discounts=carried)),
            rounding=RoundingPolicy(rounding.scope, bill_rounding(rounding)),
        )

        found = shown(bill) if rounding.scope is RoundingScope.LINE else exactly(bill)
        off = -found.get("first", Fraction(0)), -found.get("second", Fraction(0))
        assert off[0] >= 0
        assert off[1] >= 0
        if first.budget is not None:
            assert off[0] <= max(Fraction(first.budget - earlier), 0)
        assert sum(off) <= positive_pieces(bill, rounding.scope)

    def _drawn(self, data: st.DataObject, name: str) -> pricing.Discount:
        by_percent = data.draw(st.booleans())
        percent = pricing.always("percent", data.draw(percents) * 2, "test")
        return pricing.Discount(
            name=name,
            tax_code=pricing.NO_TAX,
            bases=("energy", "standing_charge"),
            percent=percent if by_percent else None,
            amount=None if by_percent else data.draw(amounts),
            per=pricing.AmountPer.BILL if by_percent else data.draw(per_amounts),
            budget=data.draw(st.none() | amounts),
        )

    @HARD
    @given(amounts, st.lists(energies, min_size=2, max_size=5), percents, positive)
    def test_with_a_budget_gives_over_several_bills_what_it_would_over_one(
        self, budget: Decimal, used: list[Decimal], percent: Decimal, price: Decimal
    ) -> None:
        discount = pricing.Discount(
            name="off",
            tax_code=pricing.NO_TAX,
            bases=("energy",),
            percent=pricing.always("percent", percent, "test"),
            budget=budget,
        )
        energy = unit_rate("energy", constant(price))
        carried = pricing.NOTHING_CARRIED

        for number, kwh in enumerate(used):
            month = Period.month(2026, 1 + number)
            bill = bill_of(
                (energy, discount),
                pricing.Usage((read(month, kwh),)),
                month,
                pricing.Circumstances(carried_over=carried),
            )
            carried = bill.carried_over

        wanted = Fraction(sum(used)) * Fraction(price) * Fraction(percent) / 100
        # Of each bill the exact amount goes on, to twelve places.
        given_away = Fraction(carried.given("off"))
        assert abs(given_away - min(wanted, Fraction(budget))) <= Fraction(len(used), 10**12)

    @HARD
    @given(st.integers(0, 1_000), st.integers(1, 24), long)
    def test_of_some_months_ends_with_the_last_of_them(
        self, days: int, months: int, period: Period
    ) -> None:
        since = period.start - timedelta(days=days)
        free = pricing.Discount(
            name="off",
            tax_code=pricing.NO_TAX,
            bases=("fixed",),
            percent=pricing.always("percent", 100, "test"),
            months=months,
        )
        fixed = pricing.StandingCharge(name="fixed", tax_code=pricing.NO_TAX, price=constant(1))
        usage = pricing.Usage((read(period, Decimal(0)),))

        bill = bill_of((fixed, free), usage, period, pricing.Circumstances(since=since))

        free_days = period.meets(Period(since, add_months(since, months)))
        assert exactly(bill).get("off", 0) == -(free_days.days if free_days else 0)


def bill_rounding(policy: RoundingPolicy) -> Rounding:
    """Round to cents: a budget in cents is one that a line in tens would step over."""
    return attrs.evolve(policy.rounding, decimals=2)


def shown(bill: pricing.PricedBill) -> dict[str, Fraction]:
    found: dict[str, Fraction] = {}
    for line in bill.lines:
        amount = Fraction(line.amount.amount)
        found[line.component] = found.get(line.component, Fraction(0)) + amount
    return found


def positive_pieces(bill: pricing.PricedBill, scope: RoundingScope) -> Fraction:
    """Return the most that discounts may take: no piece gives what another one has."""
    pieces: dict[date, Fraction] = {}
    for line in bill.lines:
        if line.component in ("energy", "standing_charge"):
            exact = pricing.exact(line.derivation.rounded(None))
            value = Fraction(line.amount.amount) if scope is RoundingScope.LINE else exact
            day = line.period.start
            pieces[day] = pieces.get(day, Fraction(0)) + value
    return sum((max(value, Fraction(0)) for value in pieces.values()), start=Fraction(0))


class TestMinimum:
    @HARD
    @given(data=st.data(), amount=amounts)
    def test_makes_the_bases_of_a_bill_reach_it_and_no_more(
        self, data: st.DataObject, amount: Decimal
    ) -> None:
        bases, usage, period = two_bases(data)
        minimum = pricing.MinimumCharge(
            name="minimum",
            tax_code=pricing.NO_TAX,
            bases=("energy", "standing_charge"),
            amount=amount,
        )

        found = exactly(bill_of((*bases, minimum), usage, period))

        there = found["energy"] + found["standing_charge"]
        assert there + found.get("minimum", 0) == max(there, Fraction(amount))
        assert found.get("minimum", 1) > 0

    @HARD
    @given(amounts, prices, st.sampled_from(pricing.Apportioning), long)
    def test_pro_rata_makes_them_reach_its_share(
        self, amount: Decimal, price: Decimal, policy: pricing.Apportioning, period: Period
    ) -> None:
        fixed = pricing.StandingCharge(name="fixed", tax_code=pricing.NO_TAX, price=constant(price))
        minimum = pricing.MinimumCharge(
            name="minimum",
            tax_code=pricing.NO_TAX,
            bases=("fixed",),
            amount=amount,
            per=pricing.AmountPer.MONTH,
            apportioning=policy,
        )
        usage = pricing.Usage((read(period, Decimal(0)),))

        found = exactly(bill_of((fixed, minimum), usage, period))

        share = pricing.exact(pricing.time_share(period, pricing.Per.MONTH, policy))
        reached = found["fixed"] + found.get("minimum", 0)
        assert reached == max(found["fixed"], Fraction(amount) * share)


class TestPower:
    @HARD
    @given(data=st.data(), price=prices)
    def test_in_steps_of_one_price_costs_what_the_highest_does(
        self, data: st.DataObject, price: Decimal
    ) -> None:
        period = data.draw(long)
        drawn = data.draw(st.lists(powers, min_size=1, max_size=4))
        values = sorted(drawn, key=lambda power: power.value)
        names = [f"P{n}" for n in range(len(values))]
        usage = pricing.Usage((read(period, Decimal(0)),), tuple(zip(names, values, strict=True)))
        per = data.draw(st.sampled_from(pricing.Per))
        stepped = pricing.SteppedPower(
            name="power",
            tax_code=pricing.NO_TAX,
            steps=tuple((name, constant(price)) for name in names),
            unit=PowerUnit.KVA,
            per=per,
        )
        plain = pricing.SubscribedPower(
            name="power",
            tax_code=pricing.NO_TAX,
            rates=((names[-1], constant(price)),),
            unit=PowerUnit.KVA,
            per=per,
        )

        found = exactly(bill_of(stepped, usage, period))

        assert found == exactly(bill_of(plain, usage, period))

    @HARD
    @given(data=st.data(), ratchet=percents, minimum=st.none() | positive)
    def test_billed_with_a_ratchet_is_no_less_than_without(
        self, data: st.DataObject, ratchet: Decimal, minimum: Decimal | None
    ) -> None:
        peaks = data.draw(st.lists(powers, min_size=1, max_size=13))
        usage = pricing.Usage(
            (read(APRIL, Decimal(0)),),
            peaks=tuple(
                pricing.Peak("P1", add_months(APRIL.start, -n), peak)
                for n, peak in enumerate(peaks)
            ),
        )
        month = pricing.Demand(
            name="demand",
            tax_code=pricing.NO_TAX,
            price=constant(1),
            unit=PowerUnit.KVA,
            apportioning=pricing.Apportioning.DAYS_IN_MONTH,
            minimum=minimum,
        )
        rolling = attrs.evolve(month, basis=pricing.DemandBasis.ROLLING_12, ratchet_percent=ratchet)

        without, with_it = (exactly(bill_of(c, usage, APRIL))["demand"] for c in (month, rolling))

        now, before = Fraction(peaks[0].value), [Fraction(p.value) for p in peaks[1:12]]
        assert without == max(now, Fraction(minimum or 0))
        assert with_it == max(without, max(before, default=0) * Fraction(ratchet) / 100)

    @HARD
    @given(powers, powers, percents, st.integers(1, 3))
    def test_above_what_is_subscribed_costs_the_excess_and_below_it_nothing(
        self, subscribed: Power, peak: Power, tolerance: Decimal, multiplier: int
    ) -> None:
        overrun = pricing.Overrun(
            name="overrun",
            tax_code=pricing.NO_TAX,
            rates=(("P1", constant(1)),),
            unit=PowerUnit.KVA,
            tolerance_percent=tolerance,
            multiplier=Decimal(multiplier),
            apportioning=pricing.Apportioning.DAYS_IN_MONTH,
        )
        usage = pricing.Usage(
            (read(APRIL, Decimal(0)),),
            (("P1", subscribed),),
            (pricing.Peak("P1", APRIL.start, peak),),
        )

        found = exactly(bill_of(overrun, usage, APRIL)).get("overrun", 0)

        allowed = Fraction(subscribed.value) * (100 + Fraction(tolerance)) / 100
        assert found == max(multiplier * (Fraction(peak.value) - allowed), 0)
