"""A bill is cut on each day that changes something of it, and read one price after the other."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from energyretail.domain import pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    MarketTime,
    Period,
    Power,
    PowerUnit,
    RoundingPolicy,
    RoundingScope,
)

APRIL = Period.month(2026, 4)
LINE = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)


def april(day: int) -> date:
    return date(2026, 4, day)


def until(day: int) -> Period:
    return Period(date(2026, 1, 1), april(day))


def changing(day: int, before: str = "1", after: str = "2") -> pricing.DatedPrice:
    versions = (
        pricing.Version(until(day), before, "test"),
        pricing.Version(Period(april(day)), after, "test"),
    )
    return pricing.DatedPrice(f"changes on {day}", versions)


def fee(name: str, price: pricing.DatedPrice, **fields: Any) -> pricing.StandingCharge:
    return pricing.StandingCharge(name=name, tax_code="VAT", price=(price,), **fields)


ALWAYS = pricing.always("price", 1, "test")
FEE = fee("fee", ALWAYS)


def bill(
    *components: pricing.Component,
    powers: tuple[tuple[str, Power] | pricing.Subscribed, ...] = (),
    period: Period = APRIL,
    circumstances: pricing.Circumstances = pricing.PLAIN,
    **changes: Any,
) -> pricing.PricedBill:
    vat = pricing.Vat("VAT", "VAT", pricing.always("VAT", 20, "test"))
    given = {"taxes": (vat,), "rounding": LINE, **changes}
    tariff = pricing.Tariff("T", "Test", "EUR", components, **given)
    usage = pricing.Usage(powers=powers)
    return pricing.rate(tariff, usage, period=period, circumstances=circumstances)


def days(of: pricing.PricedBill, component: str = "fee") -> list[int]:
    """Return the first days of the lines of a component."""
    return [line.period.start.day for line in of.lines if line.component == component]


class TestCuts:
    CHANGING_VAT = (pricing.Vat("VAT", "VAT", changing(20, "21", "10")),)

    def test_are_none_where_nothing_changes(self) -> None:
        assert days(bill(FEE)) == [1]

    def test_are_those_of_all_that_changes(self) -> None:
        powers = (
            pricing.Subscribed("P1", Power(3), until(4)),
            pricing.Subscribed("P1", Power(5), Period(april(4))),
        )
        calendar = pricing.BandCalendar(
            "hours", MarketTime("Europe/Madrid"), until(8), "test", (pricing.BandRule("all"),)
        )
        found = bill(
            FEE,
            fee("first", changing(12)),
            fee("second", changing(16)),
            fee("limited", ALWAYS, valid=Period(april(24), april(28))),
            powers=powers,
            calendars=(calendar,),
            taxes=self.CHANGING_VAT,
        )

        assert days(found) == [1, 4, 8, 12, 16, 20, 24, 28]
        assert days(found, "limited") == [24]
        assert sum(line.quantity for line in found.lines if line.component == "fee") == 30

    def test_are_none_for_a_rate_of_vat_that_goes_by_another_day(self) -> None:
        last = pricing.TaxPoint.READING_END

        found = bill(fee("fee", changing(12)), taxes=self.CHANGING_VAT, tax_point=last)

        assert days(found) == [1, 12]
        assert [tax.rate for tax in found.taxes] == [10]

    def test_are_those_of_the_months_too_where_each_has_its_own_vat(self) -> None:
        found = bill(
            fee("fee", changing(12)),
            period=Period(date(2026, 3, 7), april(20)),
            tax_point=pricing.TaxPoint.DELIVERY_MONTH,
        )

        starts = [str(line.period.start) for line in found.lines]
        assert starts == ["2026-03-07", "2026-04-01", "2026-04-12"]


class TestInAdvance:
    FEE = fee("fee", ALWAYS, timing=pricing.Timing.ADVANCE)
    # IVA fell from 21 to 10 % on 22 March 2026, and was to rise again on 1 June.
    RATE = pricing.DatedPrice(
        "IVA",
        (
            pricing.Version(Period(date(2026, 3, 22), date(2026, 6, 1)), "10", "RD-ley 7/2026"),
            pricing.Version(Period(date(2026, 6, 1)), "21", "Ley 37/1992"),
        ),
    )

    def lines(self, tax_point: pricing.TaxPoint) -> list[tuple[str, str, str]]:
        advance = Period(date(2026, 5, 25), date(2026, 6, 5))
        found = bill(
            self.FEE,
            circumstances=pricing.Circumstances(advance=advance),
            taxes=(pricing.Vat("VAT", "VAT", self.RATE),),
            tax_point=tax_point,
        )
        return [(str(x.period), str(x.amount.amount), str(x.tax_rate)) for x in found.lines]

    def test_each_month_is_charged_at_its_own_vat_where_that_goes_by_months(self) -> None:
        assert self.lines(pricing.TaxPoint.DELIVERY_MONTH) == [
            ("2026-05-25/2026-06-01", "7.00", "10"),
            ("2026-06-01/2026-06-05", "4.00", "21"),
        ]

    def test_all_days_are_one_line_where_vat_goes_by_the_last_day_billed(self) -> None:
        assert self.lines(pricing.TaxPoint.READING_END) == [
            ("2026-05-25/2026-06-05", "11.00", "10")
        ]


class TestPercentage:
    # 30 days at 0.0035 EUR are 0.105 EUR, shown as 0.11.
    SMALL = fee("fee", pricing.always("price", "0.0035", "test"))
    HALF = pricing.PercentageTax(
        name="half", tax_code="VAT", bases=("fee",), rate=pricing.always("rate", 50, "test")
    )

    @pytest.mark.parametrize(
        ("scope", "amount"),
        [
            (RoundingScope.LINE, "0.06"),
            (RoundingScope.SUBTOTAL, "0.05"),
            (RoundingScope.TAX_GROUP, "0.05"),
            (RoundingScope.END, "0.05"),
        ],
    )
    def test_is_of_the_amount_shown_where_each_line_is_rounded_and_else_of_the_exact_one(
        self, scope: RoundingScope, amount: str
    ) -> None:
        found = bill(self.SMALL, self.HALF, rounding=RoundingPolicy(scope, CENTS_HALF_UP))

        (half,) = (line for line in found.lines if line.component == "half")
        assert str(half.amount.amount) == amount


class TestOrder:
    def test_of_lines_is_a_price_through_time_and_then_the_next(self) -> None:
        power = pricing.SubscribedPower(
            name="power",
            tax_code="VAT",
            rates=(("P2", (changing(11),)), ("P1", (ALWAYS,))),
            unit=PowerUnit.KW,
        )

        found = bill(power, FEE, powers=(("P1", Power(1)), ("P2", Power(2))))

        assert [(line.label, line.period.start.day) for line in found.lines] == [
            ("power P2", 1),
            ("power P2", 11),
            ("power P1", 1),
            ("power P1", 11),
            ("fee", 1),
            ("fee", 11),
        ]
