"""Dated prices, derivations and rounding: each number, bound and fault as it is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest

from energyretail.domain import pricing
from energyretail.domain.pricing import Combine, Derivation, Factor, Series
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Invalid,
    Money,
    Period,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

JULY = date(2026, 7, 1)
BEFORE = Period(date(2026, 1, 1), JULY)


def version(period: Period, value: str = "1", source: str = "law") -> pricing.Version:
    return pricing.Version(period, value, source)


class TestDatedPrice:
    PRICE = pricing.DatedPrice("toll", (version(Period(JULY), "3"), version(BEFORE, "2")))

    def test_is_that_of_the_version_in_force(self) -> None:
        days = [date(2026, 1, 1), date(2026, 6, 30), JULY, date(2099, 1, 1)]

        assert [self.PRICE.on(day).value for day in days] == [2, 2, 3, 3]

    def test_is_missing_before_its_first_version(self) -> None:
        with pytest.raises(Invalid) as found:
            self.PRICE.on(date(2025, 12, 31))

        assert found.value.code == "pricing.version_gap"
        assert found.value.text
        assert dict(found.value.facts) == {
            "price": "toll", "day": "2025-12-31", "until": "2026-01-01",
        }  # fmt: skip

    def test_is_missing_from_the_end_of_its_last_version_on(self) -> None:
        price = pricing.DatedPrice("toll", (version(BEFORE),))

        assert price.on(date(2026, 6, 30)).value == 1
        with pytest.raises(Invalid):
            price.on(JULY)

    def test_is_missing_in_a_gap_alone(self) -> None:
        gap = pricing.DatedPrice("toll", (version(BEFORE), version(Period(date(2026, 7, 3)))))

        for day in (JULY, date(2026, 7, 2)):
            with pytest.raises(Invalid):
                gap.on(day)
        assert gap.on(date(2026, 7, 3)).value == 1

    def test_keeps_its_versions_in_order_and_apart(self) -> None:
        assert [v.period for v in self.PRICE.versions] == [BEFORE, Period(JULY)]
        with pytest.raises(Invalid) as found:
            pricing.DatedPrice("toll", (version(Period(date(2026, 6, 30))), version(BEFORE)))

        assert found.value.code == "pricing.version_overlap"
        assert dict(found.value.facts) == {
            "price": "toll",
            "first": "2026-01-01/2026-07-01",
            "second": "2026-06-30/..",
        }

    def test_of_one_version_for_ever_is_that_of_any_day(self) -> None:
        price = pricing.always("fee", "0.81", "order")

        assert [price.on(day).value for day in (date.min, date.max)] == [Decimal("0.81")] * 2

    def test_derives_with_its_source_and_since_when(self) -> None:
        one = pricing.price_derivation((self.PRICE,), JULY, "EUR/kWh")
        fee = pricing.always("fee", "0.81", "order")
        both = pricing.price_derivation((self.PRICE, fee), JULY, "EUR/kWh")

        assert one.factors == (Factor("toll", Decimal(3), "EUR/kWh", "law from 2026-07-01"),)
        assert [part.factors[0].source for part in both.parts] == ["law from 2026-07-01", "order"]
        assert pricing.exact(both) == Fraction("3.81")
        assert both.name == "price"
        assert pricing.price_on((self.PRICE, fee), JULY) == Decimal("3.81")
        assert pricing.price_on((), JULY) == 0


class TestDerivation:
    PARTS = tuple(pricing.given(f"p{n}", n, "") for n in (2, 7, 3))

    @pytest.mark.parametrize(
        ("combine", "value"),
        [(Combine.SUM, 12), (Combine.PRODUCT, 42), (Combine.GREATEST, 7), (Combine.LEAST, 2)],
    )
    def test_combines_its_parts(self, combine: Combine, value: int) -> None:
        assert pricing.exact(Derivation("d", parts=self.PARTS, combine=combine)) == value

    def test_begins_with_one_where_it_has_no_parts(self) -> None:
        derivation = Derivation("d", (Factor("a", Decimal(6), ""),), (Factor("b", Decimal(4), ""),))

        assert pricing.exact(Derivation("d")) == 1
        assert pricing.exact(derivation) == Fraction(3, 2)

    def test_keeps_the_sign_of_what_it_divides_by(self) -> None:
        derivation = Derivation("d", divisors=(Factor("b", Decimal("-0.25"), ""),))

        assert pricing.exact(derivation) == -4

    def test_adds_the_products_of_its_series_as_one_part(self) -> None:
        kwh = Series("kWh", (Decimal("1.5"), Decimal(2)), "kWh")
        price = Series("price", (Decimal(-2), Decimal(5)), "EUR/kWh")
        part = pricing.given("fee", 10, "EUR")

        assert pricing.exact(Derivation("d", series=(kwh, price))) == 7
        assert pricing.exact(Derivation("d", series=(kwh,))) == Fraction("3.5")
        assert pricing.exact(Derivation("d", parts=(part,), series=(kwh, price))) == 17

    def test_of_series_loses_no_digit_of_long_numbers(self) -> None:
        long = Decimal("123456789012345678.123456789012345678")
        one = Derivation("d", series=(Series("a", (long, long), ""), Series("b", (long, long), "")))

        assert pricing.exact(one) == 2 * Fraction(long) ** 2

    def test_of_empty_series_is_nothing(self) -> None:
        assert pricing.exact(Derivation("d", series=(Series("a", (), ""),))) == 0

    def test_of_a_quotient_divides_and_then_multiplies(self) -> None:
        cost, energy = pricing.given("cost", "1.5", "EUR"), pricing.given("energy", 12, "kWh")
        unit = Factor("unit", 1000, "kWh/MWh")
        average = Derivation(
            "average", (unit,), parts=(cost, energy), combine=pricing.Combine.QUOTIENT
        )

        assert pricing.exact(average) == 125
        assert (
            pricing.explain(average)[0] == "average: quotient of 2 x unit 1000 kWh/MWh = 125.000000"
        )

    def test_of_a_quotient_by_nothing_is_nothing(self) -> None:
        parts = pricing.given("cost", 2, "EUR"), pricing.given("energy", 0, "kWh")

        assert pricing.exact(Derivation("d", parts=parts, combine=pricing.Combine.QUOTIENT)) == 0

    @pytest.mark.parametrize("count", [0, 1, 3])
    def test_refuses_a_quotient_of_other_than_two(self, count: int) -> None:
        parts = (pricing.given("x", 2, ""),) * count

        with pytest.raises(Invalid) as found:
            Derivation("d", parts=parts, combine=pricing.Combine.QUOTIENT)

        assert (found.value.code, found.value.facts["name"]) == ("pricing.quotient", "d")

    def test_refuses_series_of_two_lengths(self) -> None:
        with pytest.raises(Invalid) as found:
            Derivation("d", series=(Series("a", (), ""), Series("b", (Decimal(1),), "")))

        assert (found.value.code, found.value.facts["name"]) == ("pricing.series", "d")

    def test_refuses_to_divide_by_zero(self) -> None:
        with pytest.raises(Invalid) as found:
            Derivation("d", divisors=(Factor("days", Decimal("0.00"), ""),))

        assert (found.value.code, found.value.facts["divisor"]) == ("pricing.divisor", "days")

    def test_rounds_once_and_at_its_end(self) -> None:
        third = pricing.product("third", [], [Factor("", Decimal(3), "")])
        rounded = third.rounded(CENTS_HALF_UP)

        assert pricing.recompute(rounded) == Decimal("0.33")
        assert pricing.exact(pricing.product("sum", (), (), (rounded, rounded))) == Fraction("0.66")
        assert pricing.exact(pricing.product("sum", (), (), (third, third))) == Fraction(2, 3)
        assert rounded.rounded(None) == third

    def test_that_rounds_nowhere_is_recomputed_to_28_digits(self) -> None:
        two_thirds = pricing.product("2/3", [Factor("", 2, "")], [Factor("", 3, "")])

        assert str(pricing.recompute(two_thirds)) == f"0.{'6' * 27}7"

    def test_multiplies_factors_as_factors_and_the_rest_as_parts(self) -> None:
        plain = pricing.given("a", 2, "")
        total = pricing.product("b", (), (), self.PARTS)
        made = pricing.given("c", "0.125", "").rounded(CENTS_HALF_UP)
        series = Derivation("s", series=(Series("x", (Decimal(5),), ""),))

        found = pricing.multiply("d", plain, total, made, series)

        assert pricing.exact(found) == 2 * 12 * Fraction("0.13") * 5
        assert [f.name for f in found.factors] == ["a"]
        assert found.parts == (total, made, series)

    def test_is_explained_step_by_step(self) -> None:
        price = pricing.always("price", "0.15", "contract")
        energy = pricing.given("energy", "250", "kWh", "P1 1000; P1 1250")
        amount = pricing.multiply(
            "line", energy, pricing.price_derivation((price,), JULY, "EUR/kWh")
        )
        total = pricing.product("total", (), [Factor("", Decimal(2), "")], (amount, amount))

        assert pricing.explain(total.rounded(CENTS_HALF_UP)) == (
            "total: sum of 2 / 2 = 37.50, rounded half up to 2 places",
            "  line: energy 250 kWh [P1 1000; P1 1250] x price 0.15 EUR/kWh [contract] = 37.500000",
            "  line: energy 250 kWh [P1 1000; P1 1250] x price 0.15 EUR/kWh [contract] = 37.500000",
        )
        kwh = Series("energy", (Decimal(1), Decimal(2)), "kWh", "P1")
        minus = pricing.product("minus", [Factor("less", Decimal(-1), "")], parts=[amount])
        assert pricing.explain(Derivation("sum", series=(kwh,))) == (
            "sum: sum of 2 of energy in kWh [P1] = 3.000000",
        )
        assert pricing.explain(minus)[0] == "minus: the amount below x less -1 = -37.500000"
        assert pricing.explain(Derivation("one")) == ("one: 1 = 1.000000",)


class TestRounding:
    @pytest.mark.parametrize(
        ("mode", "expected"),
        [
            (RoundingMode.HALF_UP, ["0.02", "0.01", "0.02", "0.02", "0.03", "0.01"]),
            (RoundingMode.HALF_DOWN, ["0.01", "0.01", "0.02", "0.02", "0.02", "0.01"]),
            (RoundingMode.HALF_EVEN, ["0.02", "0.01", "0.02", "0.02", "0.02", "0.01"]),
            (RoundingMode.UP, ["0.02", "0.02", "0.02", "0.02", "0.03", "0.01"]),
            (RoundingMode.DOWN, ["0.01", "0.01", "0.01", "0.02", "0.02", "0.01"]),
        ],
    )
    def test_takes_halves_and_rests_where_its_mode_says(
        self, mode: RoundingMode, expected: list[str]
    ) -> None:
        values = ["0.015", "0.01499", "0.01501", "0.02", "0.025", "0.01"]
        rounding = Rounding(mode, 2)

        found = [str(pricing.round_exactly(Fraction(value), rounding)) for value in values]
        negative = [str(pricing.round_exactly(-Fraction(value), rounding)) for value in values]

        assert found == expected
        assert negative == [f"-{value}" for value in expected]

    def test_of_what_no_decimal_can_hold_looks_at_all_of_it(self) -> None:
        half = Fraction(1, 200)
        tiny = Fraction(1, 3 * 10**40)

        def rounded(value: Fraction, mode: RoundingMode) -> str:
            return str(pricing.round_exactly(value, Rounding(mode, 2)))

        assert rounded(half - tiny, RoundingMode.HALF_UP) == "0.00"
        assert rounded(half + tiny, RoundingMode.HALF_DOWN) == "0.01"
        assert rounded(half + tiny, RoundingMode.HALF_EVEN) == "0.01"
        assert rounded(tiny, RoundingMode.UP) == "0.01"
        assert rounded(-tiny, RoundingMode.DOWN) == "0.00"

    def test_keeps_all_digits_of_great_amounts(self) -> None:
        great = Fraction(10**45) + Fraction(1, 3)

        assert str(pricing.round_exactly(great, CENTS_HALF_UP)) == f"{10**45}.33"

    @pytest.mark.parametrize(
        ("quantity", "text"),
        [("30", "30"), ("100", "100"), ("0", "0"), ("1.500", "1.5"), ("0.0000005", "0.000001")],
    )
    def test_of_quantities_is_to_six_places_without_zeros_behind(
        self, quantity: str, text: str
    ) -> None:
        assert str(pricing.shown(Fraction(quantity))) == text


# 30 days of January, 4.6 kW and 250 kWh: the lines of docs/reference/tariff-format.md.
EXACT = [
    ("power", "11.651515"), ("power", "0.274270"), ("energy", "37.50"),
    ("bono_social", "0.573637"), ("excise", "2.556319"), ("meter_rent", "0.798904"),
]  # fmt: skip


def of_scope(
    scope: RoundingScope, exact: list[tuple[str, str]] = EXACT, **changes: Any
) -> pricing.PricedBill:
    shop = tuple(
        pricing.Extra(name=f"{group}{at}", tax_code="IVA", group=group)
        for at, (group, _) in enumerate(exact)
    )
    given: dict[str, Any] = {"rounding": RoundingPolicy(scope, CENTS_HALF_UP), **changes}
    iva = pricing.Vat("IVA", "IVA", pricing.always("IVA", 21, "test"))
    tariff = pricing.Tariff("T", "T", "EUR", shop, (iva,), **given)
    items = tuple(
        pricing.ExtraItem(f"{group}{at}", group, 1, value)
        for at, (group, value) in enumerate(exact)
    )
    return pricing.rate(tariff, pricing.Usage(extras=items), period=Period.month(2026, 1))


class TestTotals:
    def test_keep_what_a_component_says_of_its_line(self) -> None:
        price = (pricing.always("price", 2, "test"),)
        fee = pricing.StandingCharge(name="fee", tax_code=pricing.NO_TAX, price=price, group="dues")
        policy = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)

        bill = pricing.rate(
            pricing.Tariff("T", "T", "EUR", (fee,), (), rounding=policy),
            pricing.Usage(),
            period=Period.month(2026, 1),
        )

        (line,) = bill.lines
        assert (line.quantity, line.unit, line.price, line.price_unit) == (31, "days", 2, "EUR/day")
        assert (line.component, line.label, line.group) == ("fee", "fee", "dues")
        assert (line.tax_code, line.tax_rate, bill.taxes) == (pricing.NO_TAX, 0, ())
        assert (line.period, line.estimated, str(line.amount)) == (bill.period, False, "62.00 EUR")

    @pytest.mark.parametrize(
        ("scope", "net", "tax", "gross", "rounding"),
        [
            (RoundingScope.LINE, "53.35", "11.20", "64.55", []),
            (RoundingScope.SUBTOTAL, "53.36", "11.21", "64.57", ["0.01"]),
            (RoundingScope.TAX_GROUP, "53.35", "11.20", "64.55", []),
            (RoundingScope.END, "53.36", "11.20", "64.56", ["0.01"]),
        ],
    )
    def test_are_rounded_where_the_scope_says(
        self, scope: RoundingScope, net: str, tax: str, gross: str, rounding: list[str]
    ) -> None:
        bill = of_scope(scope)

        amounts = [f"{each.amount}" for each in (bill.net, bill.tax, bill.gross)]
        lines = [f"{x.amount.amount}" for x in bill.lines if x.component == pricing.ROUNDING]
        assert (amounts, lines) == ([net, tax, gross], rounding)

    def test_with_vat_inside_sum_to_the_total_to_pay(self) -> None:
        bill = of_scope(RoundingScope.TAX_GROUP, prices=pricing.Prices.TAX_INCLUSIVE)

        assert f"{bill.gross}" == "53.35 EUR"
        assert f"{bill.tax}" == "9.26 EUR"
        assert Money.total((x.amount for x in bill.lines), "EUR") == bill.gross

    def test_put_the_odd_cents_on_a_line_of_the_tax_they_miss(self) -> None:
        # Shown as 0.01 each; the base is 0.0145, with VAT 0.017545: 0.01 and 0.02.
        odd = [("energy", "0.005"), ("energy", "0.0095")]
        bill = of_scope(RoundingScope.END, odd, rounding_label="Redondeo")

        first, second = (x for x in bill.lines if x.component == pricing.ROUNDING)
        assert (str(first.amount), str(second.amount)) == ("-0.01 EUR", "0.01 EUR")
        assert (first.label, first.tax_code, first.tax_rate) == ("Redondeo", "IVA", 21)
        assert (second.tax_code, second.tax_rate) == (pricing.NO_TAX, 0)
        assert first.period == second.period == bill.period
        for line in (first, second):
            assert pricing.recompute(line.derivation) == line.amount.amount == line.price
            assert (line.quantity, line.group, line.estimated) == (1, "rounding", False)


class TestBill:
    @pytest.mark.parametrize(
        ("field", "what"),
        [
            ("lines", "lines"),
            ("taxes", "taxes"),
            ("gross", "net and tax"),
        ],
    )
    def test_refuses_what_does_not_add_up_and_says_what(self, field: str, what: str) -> None:
        bill = of_scope(RoundingScope.LINE)
        wrong = {
            "lines": bill.lines[1:],
            "taxes": (),
            "gross": bill.gross + Money("0.01", "EUR"),
        }

        with pytest.raises(Invalid) as found:
            attrs.evolve(bill, **{field: wrong[field]})

        assert (found.value.code, found.value.facts["what"]) == ("pricing.bill_sum", what)

    def test_with_vat_inside_holds_its_lines_to_the_total_to_pay(self) -> None:
        bill = of_scope(RoundingScope.LINE, prices=pricing.Prices.TAX_INCLUSIVE)

        assert Money.total((x.amount for x in bill.lines), "EUR") == bill.gross
        with pytest.raises(Invalid) as found:
            attrs.evolve(bill, prices=pricing.Prices.NET)
        assert found.value.facts["what"] == "lines"
        assert found.value.facts["total"] == str(bill.net)

    def test_is_in_whole_cents(self) -> None:
        bill = of_scope(RoundingScope.LINE)
        half = Money("0.005", "EUR")
        line = attrs.evolve(bill.lines[0], amount=bill.lines[0].amount + half)

        with pytest.raises(Invalid) as found:
            attrs.evolve(
                bill,
                lines=(line, *bill.lines[1:]),
                net=bill.net + half,
                gross=bill.gross + half,
            )
        assert found.value.code != "pricing.bill_sum"
