"""The rate of VAT is that of the tax point, and the use decides which lines bear which."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from energyretail.domain import pricing
from energyretail.domain.pricing import ByUse, TaxPoint
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    Invalid,
    Period,
    RoundingPolicy,
    RoundingScope,
)

LINE = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
# 30 days, 15 on either side of 22 March 2026, when IVA fell from 21 to 10 % (RD-ley 7/2026).
ACROSS = Period(date(2026, 3, 7), date(2026, 4, 6))
CHANGE = date(2026, 3, 22)
IVA = pricing.Vat(
    "IVA",
    "IVA",
    pricing.DatedPrice(
        "IVA",
        (
            pricing.Version(Period(date(2025, 1, 1), CHANGE), "21", "Ley 37/1992"),
            pricing.Version(Period(CHANGE, date(2026, 6, 1)), "10", "RD-ley 7/2026"),
            pricing.Version(Period(date(2026, 6, 1)), "21", "Ley 37/1992"),
        ),
    ),
)
ONE = (pricing.always("price", 1, "test"),)


def fixed(**fields: Any) -> pricing.StandingCharge:
    given = {"name": "fixed", "tax_code": "IVA", "price": ONE, **fields}
    return pricing.StandingCharge(**given)


def tariff(*components: pricing.Component, **changes: Any) -> pricing.Tariff:
    given = {"taxes": (IVA,), "rounding": LINE, **changes}
    return pricing.Tariff("T", "Test", "EUR", components, **given)


def taxes(bill: pricing.PricedBill) -> list[tuple[str, str, str]]:
    return [(f"{t.rate}", f"{t.base.amount}", f"{t.amount.amount}") for t in bill.taxes]


class TestTaxPoint:
    @pytest.mark.parametrize(
        ("point", "expected"),
        [
            (TaxPoint.PRO_RATA, [("21", "15.00", "3.15"), ("10", "15.00", "1.50")]),
            (TaxPoint.READING_END, [("10", "30.00", "3.00")]),
            # March ends at 10 %, and 5 April, the last day of the bill, is at 10 % too.
            (TaxPoint.DELIVERY_MONTH, [("10", "30.00", "3.00")]),
            (TaxPoint.INVOICE_DATE, [("21", "30.00", "6.30")]),
        ],
    )
    def test_decides_the_rate_of_one_bill_across_a_change(
        self, point: TaxPoint, expected: list[tuple[str, str, str]]
    ) -> None:
        on = pricing.Circumstances(invoiced_on=date(2026, 6, 1))

        bill = pricing.rate(
            tariff(fixed(), tax_point=point), pricing.Usage(), period=ACROSS, circumstances=on
        )

        assert taxes(bill) == expected

    @pytest.mark.parametrize(
        ("point", "until", "rate"),
        [
            (TaxPoint.READING_END, CHANGE, "21"),
            (TaxPoint.READING_END, date(2026, 3, 23), "10"),
            (TaxPoint.DELIVERY_MONTH, CHANGE, "21"),
            (TaxPoint.DELIVERY_MONTH, date(2026, 3, 23), "10"),
        ],
    )
    def test_at_the_end_looks_at_the_last_day_billed(
        self, point: TaxPoint, until: date, rate: str
    ) -> None:
        period = Period(date(2026, 3, 7), until)

        bill = pricing.rate(tariff(fixed(), tax_point=point), pricing.Usage(), period=period)

        assert [str(tax.rate) for tax in bill.taxes] == [rate]

    def test_by_month_gives_each_month_its_own_rate(self) -> None:
        bill = pricing.rate(
            tariff(fixed(), tax_point=TaxPoint.DELIVERY_MONTH),
            pricing.Usage(),
            period=Period(date(2026, 2, 10), date(2026, 6, 2)),
        )

        # 19 days of February at 21 %, March to May at 10 %, a day of June at 21 %.
        assert taxes(bill) == [("21", "20.00", "4.20"), ("10", "92.00", "9.20")]

    def test_by_month_looks_at_the_last_day_of_a_month_and_of_the_bill(self) -> None:
        late = Period(date(2025, 1, 1), date(2026, 3, 31))
        versions = (
            pricing.Version(late, "21", "test"),
            pricing.Version(Period(date(2026, 3, 31)), "10", "test"),
        )
        changed = attrs.evolve(IVA, rate=pricing.DatedPrice("IVA", versions))
        of = tariff(fixed(), tax_point=TaxPoint.DELIVERY_MONTH, taxes=(changed,))

        def rates(period: Period) -> list[str]:
            return [str(t.rate) for t in pricing.rate(of, pricing.Usage(), period=period).taxes]

        assert rates(ACROSS) == ["10"]
        assert rates(Period(date(2026, 3, 7), date(2026, 3, 8))) == ["21"]

    def test_by_month_of_what_is_charged_in_advance_is_that_of_its_own_month(self) -> None:
        advance = pricing.Circumstances(advance=Period(date(2026, 6, 1), date(2026, 6, 11)))
        of = tariff(fixed(timing=pricing.Timing.ADVANCE), tax_point=TaxPoint.DELIVERY_MONTH)

        bill = pricing.rate(
            of, pricing.Usage(), period=Period.month(2026, 4), circumstances=advance
        )

        assert taxes(bill) == [("21", "10.00", "2.10")]

    @pytest.mark.parametrize(("until", "rate"), [(CHANGE, "21"), (date(2026, 3, 23), "10")])
    def test_by_month_of_what_is_charged_in_advance_is_that_of_its_last_day_whatever_divides_it(
        self, until: date, rate: str
    ) -> None:
        ahead = Period(date(2026, 3, 15), until)
        halves = (Period(date(2025, 1, 1), date(2026, 3, 18)), Period(date(2026, 3, 18)))
        daily = pricing.DatedPrice("day", tuple(pricing.Version(p, "1", "test") for p in halves))
        of = tariff(
            fixed(timing=pricing.Timing.ADVANCE, price=(daily,)),
            tax_point=TaxPoint.DELIVERY_MONTH,
        )

        bill = pricing.rate(
            of,
            pricing.Usage(),
            period=Period.month(2026, 2),
            circumstances=pricing.Circumstances(advance=ahead),
        )

        assert len(bill.lines) == 2
        assert [str(tax.rate) for tax in bill.taxes] == [rate]

    @pytest.mark.parametrize(("on", "rate"), [(date(2026, 3, 21), "21"), (CHANGE, "10")])
    def test_of_the_invoice_is_its_date(self, on: date, rate: str) -> None:
        of = tariff(fixed(), tax_point=TaxPoint.INVOICE_DATE)

        bill = pricing.rate(
            of,
            pricing.Usage(),
            period=ACROSS,
            circumstances=pricing.Circumstances(invoiced_on=on),
        )

        assert [str(tax.rate) for tax in bill.taxes] == [rate]

    def test_of_the_invoice_needs_its_date(self) -> None:
        of = tariff(fixed(), tax_point=TaxPoint.INVOICE_DATE)

        with pytest.raises(Invalid) as found:
            pricing.rate(of, pricing.Usage(), period=ACROSS)

        assert found.value.code == "pricing.invoice_date_missing"

    def test_pro_rata_cuts_what_is_charged_in_advance(self) -> None:
        advance = pricing.Circumstances(advance=Period(date(2026, 5, 25), date(2026, 6, 4)))
        charged = fixed(timing=pricing.Timing.ADVANCE)

        bill = pricing.rate(
            tariff(charged),
            pricing.Usage(),
            period=Period.month(2026, 4),
            circumstances=advance,
        )

        assert taxes(bill) == [("10", "7.00", "0.70"), ("21", "3.00", "0.63")]

    def test_of_a_minimum_on_the_bill_is_that_of_its_last_part(self) -> None:
        minimum = pricing.MinimumCharge(
            name="minimum", tax_code="IVA", bases=("fixed",), amount=Decimal(50)
        )

        bill = pricing.rate(tariff(fixed(), minimum), pricing.Usage(), period=ACROSS)

        (line,) = (x for x in bill.lines if x.component == "minimum")
        assert (str(line.amount), line.tax_rate, line.period) == ("20.00 EUR", 10, ACROSS)

    def test_without_a_rate_on_the_day_is_refused(self) -> None:
        with pytest.raises(Invalid) as found:
            pricing.rate(tariff(fixed()), pricing.Usage(), period=Period.month(2024, 12))

        assert found.value.code == "pricing.version_gap"
        assert found.value.facts["price"] == "IVA"


# VAT Act 1994, schedule 7A group 1: 33 kWh a day are at the reduced rate.
GB = (
    pricing.Vat("S", "VAT", pricing.always("VAT", 20, "VATA 1994")),
    pricing.Vat("R", "VAT, reduced", pricing.always("VAT, reduced", 5, "VATA 1994")),
)
RULE = pricing.VatByUse("S", "R", Decimal(33))
APRIL = Period.month(2026, 4)


def by_use(kwh: str, percent: str = "0", **changes: Any) -> pricing.PricedBill:
    energy = pricing.UnitRate(
        name="energy", tax_code="S", price=(pricing.always("price", "0.1", "test"),)
    )
    given = {"taxes": GB, "vat_by_use": RULE, **changes}
    extra = given.pop("extra", ())
    usage = pricing.Usage((pricing.RegisterUse("P1", APRIL, Energy(kwh)),))
    return pricing.rate(
        tariff(energy, *extra, **given),
        usage,
        period=APRIL,
        circumstances=pricing.Circumstances(qualifying_percent=percent),
    )


def lines(bill: pricing.PricedBill) -> list[tuple[str, str, str, str]]:
    return [(x.component, x.tax_code, f"{x.amount.amount}", f"{x.quantity}") for x in bill.lines]


class TestVatByUse:
    def test_reduces_all_up_to_the_de_minimis_and_nothing_above(self) -> None:
        assert lines(by_use("990")) == [("energy", "R", "99.00", "990")]
        assert lines(by_use("990.001")) == [("energy", "S", "99.00", "990.001")]

    def test_reduces_all_up_to_the_de_minimis_whatever_share_qualifies(self) -> None:
        assert lines(by_use("990", "40")) == [("energy", "R", "99.00", "990")]

    @pytest.mark.parametrize("de_minimis", ["33", "0"])
    def test_reduces_all_where_nothing_was_taken(self, de_minimis: str) -> None:
        rule = attrs.evolve(RULE, de_minimis_kwh_per_day=Decimal(de_minimis))
        standing = tariff(fixed(tax_code="S"), taxes=GB, vat_by_use=rule)

        bill = pricing.rate(standing, pricing.Usage(), period=APRIL)

        assert taxes(bill) == [("5", "30.00", "1.50")]

    def test_splits_lines_by_the_share_that_qualifies(self) -> None:
        assert lines(by_use("2000", "20")) == [
            ("energy", "R", "40.00", "400"),
            ("energy", "S", "160.00", "1600"),
        ]

    @pytest.mark.parametrize(
        ("percent", "codes"), [("0", ["S"]), ("0.01", ["R", "S"]), ("99.99", ["R", "S"]),
                               ("100", ["R"])]
    )  # fmt: skip
    def test_prints_no_line_of_nothing(self, percent: str, codes: list[str]) -> None:
        assert [code for _, code, _, _ in lines(by_use("2000", percent))] == codes

    def test_leaves_the_derivation_of_a_line_that_is_not_split(self) -> None:
        (plain,) = by_use("990", vat_by_use=None).lines

        for bill in (by_use("990"), by_use("2000", "100"), by_use("2000", "0")):
            (line,) = bill.lines
            assert [f.name for f in line.derivation.factors] == [
                f.name for f in plain.derivation.factors
            ]
            assert line.derivation.parts == ()

    def test_measures_the_de_minimis_as_the_tariff_divides(self) -> None:
        both = Period(date(2026, 4, 1), date(2026, 5, 31))
        energy = pricing.UnitRate(name="energy", tax_code="S", price=ONE)
        weights = (Decimal(1),) * 30 + (Decimal(0),) * 30
        usage = pricing.Usage(
            (pricing.RegisterUse("P1", both, Energy("1000")),),
            profile=pricing.Profile("all in April", both.start, weights),
        )

        def codes(division: pricing.Division) -> list[str]:
            of = tariff(energy, taxes=GB, vat_by_use=RULE, division=division)
            bill = pricing.rate(of, usage, period=APRIL)
            return [line.tax_code for line in bill.lines]

        # By days half of it is April's, less than 990 kWh; by the profile all of it is.
        assert codes(pricing.Division.DAYS) == ["R"]
        assert codes(pricing.Division.PROFILE) == ["S"]

    def test_without_a_de_minimis_goes_by_the_share_alone(self) -> None:
        rule = attrs.evolve(RULE, de_minimis_kwh_per_day=None)

        assert [x[1] for x in lines(by_use("1", vat_by_use=rule))] == ["S"]
        assert [x[1] for x in lines(by_use("1", "50", vat_by_use=rule))] == ["R", "S"]

    def test_leaves_lines_at_other_rates_and_those_that_say_so(self) -> None:
        price = (pricing.always("price", 1, "test"),)
        extra = (
            pricing.StandingCharge(name="other", tax_code="R", price=price),
            pricing.StandingCharge(name="free", tax_code=pricing.NO_TAX, price=price),
            pricing.StandingCharge(name="whole", tax_code="S", price=price, by_use=ByUse.WHOLE),
        )

        assert lines(by_use("2000", "20", extra=extra))[2:] == [
            ("other", "R", "30.00", "30"),
            ("free", "none", "30.00", "30"),
            ("whole", "S", "30.00", "30"),
        ]

    def test_bills_a_levy_on_taxable_use_alone(self) -> None:
        levy = pricing.Levy(
            name="ccl",
            tax_code="S",
            price=(pricing.always("price", "0.01", "test"),),
            by_use=ByUse.TAXABLE,
        )

        assert lines(by_use("2000", "20", extra=(levy,)))[2:] == [("ccl", "S", "16.00", "1600")]
        assert [x[0] for x in lines(by_use("2000", "100", extra=(levy,)))] == ["energy"]
        assert [x[0] for x in lines(by_use("990", extra=(levy,)))] == ["energy"]

    @pytest.mark.parametrize("percent", ["-0.01", "100.01"])
    def test_refuses_a_share_that_is_none(self, percent: str) -> None:
        with pytest.raises(Invalid) as found:
            pricing.Circumstances(qualifying_percent=percent)

        assert found.value.code == "pricing.qualifying_percent"
        assert found.value.facts["percent"] == percent

    def test_cuts_where_the_reduced_rate_changes(self) -> None:
        fifteenth = date(2026, 4, 16)
        changing = pricing.DatedPrice(
            "reduced",
            (
                pricing.Version(Period(date(2026, 1, 1), fifteenth), "5", "test"),
                pricing.Version(Period(fifteenth), "6", "test"),
            ),
        )
        rates = (GB[0], attrs.evolve(GB[1], rate=changing))

        bill = by_use("990", taxes=rates)

        assert taxes(bill) == [("5", "49.50", "2.48"), ("6", "49.50", "2.97")]
