"""A bill hands on what the next one must know: the energy of a year, and what a discount gave."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain import pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    Period,
    RoundingPolicy,
    RoundingScope,
)

APRIL = Period.month(2026, 4)
NEW_YEAR = date(2026, 1, 1)
NOTHING = pricing.CarriedOver()


def price(value: str) -> tuple[pricing.DatedPrice, ...]:
    return (pricing.always("price", value, "test"),)


# 900 kWh of a calendar year at 1 EUR, the rest at 2; a tenth off until 50 EUR were given.
ENERGY = pricing.Blocks(
    name="energy",
    tax_code="none",
    steps=(pricing.Block(price("1"), Decimal(900)), pricing.Block(price("2"))),
    counted_over=pricing.CountedOver.TAX_YEAR,
)
WELCOME = pricing.Discount(
    name="welcome",
    tax_code="none",
    bases=("energy",),
    percent=pricing.always("percent", 10, "test"),
    budget=Decimal(50),
)


def carried(kwh: str, given: str) -> pricing.CarriedOver:
    return pricing.CarriedOver(
        (pricing.Counter("energy", NEW_YEAR, kwh),), (pricing.DiscountGiven("welcome", given),)
    )


def bill(
    *components: pricing.Component,
    kwh: str = "30",
    carried_over: pricing.CarriedOver = NOTHING,
) -> pricing.PricedBill:
    policy = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
    return pricing.rate(
        pricing.Tariff("T", "Test", "EUR", components, (), policy),
        pricing.Usage((pricing.RegisterUse("P1", APRIL, Energy(kwh)),)),
        period=APRIL,
        circumstances=pricing.Circumstances(carried_over=carried_over),
    )


def amounts(of: pricing.PricedBill, component: str) -> list[str]:
    return [str(line.amount.amount) for line in of.lines if line.component == component]


class TestCarriedOver:
    def test_is_what_was_handed_on_and_what_this_bill_counted_and_gave(self) -> None:
        earlier = carried("880", "44")

        found = bill(ENERGY, WELCOME, carried_over=earlier)

        # 20 kWh at 1 EUR, 10 at 2, a tenth of both off.
        assert (amounts(found, "energy"), amounts(found, "welcome")) == (
            ["20.00", "20.00"],
            ["-4.00"],
        )
        assert found.carried_from == earlier
        assert found.carried_over == carried("910", "48")
        assert found.counted == carried("30", "4")

    def test_of_a_first_bill_begins_with_nothing(self) -> None:
        found = bill(ENERGY, WELCOME)

        assert found.carried_from == NOTHING
        assert found.carried_over == found.counted == carried("30", "3")

    def test_stays_as_it_was_where_nothing_was_used(self) -> None:
        earlier = carried("880", "44")

        found = bill(ENERGY, WELCOME, kwh="0", carried_over=earlier)

        assert found.carried_over == earlier
        assert found.counted == carried("0", "0")

    def test_is_nothing_where_nothing_is_counted_from_bill_to_bill(self) -> None:
        by_bill = attrs.evolve(ENERGY, counted_over=pricing.CountedOver.BILL)

        found = bill(by_bill, attrs.evolve(WELCOME, budget=None))

        assert found.carried_over == NOTHING


class TestABudget:
    # Ten days each at 1, 2 and 3 EUR.
    FEE = pricing.StandingCharge(
        name="fee",
        tax_code="none",
        price=(
            pricing.DatedPrice(
                "fee",
                (
                    pricing.Version(Period(NEW_YEAR, date(2026, 4, 11)), "1", "test"),
                    pricing.Version(Period(date(2026, 4, 11), date(2026, 4, 21)), "2", "test"),
                    pricing.Version(Period(date(2026, 4, 21)), "3", "test"),
                ),
            ),
        ),
    )
    HALF = attrs.evolve(WELCOME, bases=("fee",), percent=pricing.always("percent", 50, "test"))
    TAKEN = pricing.UnitRate(name="energy", tax_code="none", price=price("0"))

    def given(self, before: str) -> tuple[list[str], pricing.CarriedOver]:
        earlier = pricing.CarriedOver(discounts=(pricing.DiscountGiven("welcome", before),))
        found = bill(self.TAKEN, self.FEE, self.HALF, carried_over=earlier)
        return amounts(found, "welcome"), found.carried_over

    def test_is_spent_by_all_parts_of_a_bill_together(self) -> None:
        spent = pricing.CarriedOver(discounts=(pricing.DiscountGiven("welcome", 50),))

        # Half of 10, 20 and 30 EUR, as far as what earlier bills left of the budget goes.
        assert self.given("20") == (["-5.00", "-10.00", "-15.00"], spent)
        assert self.given("30") == (["-5.00", "-10.00", "-5.00"], spent)
        assert self.given("38") == (["-5.00", "-7.00"], spent)
        assert self.given("50") == ([], spent)
