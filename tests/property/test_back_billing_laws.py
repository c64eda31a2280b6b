"""Laws of back-billing: what is too old is not charged, what is owed back is always given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import billing, pricing
from energyretail.domain.billing import CustomerFault, FaultDays, limit_back_billing
from energyretail.domain.markets import BACK_BILLING_RULES, SPAIN
from energyretail.domain.parties import CustomerKind
from energyretail.domain.pricing import PriceLine, Prices
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Invalid,
    Money,
    Period,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing.conformance.billing import point
from energyretail.testing.profiles import dear

GB, FR = BACK_BILLING_RULES["GB"], BACK_BILLING_RULES["FR"]
POLICY = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
RATES = (("VAT", Decimal(5)), ("VAT", Decimal(20)), (pricing.NO_TAX, Decimal(0)))
FIRST = date(2022, 1, 1)


def half_up(value: Fraction) -> int:
    """Round to a whole number, halves away from zero, by nothing but integers."""
    whole = floor(abs(value) + Fraction(1, 2))
    return -whole if value < 0 else whole


def taxes_of(lines: Iterable[PriceLine], prices: Prices) -> tuple[pricing.TaxLine, ...]:
    sums: dict[tuple[str, Decimal], int] = defaultdict(int)
    for line in lines:
        if line.tax_code != pricing.NO_TAX:
            sums[line.tax_code, line.tax_rate] += line.amount.cents
    return tuple(tax_of(code, rate, cents, prices) for (code, rate), cents in sums.items())


def tax_of(code: str, rate: Decimal, cents: int, prices: Prices) -> pricing.TaxLine:
    inclusive = prices is Prices.TAX_INCLUSIVE
    below = rate + 100 if inclusive else Decimal(100)
    tax = half_up(cents * Fraction(rate) / Fraction(below))
    derivation = pricing.given("tax", Decimal(tax).scaleb(-2), "EUR").rounded(CENTS_HALF_UP)
    base = cents - tax if inclusive else cents
    return pricing.TaxLine(
        code, rate, Money.of_cents(base, "EUR"), Money.of_cents(tax, "EUR"), derivation
    )


@st.composite
def bills(draw: st.DrawFn, period: Period, prices: Prices) -> pricing.PricedBill:
    """Bills of up to five lines, each of part of the period, of either sign, at any rate."""
    lines = tuple(draw(lines_in(period)) for _ in range(draw(st.integers(0, 5))))
    taxes = taxes_of(lines, prices)
    tax = sum(each.amount.cents for each in taxes)
    shown = sum(line.amount.cents for line in lines)
    gross = shown if prices is Prices.TAX_INCLUSIVE else shown + tax
    return pricing.PricedBill(
        currency="EUR",
        period=period,
        lines=lines,
        taxes=taxes,
        net=Money.of_cents(gross - tax, "EUR"),
        tax=Money.of_cents(tax, "EUR"),
        gross=Money.of_cents(gross, "EUR"),
        policy=POLICY,
        prices=prices,
    )


@st.composite
def lines_in(draw: st.DrawFn, period: Period) -> PriceLine:
    start = draw(st.integers(0, period.days - 1))
    days = draw(st.integers(1, period.days - start))
    part = Period(period.start + timedelta(days=start), period.start + timedelta(days=start + days))
    amount = Money.of_cents(draw(st.integers(-9_999, 99_999)), "EUR")
    code, rate = draw(st.sampled_from(RATES))
    return PriceLine(
        component="energy",
        label="Energy",
        period=part,
        quantity=Decimal(1),
        unit="",
        price=amount.amount,
        price_unit="EUR",
        amount=amount,
        tax_code=code,
        estimated=False,
        derivation=pricing.given("energy", amount.amount, "EUR").rounded(CENTS_HALF_UP),
        tax_rate=rate,
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[billing.Draft, billing.Invoice | None, date]:
    """A draft, the bill in force for the same days or none, and a day of issue after them."""
    start = FIRST + timedelta(days=draw(st.integers(0, 900)))
    period = Period(start, start + timedelta(days=draw(st.integers(1, 400))))
    prices = draw(st.sampled_from(Prices))
    draft = draft_of(draw(bills(period, prices)))
    billed = None
    if draw(st.booleans()):
        was = draft_of(draw(bills(period, prices)))
        issued_on = period.until
        billed, _ = billing.issue(was, number="F-1", issued_on=issued_on, due_on=issued_on)
    return draft, billed, period.until + timedelta(days=draw(st.integers(0, 800)))


def draft_of(bill: pricing.PricedBill) -> billing.Draft:
    return billing.Draft("K000001", "C000001", point(1), "any", bill, ())


def months_before(day: date, months: int) -> date:
    """Go back month by month to the same day of the month, or its last one."""
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year - 1, 12) if month == 1 else (year, month - 1)
    for of_month in range(day.day, 0, -1):
        try:
            return date(year, month, of_month)
        except ValueError:
            continue
    raise AssertionError


def oracle(
    draft: billing.Draft,
    billed: billing.Invoice | None,
    first: date,
    at_fault: Iterable[Period] = (),
) -> dict[tuple[str, Decimal], int]:
    """Return the cents to write off by tax code and rate, from the words of the law, day by day.

    Each line is spread over its days; what all days before `first` add with tax, over all
    lines, is one sum, without the days at fault. If it is no increase nothing is written off;
    what is, is rounded for each run of days in a row.
    """
    away = {day for each in at_fault for day in each.each_day()}
    runs, run = {}, 0
    for day in draft.bill.period.each_day():
        run += day in away
        if day < first and day not in away:
            runs[day] = run
    shares: dict[tuple[int, str, Decimal], Fraction] = defaultdict(Fraction)
    bills_ = [(1, draft.bill), *([(-1, billed.bill)] if billed else [])]
    for sign, bill in bills_:
        for line in bill.lines:
            for day in line.period.each_day():
                if day in runs:
                    a_day = Fraction(line.amount.cents, line.period.days)
                    shares[runs[day], line.tax_code, line.tax_rate] += sign * a_day
    net = draft.bill.prices is Prices.NET
    owed = sum(
        (share * (1 + Fraction(rate) / 100 if net else 1) for (*_, rate), share in shares.items()),
        Fraction(0),
    )
    written: dict[tuple[str, Decimal], int] = defaultdict(int)
    for (_, code, rate), share in shares.items():
        written[code, rate] += half_up(share) if owed > 0 else 0
    return {key: cents for key, cents in written.items() if cents}


def limited(
    draft: billing.Draft,
    billed: billing.Invoice | None,
    on: date,
    *,
    rule: billing.BackBillingRule | None = GB,
    customer: CustomerKind = CustomerKind.HOME,
    faults: Sequence[FaultDays] = (),
) -> billing.Draft:
    return limit_back_billing(
        draft, billed=billed, on=on, rule=rule, customer=customer, faults=faults
    )


def written_off(draft: billing.Draft) -> dict[tuple[str, Decimal], int]:
    sums: dict[tuple[str, Decimal], int] = defaultdict(int)
    for line in draft.bill.lines:
        if line.component == billing.BACK_BILLING:
            sums[line.tax_code, line.tax_rate] -= line.amount.cents
    return {key: cents for key, cents in sums.items() if cents}


@st.composite
def fault_days(draw: st.DrawFn) -> FaultDays:
    """Days anywhere about those that are billed."""
    start = FIRST + timedelta(days=draw(st.integers(-30, 1300)))
    days = Period(start, start + timedelta(days=draw(st.integers(1, 300))))
    return FaultDays(draw(st.sampled_from(CustomerFault)), days)


class TestLimitBackBilling:
    @dear(200)
    @given(cases(), st.sampled_from([(GB, 12), (FR, 14)]))
    def test_writes_off_what_an_independent_count_by_days_says(
        self,
        case: tuple[billing.Draft, billing.Invoice | None, date],
        market: tuple[billing.BackBillingRule, int],
    ) -> None:
        draft, billed, on = case
        rule, months = market

        found = limited(draft, billed, on, rule=rule)

        first = months_before(on, months)
        assert written_off(found) == oracle(draft, billed, first)
        kept = [li for li in found.bill.lines if li.component != billing.BACK_BILLING]
        assert tuple(kept) == draft.bill.lines
        expected = {
            (tax.tax, tax.rate): (tax.base, tax.amount)
            for tax in taxes_of(found.bill.lines, draft.bill.prices)
        }
        assert {(tax.tax, tax.rate): (tax.base, tax.amount) for tax in found.bill.taxes} == expected

    @given(cases())
    def test_computes_what_it_writes_off_again(
        self, case: tuple[billing.Draft, billing.Invoice | None, date]
    ) -> None:
        found = limited(*case)

        for part in (*found.bill.lines, *found.bill.taxes):
            assert pricing.recompute(part.derivation) == part.amount.amount

    @given(cases())
    def test_never_asks_more_than_the_bill_that_is_right(
        self, case: tuple[billing.Draft, billing.Invoice | None, date]
    ) -> None:
        draft, billed, on = case

        found = limited(draft, billed, on)

        # A cent for the rounding of each rate.
        assert found.bill.gross.cents <= draft.bill.gross.cents + len(RATES)

    @given(cases(), st.sampled_from(CustomerFault))
    def test_charges_all_to_a_customer_at_fault_on_all_days(
        self, case: tuple[billing.Draft, billing.Invoice | None, date], fault: CustomerFault
    ) -> None:
        at_fault = [FaultDays(fault, case[0].bill.period)]
        for rule in (GB, FR):
            assert limited(*case, rule=rule, faults=at_fault) == case[0]

    @dear(200)
    @given(cases(), st.lists(fault_days(), min_size=1, max_size=3))
    def test_charges_the_days_of_a_fault_and_writes_off_the_others(
        self, case: tuple[billing.Draft, billing.Invoice | None, date], faults: list[FaultDays]
    ) -> None:
        draft, billed, on = case

        found = limited(*case, faults=faults)

        first = months_before(on, 12)
        assert written_off(found) == oracle(draft, billed, first, [each.days for each in faults])
        lines = [li for li in found.bill.lines if li.component == billing.BACK_BILLING]
        assert not any(line.period.meets(each.days) for line in lines for each in faults)
        expected = {
            (tax.tax, tax.rate): (tax.base, tax.amount)
            for tax in taxes_of(found.bill.lines, draft.bill.prices)
        }
        assert {(tax.tax, tax.rate): (tax.base, tax.amount) for tax in found.bill.taxes} == expected
        for part in (*found.bill.lines, *found.bill.taxes):
            assert pricing.recompute(part.derivation) == part.amount.amount

    @given(cases(), st.sampled_from(CustomerFault))
    def test_takes_no_notice_of_a_fault_that_lifts_no_limit(
        self, case: tuple[billing.Draft, billing.Invoice | None, date], fault: CustomerFault
    ) -> None:
        deaf = tuple(attrs.evolve(each, lifted_by=frozenset()) for each in GB.limits)
        rule = attrs.evolve(GB, limits=deaf)
        at_fault = [FaultDays(fault, case[0].bill.period)]

        assert limited(*case, rule=rule, faults=at_fault) == limited(*case)

    @given(cases())
    def test_charges_all_where_the_market_has_no_rule(
        self, case: tuple[billing.Draft, billing.Invoice | None, date]
    ) -> None:
        assert limited(*case, rule=SPAIN.corrections.back_billing) == case[0]

    @given(cases())
    def test_limits_again_what_it_left_to_nothing_more(
        self, case: tuple[billing.Draft, billing.Invoice | None, date]
    ) -> None:
        draft, billed, on = case
        found = limited(draft, billed, on)
        issued, _ = billing.issue(found, number="F-2", issued_on=on, due_on=on)

        again = limited(draft, issued, on)

        assert abs(again.bill.gross.cents - found.bill.gross.cents) <= len(RATES)


class TestTheRules:
    @pytest.mark.parametrize(
        ("rule", "day", "customer", "months"),
        [
            (GB, date(2018, 4, 30), CustomerKind.HOME, None),
            (GB, date(2018, 5, 1), CustomerKind.HOME, 12),
            (GB, date(2018, 10, 31), CustomerKind.COMPANY, None),
            (GB, date(2018, 11, 1), CustomerKind.COMPANY, 12),
            (FR, date(2016, 8, 17), CustomerKind.HOME, None),
            (FR, date(2026, 1, 1), CustomerKind.HOME, 14),
            (FR, date(2026, 1, 1), CustomerKind.COMPANY, 14),
        ],
    )
    def test_hold_from_their_day_on(
        self,
        rule: billing.BackBillingRule,
        day: date,
        customer: CustomerKind,
        months: int | None,
    ) -> None:
        limit = rule.on(day, customer=customer)

        assert (limit and limit.months) == months

    def test_name_their_source(self) -> None:
        for rule in (GB, FR):
            assert all(limit.source and limit.label for limit in rule.limits)

    def test_know_no_limit_of_no_month(self) -> None:
        with pytest.raises(Invalid) as refusal:
            attrs.evolve(GB.limits[0], months=0)

        assert refusal.value.code == "billing.back_billing.months"
