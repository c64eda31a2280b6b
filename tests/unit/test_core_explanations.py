"""What a person reads of an amount: every step with the name, the unit and the source of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from energyretail.domain import billing, pricing
from energyretail.domain.billing.negation import negated
from energyretail.domain.pricing import Apportioning, Per, Proration, RegisterUse, Series
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    MarketTime,
    Money,
    Period,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

# 15 days of 2023, 15 of the leap year 2024.
WINTER = Period(date(2023, 12, 17), date(2024, 1, 16))
APRIL = Period.month(2026, 4)
SIX_PLACES = Rounding(RoundingMode.HALF_UP, 6)
PRICE = pricing.given("price", 12, "EUR/month", "contract")
GB = (
    pricing.Vat("S", "VAT", pricing.always("VAT", 20, "VATA 1994")),
    pricing.Vat("R", "VAT, reduced", pricing.always("VAT, reduced", 5, "VATA 1994")),
)
TO_CENTS = "rounded half up to 2 places"


def told(derivation: pricing.Derivation) -> list[str]:
    return list(pricing.explain(derivation))


def energy_bill(kwh: int, percent: int = 0, **changes: Any) -> pricing.PricedBill:
    """Return a bill of a price of energy, of which `percent` is at the reduced rate."""
    rate = pricing.UnitRate(
        name="energy", tax_code="S", price=(pricing.always("price", "0.1", "test"),)
    )
    given: dict[str, Any] = {
        "taxes": GB,
        "rounding": RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
        "vat_by_use": pricing.VatByUse("S", "R", Decimal(33)),
        **changes,
    }
    return pricing.rate(
        pricing.Tariff("T", "Test", "EUR", (rate,), **given),
        pricing.Usage((RegisterUse("P1", APRIL, Energy(kwh)),)),
        period=APRIL,
        circumstances=pricing.Circumstances(qualifying_percent=percent),
    )


def shop_bill(scope: RoundingScope) -> pricing.PricedBill:
    """Return a bill of three small things in two groups."""
    sold = (("power", "0.005"), ("energy", "0.0095"), ("energy", "0.0095"))
    takers = tuple(
        pricing.Extra(name=f"{group}{at}", tax_code="IVA", group=group)
        for at, (group, _) in enumerate(sold)
    )
    tariff = pricing.Tariff(
        "T", "T", "EUR", takers, (pricing.Vat("IVA", "IVA", pricing.always("IVA", 21, "test")),),
        rounding=RoundingPolicy(scope, CENTS_HALF_UP), rounding_label="Redondeo",
    )  # fmt: skip
    items = tuple(
        pricing.ExtraItem(f"{group}{at}", group, 1, value) for at, (group, value) in enumerate(sold)
    )
    return pricing.rate(tariff, pricing.Usage(extras=items), period=Period.month(2026, 1))


class TestShare:
    @pytest.mark.parametrize(
        ("per", "policy", "expected"),
        [
            (
                Per.MONTH,
                Apportioning.DAYS_365,
                "days 30 days x months 12 months/year / year 365 days/year = 0.986301",
            ),
            (
                Per.MONTH,
                Apportioning.DAYS_30_4375,
                "days 30 days / month 30.4375 days/month = 0.985626",
            ),
            (Per.YEAR, Apportioning.DAYS_360, "days 30 days / year 360 days/year = 0.083333"),
        ],
    )
    def test_says_days_and_what_they_are_divided_by(
        self, per: Per, policy: Apportioning, expected: str
    ) -> None:
        assert told(Proration(per, policy).share(WINTER)) == [f"share {WINTER}: {expected}"]

    def test_is_told_year_by_year_and_month_by_month(self) -> None:
        assert told(Proration(Per.MONTH, Apportioning.DAYS_IN_YEAR).share(WINTER)) == [
            "share: sum of 2 = 0.984954",
            "  share 2023-12-17/2024-01-01:"
            " days 15 days x months 12 months/year / year 365 days/year = 0.493151",
            "  share 2024-01-01/2024-01-16:"
            " days 15 days x months 12 months/year / year 366 days/year = 0.491803",
        ]
        assert told(Proration(Per.YEAR, Apportioning.DAYS_IN_MONTH).share(WINTER))[1] == (
            "  share 2023-12-17/2024-01-01:"
            " days 15 days / month 31 days/month / months 12 months/year = 0.040323"
        )

    def test_is_of_months_that_begin_on_the_first_unless_another_day_is_named(self) -> None:
        assert told(pricing.time_share(WINTER, Per.MONTH, Apportioning.DAYS_IN_MONTH))[1:] == [
            "  share 2023-12-17/2024-01-01: days 15 days / month 31 days/month = 0.483871",
            "  share 2024-01-01/2024-01-16: days 15 days / month 31 days/month = 0.483871",
        ]
        assert Proration(Per.MONTH, Apportioning.DAYS_IN_MONTH).anchor_day == 1

    def test_of_a_day_is_counted_alone(self) -> None:
        daily = Proration(Per.DAY, Apportioning.DAYS_365)

        assert told(daily.times("standing", PRICE, WINTER, SIX_PLACES)) == [
            "standing: price 12 EUR/month [contract] x days 30 days = 360.000000"
        ]

    def test_shows_the_price_of_a_day_that_was_made_first(self) -> None:
        monthly = Proration(Per.MONTH, Apportioning.DAYS_IN_MONTH, 25)
        yearly = Proration(Per.YEAR, Apportioning.DAYS_365)

        assert told(monthly.times("standing", PRICE, WINTER, SIX_PLACES)) == [
            "standing: sum of 2 = 11.716134",
            "  standing 2023-12-17/2023-12-25: the amount below x days 8 days = 3.200000",
            "    price of a day: the amount below / month 30 days/month"
            " = 0.400000, rounded half up to 6 places",
            "      price: 12 EUR/month [contract] = 12.000000",
            "  standing 2023-12-25/2024-01-16: the amount below x days 22 days = 8.516134",
            "    price of a day: the amount below / month 31 days/month"
            " = 0.387097, rounded half up to 6 places",
            "      price: 12 EUR/month [contract] = 12.000000",
        ]
        assert told(yearly.times("standing", PRICE, WINTER, SIX_PLACES))[0] == (
            f"standing {WINTER}: the amount below x days 30 days = 0.986310"
        )


class TestBill:
    ENERGY = "energy P1 2000 kWh x price 0.1 EUR/kWh [test]"

    def test_tells_which_use_bears_which_rate(self) -> None:
        low, full = energy_bill(2000, 40).lines

        assert told(low.derivation) == [
            f"energy: the amount below x qualifying use 40 % / 100 % = 80.00, {TO_CENTS}",
            f"  energy: {self.ENERGY} = 200.000000",
        ]
        assert told(full.derivation) == [
            f"energy: the amount below x other use 60 % / 100 % = 120.00, {TO_CENTS}",
            f"  energy: {self.ENERGY} = 200.000000",
        ]
        assert (low.quantity, full.quantity) == (800, 1200)

    def test_tells_the_tax_of_lines_rounded_each(self) -> None:
        (tax,) = shop_bill(RoundingScope.LINE).taxes

        assert told(tax.derivation) == [
            f"IVA: the amount below x 21 % [test] / 100 % = 0.01, {TO_CENTS}",
            "  lines: sum of 3 = 0.030000",
            f"    power: quantity 1 x price 0.005 EUR = 0.01, {TO_CENTS}",
            f"    energy: quantity 1 x price 0.0095 EUR = 0.01, {TO_CENTS}",
            f"    energy: quantity 1 x price 0.0095 EUR = 0.01, {TO_CENTS}",
        ]

    def test_tells_the_tax_of_subtotals(self) -> None:
        (tax,) = shop_bill(RoundingScope.SUBTOTAL).taxes

        assert told(tax.derivation) == [
            f"IVA: the amount below x 21 % [test] / 100 % = 0.01, {TO_CENTS}",
            "  subtotals: sum of 2 = 0.030000",
            f"    power: the amount below = 0.01, {TO_CENTS}",
            "      power: quantity 1 x price 0.005 EUR = 0.005000",
            f"    energy: sum of 2 = 0.02, {TO_CENTS}",
            "      energy: quantity 1 x price 0.0095 EUR = 0.009500",
            "      energy: quantity 1 x price 0.0095 EUR = 0.009500",
        ]

    def test_tells_the_tax_of_a_base_rounded_once_or_never(self) -> None:
        (once,) = shop_bill(RoundingScope.TAX_GROUP).taxes
        (never,) = shop_bill(RoundingScope.END).taxes

        assert told(once.derivation)[1] == f"  lines: sum of 3 = 0.02, {TO_CENTS}"
        assert told(never.derivation)[1] == "  lines: sum of 3 = 0.024000"

    def test_takes_vat_out_of_prices_that_contain_it(self) -> None:
        bill = energy_bill(2000, vat_by_use=None, prices=pricing.Prices.TAX_INCLUSIVE)
        (tax,) = bill.taxes

        assert told(tax.derivation)[0] == (
            f"VAT: the amount below x 20 % [VATA 1994] / 120 % = 33.33, {TO_CENTS}"
        )
        assert (str(tax.base), str(tax.amount)) == ("166.67 EUR", "33.33 EUR")
        assert (str(bill.net), str(bill.gross)) == ("166.67 EUR", "200.00 EUR")

    def test_tells_why_there_is_a_line_of_rounding(self) -> None:
        *_, line = shop_bill(RoundingScope.TAX_GROUP).lines

        assert (line.component, line.group, line.unit, line.price_unit) == (
            "rounding", "rounding", "", "EUR",
        )  # fmt: skip
        assert told(line.derivation) == [
            f"Redondeo: sum of 2 = -0.01, {TO_CENTS}",
            "  total, rounded once: 0.02 EUR = 0.020000",
            "  lines as shown: -0.03 EUR = -0.030000",
        ]

    def test_of_two_factors_of_its_name_shows_each_by_its_number(self) -> None:
        kwh = Series("kWh", (Decimal(1), Decimal(2)), "kWh")
        spot = Series("price", (Decimal(3), Decimal(4)), "EUR/kWh", "spot")
        whole = pricing.Derivation(
            "s",
            (pricing.Factor("s", 2, "x"),),
            (pricing.Factor("a", 2, "u", "law"), pricing.Factor("s", 5, "")),
            parts=(pricing.given("p", 1, ""),),
            combine=pricing.Combine.PRODUCT,
            series=(kwh, spot),
        )

        assert told(whole) == [
            "s: sum of 2 of kWh in kWh x price in EUR/kWh [spot] x the amount below x 2 x"
            " / a 2 u [law] / 5 = 2.200000",
            "  p: 1 = 1.000000",
        ]


class TestEnergy:
    def test_of_two_registers_is_told_as_their_sum(self) -> None:
        usage = pricing.Usage(
            (RegisterUse("P1", APRIL, Energy(30)), RegisterUse("P2", APRIL, Energy(12)))
        )

        energy = pricing.metered(usage, ("P1", "P2"), APRIL)

        assert energy.kwh == 42
        assert told(energy.derivation) == [
            "energy: sum of 2 = 42.000000",
            "  energy P1: 30 kWh = 30.000000",
            "  energy P2: 12 kWh = 12.000000",
        ]

    def test_of_bands_names_the_calendar_and_the_bands(self) -> None:
        rules = (
            pricing.BandRule("low", 0, 480),
            pricing.BandRule("mid", 480, 960),
            pricing.BandRule("top"),
        )
        zone = MarketTime("Europe/Madrid")
        calendar = pricing.BandCalendar("tolls", zone, pricing.ALWAYS, "test", rules)
        day = Period(date(2026, 4, 1), date(2026, 4, 2))
        hours = pricing.IntervalUse(
            "P1", zone.start_of(day.start), minutes=60, kwh=(Decimal(1),) * 24, zone=zone
        )

        energy = pricing.metered(
            pricing.Usage((hours,)),
            ("P1",),
            day,
            banding=pricing.Banding((calendar,), ("low", "top")),
        )

        assert energy.kwh == 16
        assert "tolls low, top" in told(energy.derivation)[0]


class TestCorrection:
    @property
    def old(self) -> pricing.PricedBill:
        return energy_bill(2000)

    @property
    def new(self) -> pricing.PricedBill:
        return energy_bill(2100, 40)

    def test_tells_line_by_line_what_is_billed_and_what_is_taken_back(self) -> None:
        low, full = billing.difference(self.old, self.new, of="F26-1").lines

        assert (low.tax_code, low.quantity, str(low.amount)) == ("R", 840, "84.00 EUR")
        assert (full.tax_code, full.quantity, str(full.amount)) == ("S", -740, "-74.00 EUR")
        assert (full.unit, full.price, full.price_unit) == ("kWh", Decimal("0.1"), "EUR/kWh")
        assert (full.component, full.label, full.group) == ("energy", "energy", "energy")
        assert (full.tax_rate, full.period, full.estimated) == (20, APRIL, False)
        assert told(full.derivation) == [
            f"Difference: energy: sum of 2 = -74.00, {TO_CENTS}",
            f"  energy: the amount below x other use 60 % / 100 % = 126.00, {TO_CENTS}",
            "    energy: energy P1 2100 kWh x price 0.1 EUR/kWh [test] = 210.000000",
            "  Credit: energy: the amount below x taken back -1 [credit of F26-1]"
            f" = -200.00, {TO_CENTS}",
            f"    energy: energy P1 2000 kWh x price 0.1 EUR/kWh [test] = 200.00, {TO_CENTS}",
        ]

    def test_tells_tax_by_tax_what_it_was(self) -> None:
        low, full = billing.difference(self.old, self.new, of="F26-1").taxes

        assert (low.tax, low.rate, str(low.base), str(low.amount)) == (
            "R", 5, "84.00 EUR", "4.20 EUR",
        )  # fmt: skip
        assert (full.tax, full.rate, str(full.base), str(full.amount)) == (
            "S", 20, "-74.00 EUR", "-14.80 EUR",
        )  # fmt: skip
        steps = told(full.derivation)
        assert steps[0] == f"Difference: S: sum of 2 = -14.80, {TO_CENTS}"
        assert steps[5] == (
            "  Credit: VAT: the amount below x taken back -1 [credit of F26-1]"
            f" = -40.00, {TO_CENTS}"
        )
        assert told(low.derivation)[0] == f"Difference: R: the amount below = 4.20, {TO_CENTS}"

    def test_of_what_is_gone_takes_all_of_it_back(self) -> None:
        back = billing.difference(self.new, self.old, of="F26-2")

        assert [(x.tax_code, str(x.amount)) for x in back.lines] == [
            ("S", "74.00 EUR"),
            ("R", "-84.00 EUR"),
        ]
        assert [(x.tax, str(x.base), str(x.amount)) for x in back.taxes] == [
            ("S", "74.00 EUR", "14.80 EUR"),
            ("R", "-84.00 EUR", "-4.20 EUR"),
        ]

    def test_with_vat_inside_stays_so(self) -> None:
        inside: dict[str, Any] = {"vat_by_use": None, "prices": pricing.Prices.TAX_INCLUSIVE}

        more = billing.difference(
            energy_bill(2000, **inside), energy_bill(2100, **inside), of="F26-1"
        )

        assert (more.prices, str(more.gross)) == (pricing.Prices.TAX_INCLUSIVE, "10.00 EUR")

    def test_by_a_price_alone_shows_the_difference_of_prices(self) -> None:
        (line,) = self.old.lines
        dearer = attrs.evolve(line, price=Decimal("0.12"))
        (shown,) = billing.difference(
            self.old, attrs.evolve(self.old, lines=(dearer,)), of="F26-1"
        ).lines

        assert (shown.quantity, shown.unit, shown.price, shown.price_unit) == (
            2000, "kWh", Decimal("0.02"), "EUR/kWh",
        )  # fmt: skip

    @pytest.mark.parametrize(
        "changes", [{"quantity": Decimal(1000)}, {"unit": "m3"}, {"price_unit": "EUR/MWh"}]
    )
    def test_of_two_unlike_numbers_shows_the_amount(self, changes: dict[str, Any]) -> None:
        (line,) = self.old.lines
        other = attrs.evolve(line, **{"price": Decimal("0.12"), **changes})
        (tax,) = self.old.taxes
        cheaper = attrs.evolve(
            self.old,
            lines=(attrs.evolve(other, amount=line.amount - Money.of_cents(1, "EUR")),),
            taxes=(attrs.evolve(tax, base=tax.base - Money.of_cents(1, "EUR")),),
            net=self.old.net - Money.of_cents(1, "EUR"),
            gross=self.old.gross - Money.of_cents(1, "EUR"),
        )
        changed = billing.difference(self.old, cheaper, of="F26-1")
        (shown,) = changed.lines

        assert (shown.quantity, shown.unit, shown.price, shown.price_unit) == (
            1, "", Decimal("-0.01"), "EUR",
        )  # fmt: skip
        assert [(str(t.base), str(t.amount)) for t in changed.taxes] == [("-0.01 EUR", "0.00 EUR")]

    def test_is_estimated_where_the_new_bill_is(self) -> None:
        (line,) = self.old.lines
        guessed = attrs.evolve(self.old, lines=(attrs.evolve(line, estimated=True),))
        longer = attrs.evolve(guessed, lines=(*guessed.lines, *guessed.lines), net=line.amount * 2,
                              gross=line.amount * 2 + self.old.tax)  # fmt: skip

        (first,) = billing.difference(self.old, longer, of="F26-1").lines
        (second,) = billing.difference(longer, self.old, of="F26-1").lines

        assert (first.estimated, second.estimated) == (True, False)
        assert (first.quantity, second.quantity) == (2000, -2000)

    def test_takes_a_bill_back_step_by_step(self) -> None:
        bill = negated(self.old, "F26-1")
        (line,), (tax,) = bill.lines, bill.taxes

        assert (line.quantity, str(line.amount)) == (-2000, "-200.00 EUR")
        assert (str(tax.base), str(tax.amount)) == ("-200.00 EUR", "-40.00 EUR")
        assert (bill.net, bill.tax, bill.gross) == (-self.old.net, -self.old.tax, -self.old.gross)
        assert told(line.derivation)[0] == (
            "Credit: energy: the amount below x taken back -1 [credit of F26-1]"
            f" = -200.00, {TO_CENTS}"
        )
        assert told(tax.derivation)[0] == (
            f"Credit: VAT: the amount below x taken back -1 [credit of F26-1] = -40.00, {TO_CENTS}"
        )
