"""Examples of why one bill differs from another, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import attrs
import pytest

from energyretail.application.billing import CompareInvoice
from energyretail.domain import billing, pricing
from energyretail.domain.billing import EffectKind
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Cups,
    Energy,
    Money,
    NotFound,
    Period,
    Power,
    PowerUnit,
    Refused,
    RoundingPolicy,
    RoundingScope,
    contract_number,
    customer_number,
    invoice_number,
)
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    readings_of,
)

THIRTY = Period(date(2026, 1, 1), date(2026, 1, 31))
NEXT_THIRTY = Period(date(2026, 1, 31), date(2026, 3, 2))
TWENTY = Period(date(2026, 2, 1), date(2026, 2, 21))


def at(value: str) -> pricing.DatedPrice:
    return pricing.always("price", value, "an example")


def energy(price: str) -> pricing.UnitRate:
    return pricing.UnitRate(name="energy", label="Energy", price=(at(price),), tax_code="VAT")


def bill(
    period: Period,
    kwh: str,
    *components: pricing.Component,
    vat: str = "0",
    currency: str = "EUR",
    prices: pricing.Prices = pricing.Prices.NET,
    apportioning: pricing.Apportioning = pricing.Apportioning.DAYS_365,
    registers: Sequence[str] = ("P1",),
    scope: RoundingScope = RoundingScope.LINE,
) -> billing.Invoice:
    tariff = pricing.Tariff(
        code="EXAMPLE",
        name="Example",
        currency=currency,
        components=components,
        taxes=(pricing.Vat("VAT", "VAT", at(vat)),),
        rounding=RoundingPolicy(scope, CENTS_HALF_UP),
        prices=prices,
        apportioning=apportioning,
    )
    uses = [
        pricing.RegisterUse(register, period, Energy(kwh), pricing.Quality.ACTUAL)
        for register in registers
    ]
    usage = pricing.Usage(uses, (("P1", Power("4", PowerUnit.KW)),))
    return billing.Invoice(
        number=invoice_number("F", period.until, period.start.month),
        kind=billing.InvoiceKind.INVOICE,
        contract=contract_number(1),
        customer=customer_number(1),
        cups=Cups.of_digits("0031000000000001"),
        tariff=tariff.code,
        bill=pricing.rate(tariff, usage, period=period),
        readings=(
            billing.IndexReading("P1", period.start, 1, Decimal("99999.5"), pricing.Quality.ACTUAL),
            billing.IndexReading(
                "P1", period.until, 1, Decimal(kwh) - Decimal("0.5"), pricing.Quality.ACTUAL
            ),
        ),
        issued_on=period.until,
        due_on=period.until,
    )


def cents(found: billing.Comparison | billing.PartComparison) -> dict[str, int]:
    return {e.kind.value: e.amount.cents for e in found.effects if e.amount}


AFTER = bill(TWENTY, "200", energy("0.10"))


class TestComparison:
    def test_shares_a_product_out_over_all_orders(self) -> None:
        """10 kWh x 30 days x 0.10 become 8 x 20 x 0.12: 30.00 EUR become 19.20 EUR.

        Price: 0.02 x (2·10·30 + 8·30 + 10·20 + 2·8·20) / 6 = 4.53; use: -5.47; days: -9.87, of
        which the odd cent is taken.
        """
        before, after = bill(THIRTY, "300", energy("0.10")), bill(TWENTY, "160", energy("0.12"))

        found = billing.compare(before, after)

        assert found.difference == Money("-10.80", "EUR")
        assert cents(found) == {"price": 453, "usage": -547, "days": -986}
        assert [effect.kind.value for effect in found.causes] == ["days", "usage", "price"]

    def test_tells_the_figures_it_rests_on(self) -> None:
        before, after = bill(THIRTY, "300", energy("0.10")), bill(TWENTY, "160", energy("0.12"))

        found = billing.compare(before, after)

        assert [
            (told.days, told.kwh, told.kwh_per_day, told.price_per_kwh)
            for told in (found.previous, found.current)
        ] == [(30, 300, 10, Decimal("0.1")), (20, 160, 8, Decimal("0.12"))]
        (part,) = found.parts
        assert part.previous is not None
        assert part.current is not None
        assert (part.previous.quantity, part.previous.price) == (300, Decimal("0.1"))
        assert (part.current.quantity, part.current.price) == (160, Decimal("0.12"))
        assert part.current.price_unit == "EUR/kWh"

    def test_shares_a_tax_on_lines_as_the_lines_are(self) -> None:
        def taxed(rate: str) -> Sequence[pricing.Component]:
            return energy("0.10"), pricing.PercentageTax(
                name="excise", label="Excise", bases=("energy",), rate=at(rate), tax_code="VAT"
            )

        before, after = bill(THIRTY, "300", *taxed("5")), bill(TWENTY, "200", *taxed("10"))

        found = billing.compare(before, after)

        # 30.00 + 5 % = 31.50; 20.00 + 10 % = 22.00: days -10.00 - 10 x 7.5 %, rate 5 % x 25.00.
        assert cents(found) == {"days": -1075, "taxes": 125}
        assert [cents(part) for part in found.parts] == [
            {"days": -1000},
            {"days": -75, "taxes": 125},
        ]

    def test_puts_the_tax_on_what_caused_it(self) -> None:
        before = bill(THIRTY, "300", energy("0.10"), vat="10")
        after = bill(TWENTY, "200", energy("0.10"), vat="20")

        # 33.00 become 24.00: days -10.00 x 1.15, VAT 10 % x 25.00.
        assert cents(billing.compare(before, after)) == {"days": -1150, "taxes": 250}

    def test_of_prices_with_their_tax_names_no_tax(self) -> None:
        inclusive = pricing.Prices.TAX_INCLUSIVE
        before = bill(THIRTY, "300", energy("0.10"), vat="10", prices=inclusive)
        after = bill(TWENTY, "200", energy("0.10"), vat="20", prices=inclusive)

        assert cents(billing.compare(before, after)) == {"days": -1000}

    def test_counts_a_month_as_a_month(self) -> None:
        rent = pricing.StandingCharge(
            name="rent", label="Rent", price=(at("6"),), per=pricing.Per.MONTH, tax_code="VAT"
        )
        january, february = Period.month(2026, 1), Period.month(2026, 2)
        january, february = (
            bill(month, "0", rent, energy("0"), apportioning=pricing.Apportioning.DAYS_IN_MONTH)
            for month in (Period.month(2026, 1), Period.month(2026, 2))
        )

        assert cents(billing.compare(january, february)) == {}

    def test_names_what_only_one_bill_charges(self) -> None:
        fee = pricing.StandingCharge(name="fee", label="Fee", price=(at("0.5"),), tax_code="VAT")
        before = bill(THIRTY, "300", energy("0.10"))
        after = bill(TWENTY, "200", energy("0.10"), fee)

        found = billing.compare(before, after)

        assert cents(found) == {"days": -1000, "lines": 1000}
        new = found.parts[-1]
        assert (new.label, new.previous, cents(new)) == ("Fee", None, {"lines": 1000})
        assert cents(billing.compare(after, before)) == {"days": 1000, "lines": -1000}

    def test_of_a_register_not_used_before_is_of_use(self) -> None:
        def by_register(*names: str) -> Sequence[pricing.Component]:
            return (
                pricing.TimeOfUse(
                    name="energy",
                    label="Energy",
                    rates=tuple((name, (at("0.10"),)) for name in names),
                    tax_code="VAT",
                ),
                pricing.PercentageTax(
                    name="excise",
                    label="Excise",
                    bases=("energy",),
                    rate=at("10"),
                    tax_code="VAT",
                ),
            )

        before = bill(THIRTY, "300", *by_register("P1"))
        after = bill(NEXT_THIRTY, "300", *by_register("P1", "P2"), registers=("P1", "P2"))

        found = billing.compare(before, after)

        # 300 kWh more at 0.10, and a tenth on it.
        assert cents(found) == {"usage": 3300}
        assert [part.previous is None for part in found.parts] == [False, True, False]
        other = attrs.evolve(after, tariff="ANOTHER")
        assert cents(billing.compare(before, other)) == {"lines": 3300}

    def test_gives_the_odd_cent_of_equals_to_the_same_one_there_and_back(self) -> None:
        def with_fee(period: Period, name: str, price: str) -> billing.Invoice:
            fee = pricing.StandingCharge(name=name, price=(at(price),), tax_code="VAT")
            return bill(period, "10.02", energy("0.10"), fee, scope=RoundingScope.END)

        before = with_fee(THIRTY, "rebate", "-0.0002")
        after = with_fee(NEXT_THIRTY, "fee", "0.0002")

        there, back = billing.compare(before, after), billing.compare(after, before)

        # 0.996 and 1.008 EUR: a cent for two parts of 0.006 EUR each.
        assert (cents(there), cents(back)) == ({"lines": 1}, {"lines": -1})
        of_there, of_back = (
            {part.label: part.difference.cents for part in found.parts} for found in (there, back)
        )
        assert of_there == {label: -cents for label, cents in of_back.items()}

    def test_knows_a_price_that_was_nothing(self) -> None:
        def fee(price: str) -> pricing.Component:
            return pricing.StandingCharge(
                name="fee", label="Fee", price=(at(price),), tax_code="VAT"
            )

        before = bill(THIRTY, "0", energy("0"), fee("0"))
        after = bill(TWENTY, "0", energy("0"), fee("0.5"))

        # Twenty days at nothing become ten euro: the price for 25 days, the days at a mean 0.25.
        assert cents(billing.compare(before, after)) == {"price": 1250, "days": -250}

    @pytest.mark.parametrize(
        ("other", "code"),
        [
            (
                attrs.evolve(AFTER, contract=contract_number(2)),
                "billing.comparison.other_supply",
            ),
            (
                attrs.evolve(AFTER, cups=Cups.of_digits("0031000000000002")),
                "billing.comparison.other_supply",
            ),
            (bill(TWENTY, "200", energy("0.10"), currency="GBP"), "billing.comparison.currency"),
            (
                billing.credit(AFTER, number="R26-000001", issued_on=TWENTY.until)[0],
                "billing.comparison.credit_note",
            ),
        ],
    )
    def test_refuses_what_is_not_alike(self, other: billing.Invoice, code: str) -> None:
        before, after = bill(THIRTY, "300", energy("0.10")), other

        with pytest.raises(Refused) as refusal:
            billing.compare(before, after)

        assert refusal.value.code == code


class TestCompareInvoice:
    def test_compares_with_the_bill_before_and_refuses_a_first_one(self) -> None:
        desk = memory_desk()
        desk.open_day(THIRD)
        desk.world.sign(contract_of(1))
        for day, index in ((START, 100), (SECOND, 150), (THIRD, 220)):
            desk.world.read(readings_of(1, day, index))
        desk.bill()
        first, second = desk.world.invoices.of_contract("K000001")
        compare = CompareInvoice(invoices=desk.world.invoices)

        found = compare(second.number)

        assert (found.previous.number, found.current.number) == (first.number, second.number)
        assert found.difference == second.gross - first.gross
        assert (found.previous.kwh, found.current.kwh) == (150, 210)
        assert found.effect(EffectKind.USAGE).cents > 0
        for number, code in (
            (first.number, "billing.comparison.no_previous"),
            ("F26-999999", "billing.invoice.unknown"),
        ):
            with pytest.raises(NotFound) as refusal:
                compare(number)
            assert refusal.value.code == code
