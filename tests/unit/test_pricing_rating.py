"""Rating refuses what it cannot price, and bills each kind of component as the tariff says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from energyretail.domain import markets, pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    Invalid,
    Money,
    Period,
    Power,
    PowerUnit,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

LINE = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
FIXED = markets.SPAIN.tariff("2.0TD-FIJO")
HOURS = markets.SPAIN.tariff("2.0TD-HORAS")
POWERS = (("P1", Power("4.6")), ("P2", Power("4.6")))


def use(
    kwh: str,
    period: Period = APRIL,
    register: str = "P1",
    quality: pricing.Quality = pricing.Quality.ACTUAL,
) -> pricing.RegisterUse:
    readings = (f"{register} {period.start} 0 actual v1",)
    return pricing.RegisterUse(register, period, Energy(kwh), quality, readings)


def tariff(*components: pricing.Component, **changes: object) -> pricing.Tariff:
    vat = pricing.Vat("VAT", "VAT", pricing.always("VAT", "20", "test"))
    return pricing.Tariff(
        "T", "Test", "EUR", components, **{"taxes": (vat,), "rounding": LINE, **changes}
    )


def fixed(
    value: str, per: pricing.Per = pricing.Per.YEAR, name: str = "fixed"
) -> pricing.StandingCharge:
    price = (pricing.always(name, value, "test"),)
    return pricing.StandingCharge(name=name, price=price, per=per, tax_code="VAT")


def net(of: pricing.Tariff, usage: pricing.Usage, period: Period = APRIL) -> Decimal:
    return pricing.rate(of, usage, period=period).net.amount


def code_of(found: pytest.ExceptionInfo[Invalid]) -> str:
    return found.value.code


class TestVersions:
    def test_refuse_two_on_one_day(self) -> None:
        first = pricing.Version(Period(date(2026, 1, 1), date(2026, 6, 2)), "1", "a")
        second = pricing.Version(Period(date(2026, 6, 1)), "2", "b")

        with pytest.raises(Invalid) as found:
            pricing.DatedPrice("price", (second, first))

        assert code_of(found) == "pricing.version_overlap"

    @pytest.mark.parametrize(
        "period",
        [
            Period(date(2025, 12, 15), date(2026, 1, 15)),
            Period(date(2026, 12, 15), date(2027, 1, 2)),
        ],
    )
    def test_refuse_a_bill_over_a_gap(self, period: Period) -> None:
        with pytest.raises(Invalid) as found:
            pricing.rate(FIXED, pricing.Usage((use("1", period),), POWERS), period=period)

        assert code_of(found) == "pricing.version_gap"

    def test_refuse_a_hole_in_the_middle_of_the_bill(self) -> None:
        price = pricing.DatedPrice(
            "price",
            (
                pricing.Version(Period(date(2026, 1, 1), date(2026, 4, 10)), "1", "a"),
                pricing.Version(Period(date(2026, 4, 11)), "2", "b"),
            ),
        )

        with pytest.raises(Invalid) as found:
            net(
                tariff(pricing.StandingCharge(name="s", price=(price,), tax_code="VAT")),
                pricing.Usage(),
            )

        assert code_of(found) == "pricing.version_gap"
        assert found.value.facts["day"] == "2026-04-10"


class TestUsage:
    def test_of_a_register_never_overlaps(self) -> None:
        late = Period(date(2026, 4, 30), date(2026, 5, 2))

        with pytest.raises(Invalid) as found:
            pricing.Usage((use("1"), use("1", late)))

        assert code_of(found) == "pricing.usage_overlap"

    @pytest.mark.parametrize(
        "uses",
        [
            (use("1", Period(date(2026, 4, 2), date(2026, 5, 1))),),
            (use("1", Period(date(2026, 4, 1), date(2026, 4, 30))),),
            (
                use("1", Period(date(2026, 4, 1), date(2026, 4, 10))),
                use("1", Period(date(2026, 4, 11), date(2026, 5, 1))),
            ),
        ],
    )
    def test_must_cover_the_billed_days(self, uses: tuple[pricing.RegisterUse, ...]) -> None:
        with pytest.raises(Invalid) as found:
            pricing.rate(FIXED, pricing.Usage(uses, POWERS), period=APRIL)

        assert code_of(found) == "pricing.usage_gap"

    def test_must_be_there_when_energy_is_billed(self) -> None:
        with pytest.raises(Invalid) as found:
            pricing.rate(FIXED, pricing.Usage((), POWERS), period=APRIL)

        assert code_of(found) == "pricing.usage_missing"

    def test_is_never_left_unpriced(self) -> None:
        uses = tuple(use("1", register=name) for name in ("P1", "P2", "P3", "P6"))

        with pytest.raises(Invalid) as found:
            pricing.rate(HOURS, pricing.Usage(uses, POWERS), period=APRIL)

        assert code_of(found) == "pricing.register_unpriced"

    def test_of_every_register_is_needed_for_hourly_prices(self) -> None:
        uses = tuple(use("1", register=name) for name in ("P1", "P2"))

        with pytest.raises(Invalid) as found:
            pricing.rate(HOURS, pricing.Usage(uses, POWERS), period=APRIL)

        assert code_of(found) == "pricing.usage_gap"

    def test_is_closed(self) -> None:
        with pytest.raises(Invalid) as found:
            use("1", Period(date(2026, 4, 1)))

        assert code_of(found) == "pricing.usage_open"

    @pytest.mark.parametrize(
        ("powers", "code"),
        [
            ((POWERS[0],), "pricing.power_missing"),
            ((POWERS[0], ("P2", Power("4.6", PowerUnit.KVA))), "pricing.power_unit"),
        ],
    )
    def test_names_its_powers_in_the_unit_of_the_price(
        self, powers: tuple[tuple[str, Power], ...], code: str
    ) -> None:
        with pytest.raises(Invalid) as found:
            pricing.rate(FIXED, pricing.Usage((use("1"),), powers), period=APRIL)

        assert code_of(found) == code

    def test_that_was_estimated_marks_its_lines_and_the_taxes_on_them(self) -> None:
        guessed = use("100", quality=pricing.Quality.ESTIMATED)

        bill = pricing.rate(FIXED, pricing.Usage((guessed,), POWERS), period=APRIL)

        estimated = {line.component for line in bill.lines if line.estimated}
        assert estimated == {"energy", "excise"}
        assert bill.estimated

    def test_readings_are_named_in_the_derivation_of_the_energy(self) -> None:
        bill = pricing.rate(FIXED, pricing.Usage((use("100"),), POWERS), period=APRIL)

        (energy,) = (line for line in bill.lines if line.component == "energy")
        assert "P1 2026-04-01 0 actual v1" in "\n".join(pricing.explain(energy.derivation))


class TestTariff:
    def test_refuses_two_components_of_one_name(self) -> None:
        with pytest.raises(Invalid) as found:
            tariff(fixed("1"), fixed("2"))

        assert code_of(found) == "pricing.name_twice"

    def test_keeps_the_name_of_the_rounding_line_to_itself(self) -> None:
        with pytest.raises(Invalid) as found:
            tariff(fixed("1", name="rounding"))

        assert code_of(found) == "pricing.name_twice"

    def test_refuses_a_tax_it_does_not_have(self) -> None:
        with pytest.raises(Invalid) as found:
            tariff(attrs.evolve(fixed("1"), tax_code="GST"))

        assert code_of(found) == "pricing.tax_unknown"

    def test_refuses_a_percentage_on_what_is_not_there(self) -> None:
        rate = pricing.always("tax", "5", "test")
        tax = pricing.PercentageTax(name="tax", bases=("other",), rate=rate, tax_code="VAT")

        with pytest.raises(Invalid) as found:
            tariff(tax, fixed("1"))

        assert code_of(found) == "pricing.base_unknown"

    def test_computes_a_percentage_on_what_stands_later(self) -> None:
        rate = pricing.always("tax", "5", "test")
        tax = pricing.PercentageTax(name="tax", bases=("fixed",), rate=rate, tax_code="VAT")

        bill = pricing.rate(tariff(tax, fixed("365")), pricing.Usage(), period=APRIL)

        found = [(line.component, line.amount.amount) for line in bill.lines]
        assert found == [("tax", Decimal("1.50")), ("fixed", Decimal("30.00"))]

    def test_refuses_components_that_rest_on_each_other(self) -> None:
        rate = pricing.always("tax", "5", "test")
        one = pricing.PercentageTax(name="one", bases=("two",), rate=rate, tax_code="VAT")
        two = pricing.PercentageTax(name="two", bases=("one",), rate=rate, tax_code="VAT")

        with pytest.raises(Invalid) as found:
            tariff(one, fixed("1"), two)

        assert code_of(found) == "pricing.base_circular"

    def test_refuses_a_percentage_on_prices_that_contain_vat(self) -> None:
        rate = pricing.always("tax", "5", "test")
        tax = pricing.PercentageTax(name="tax", bases=("fixed",), rate=rate, tax_code="VAT")

        with pytest.raises(Invalid) as found:
            tariff(fixed("1"), tax, prices=pricing.Prices.TAX_INCLUSIVE)

        assert code_of(found) == "pricing.base_inclusive"

    def test_refuses_amounts_finer_than_a_cent(self) -> None:
        mills = RoundingPolicy(RoundingScope.LINE, Rounding(RoundingMode.HALF_UP, 3))

        with pytest.raises(Invalid) as found:
            tariff(fixed("1"), rounding=mills)

        assert code_of(found) == "pricing.rounding_decimals"

    def test_refuses_an_open_period(self) -> None:
        with pytest.raises(Invalid) as found:
            pricing.rate(tariff(fixed("1")), pricing.Usage(), period=Period(date(2026, 4, 1)))

        assert code_of(found) == "pricing.period_open"


class TestTime:
    WINTER = Period(date(2023, 12, 17), date(2024, 1, 16))

    @pytest.mark.parametrize(
        ("policy", "per", "value", "expected"),
        [
            (pricing.Apportioning.DAYS_365, pricing.Per.YEAR, "365", "30.00"),
            (pricing.Apportioning.DAYS_365, pricing.Per.MONTH, "365", "360.00"),
            # 15 x 3660 / 365 + 15 x 3660 / 366
            (pricing.Apportioning.DAYS_IN_YEAR, pricing.Per.YEAR, "3660", "300.41"),
            # 310 x (15 + 15) / 31
            (pricing.Apportioning.DAYS_IN_MONTH, pricing.Per.MONTH, "310", "300.00"),
            (pricing.Apportioning.DAYS_IN_MONTH, pricing.Per.YEAR, "3720", "300.00"),
        ],
    )
    def test_is_apportioned_by_the_policy_of_the_tariff(
        self, policy: pricing.Apportioning, per: pricing.Per, value: str, expected: str
    ) -> None:
        priced = tariff(fixed(value, per), apportioning=policy)

        assert net(priced, pricing.Usage(), self.WINTER) == Decimal(expected)

    def test_of_a_calendar_month_costs_the_monthly_price(self) -> None:
        priced = tariff(
            fixed("9.99", pricing.Per.MONTH), apportioning=pricing.Apportioning.DAYS_IN_MONTH
        )

        for month in range(1, 13):
            assert net(priced, pricing.Usage(), Period.month(2024, month)) == Decimal("9.99")


class TestVat:
    def test_stands_at_several_rates_in_one_bill(self) -> None:
        reduced = pricing.Vat("LOW", "VAT", pricing.always("VAT", "5.5", "test"))
        normal = pricing.Vat("VAT", "VAT", pricing.always("VAT", "20", "test"))
        low = attrs.evolve(fixed("365", name="low"), tax_code="LOW")
        free = attrs.evolve(fixed("365", name="free"), tax_code=pricing.NO_TAX)

        bill = pricing.rate(
            tariff(fixed("365"), low, free, taxes=(normal, reduced)), pricing.Usage(), period=APRIL
        )

        assert [(str(t.rate), str(t.base), str(t.amount)) for t in bill.taxes] == [
            ("20", "30.00 EUR", "6.00 EUR"),
            ("5.5", "30.00 EUR", "1.65 EUR"),
        ]
        assert (bill.net, bill.gross) == (Money("90", "EUR"), Money("97.65", "EUR"))

    def test_inside_the_prices_is_taken_out_once(self) -> None:
        bill = pricing.rate(
            tariff(fixed("365"), prices=pricing.Prices.TAX_INCLUSIVE), pricing.Usage(), period=APRIL
        )

        assert (str(bill.net), str(bill.tax), str(bill.gross)) == (
            "25.00 EUR",
            "5.00 EUR",
            "30.00 EUR",
        )

    def test_of_a_credit_is_negative(self) -> None:
        bill = pricing.rate(tariff(fixed("-365")), pricing.Usage(), period=APRIL)

        assert (str(bill.net), str(bill.tax)) == ("-30.00 EUR", "-6.00 EUR")


class TestExcise:
    def test_minimum_decides_when_the_rate_is_lowered(self) -> None:
        bill = pricing.rate(FIXED, pricing.Usage((use("1000"),), POWERS), period=APRIL)

        (excise,) = (line for line in bill.lines if line.component == "excise")
        assert (excise.amount, excise.price_unit) == (Money("1.00", "EUR"), "EUR/MWh")

    def test_percentage_decides_otherwise(self) -> None:
        bill = pricing.rate(FIXED, pricing.Usage((use("10"),), POWERS), period=APRIL)

        (excise,) = (line for line in bill.lines if line.component == "excise")
        assert excise.price_unit == "%"


class TestZeroUse:
    def test_still_bills_the_fixed_parts(self) -> None:
        bill = pricing.rate(FIXED, pricing.Usage((use("0"),), POWERS), period=APRIL)

        amounts = {line.component: line.amount for line in bill.lines}
        assert not amounts["energy"]
        assert all(amounts[name] for name in ("power", "bono_social", "meter_rent", "excise"))


class TestBill:
    def test_refuses_lines_that_do_not_sum(self) -> None:
        bill = pricing.rate(tariff(fixed("365")), pricing.Usage(), period=APRIL)

        with pytest.raises(Invalid) as found:
            attrs.evolve(bill, lines=bill.lines[1:])

        assert code_of(found) == "pricing.bill_sum"
