"""What the core refuses it names by a code, with words and the facts a person needs to act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from energyretail.domain import billing, pricing
from energyretail.domain.billing.invoices import refuse_other
from energyretail.domain.pricing import metered
from energyretail.domain.pricing.dated import version_gaps, version_overlaps
from energyretail.domain.pricing.metered import Banding, uses_in
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    DomainError,
    Energy,
    Invalid,
    MarketTime,
    Money,
    Period,
    Refused,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing.billing import BillingDesk
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    readings_of,
)

APRIL = Period(date(2026, 4, 1), date(2026, 5, 1))
MAY = date(2026, 5, 1)
LINE = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
CENT = Money.of_cents(1, "EUR")
ONE = (pricing.always("price", 1, "test"),)
VAT = pricing.Vat("VAT", "VAT", pricing.always("VAT", "20", "test"))
FIXED = pricing.StandingCharge(name="fixed", price=ONE, tax_code="VAT")
PASSED = pricing.PassThrough(name="passed", tax_code="VAT")
EXTRA = pricing.Extra(name="extra", tax_code="VAT")
CALENDAR = pricing.BandCalendar(
    "c", MarketTime("Europe/Madrid"), pricing.ALWAYS, "test", (pricing.BandRule("all"),)
)
BILL = pricing.PricedBill("EUR", APRIL, (), (), *(Money.zero("EUR"),) * 3, policy=LINE)


def refusal(family: type[DomainError], build: Callable[[], object]) -> DomainError:
    """Return what `build` raises, which is of one family and says why in words."""
    with pytest.raises(DomainError) as found:
        build()
    assert type(found.value) is family
    assert isinstance(found.value.text, str)
    assert found.value.text
    return found.value


def tariff(*components: pricing.Component, **changes: Any) -> pricing.Tariff:
    given = {"taxes": (VAT,), "rounding": LINE, **changes}
    return pricing.Tariff("T", "Test", "EUR", components, **given)


def rate(
    *components: pricing.Component, period: Period = APRIL, usage: Any = None, **changes: Any
) -> pricing.PricedBill:
    return pricing.rate(tariff(*components, **changes), usage or pricing.Usage(), period=period)


def use(period: Period = APRIL, register: str = "P1") -> pricing.RegisterUse:
    return pricing.RegisterUse(register, period, Energy(30))


def item(**changes: Any) -> pricing.Usage:
    given = {"component": "passed", "label": "fee", "period": APRIL, "amount": "0.01", **changes}
    return pricing.Usage(passed_on=(pricing.PassedOnLine(**given),))


class TestKernel:
    @pytest.mark.parametrize(
        ("build", "code", "facts"),
        [
            (lambda: Money(1, "eur"), "money.currency", {"currency": "eur"}),
            (lambda: Money(1, "EUR1"), "money.currency", {"currency": "EUR1"}),
            (lambda: Money(1, "ÉUR"), "money.currency", {"currency": "ÉUR"}),
            (lambda: Money(1, "EU1"), "money.currency", {"currency": "EU1"}),
            (
                lambda: Money("0.001", "EUR").cents,
                "money.not_whole_cents",
                {"amount": "0.001 EUR"},
            ),
            (lambda: CENT.distribute(0), "money.parts", {"parts": "0"}),
            (
                lambda: CENT + Money(1, "DKK"),
                "money.currency_mix",
                {"left": "EUR", "right": "DKK"},
            ),
            (lambda: Rounding(RoundingMode.UP, 13), "rounding.decimals", {"decimals": "13"}),
            (lambda: Rounding(RoundingMode.UP, -1), "rounding.decimals", {"decimals": "-1"}),
            (
                lambda: RoundingPolicy(RoundingScope.END, CENTS_HALF_UP, 13),
                "rounding.decimals",
                {"decimals": "13"},
            ),
            (
                lambda: Period(MAY, MAY),
                "period.empty",
                {"start": "2026-05-01", "end": "2026-05-01"},
            ),
            (lambda: Period(MAY).until, "period.open", {"start": "2026-05-01"}),
        ],
    )
    def test_refuses_with_its_facts(
        self, build: Callable[[], object], code: str, facts: dict[str, str]
    ) -> None:
        found = refusal(Invalid, build)

        assert (found.code, found.facts) == (code, facts)

    def test_takes_the_bounds_it_names(self) -> None:
        assert [Rounding(RoundingMode.UP, n).decimals for n in (0, 12)] == [0, 12]
        assert CENT.distribute(1) == (CENT,)


class TestPricing:
    @pytest.mark.parametrize(
        ("build", "code", "facts"),
        [
            (
                lambda: pricing.Proration(pricing.Per.MONTH, pricing.Apportioning.DAYS_365, 32),
                "pricing.anchor_day",
                {"day": "32"},
            ),
            (
                lambda: pricing.Derivation("d", divisors=(pricing.Factor("none", 0, "kWh"),)),
                "pricing.divisor",
                {"divisor": "none"},
            ),
            (
                lambda: pricing.Derivation(
                    "d", series=(pricing.Series("a", (), ""), pricing.Series("b", (1,), ""))
                ),
                "pricing.series",
                {"name": "d"},
            ),
            (
                lambda: pricing.Derivation("d", combine=pricing.Combine.QUOTIENT),
                "pricing.quotient",
                {"name": "d"},
            ),
            (
                lambda: attrs.evolve(BILL, net=CENT),
                "pricing.bill_sum",
                {"what": "lines", "sum": "0 EUR", "total": "0.01 EUR"},
            ),
            (
                lambda: attrs.evolve(BILL, tax=CENT),
                "pricing.bill_sum",
                {"what": "taxes", "sum": "0 EUR", "total": "0.01 EUR"},
            ),
            (
                lambda: attrs.evolve(BILL, gross=CENT),
                "pricing.bill_sum",
                {"what": "net and tax", "sum": "0 EUR", "total": "0.01 EUR"},
            ),
            (
                lambda: metered(pricing.Usage(), (), APRIL),
                "pricing.usage_missing",
                {},
            ),
            (
                lambda: uses_in(
                    pricing.Usage((use(),)), "P1", Period(APRIL.start, date(2026, 6, 1))
                ),
                "pricing.usage_gap",
                {"register": "P1", "day": "2026-05-01"},
            ),
            (
                lambda: metered(
                    pricing.Usage((use(),)), ("P1",), APRIL, banding=Banding((), ("peak",))
                ),
                "pricing.intervals_needed",
                {"register": "P1"},
            ),
            (
                lambda: rate(FIXED, period=Period(MAY)),
                "pricing.period_open",
                {"start": "2026-05-01"},
            ),
            (
                lambda: rate(FIXED, usage=pricing.Usage((use(),))),
                "pricing.register_unpriced",
                {"tariff": "T", "register": "P1"},
            ),
            (
                lambda: rate(FIXED, usage=item()),
                "pricing.item_unplaced",
                {"component": "passed", "label": "fee"},
            ),
            (
                lambda: rate(PASSED, usage=item(period=Period(MAY, date(2026, 5, 2)))),
                "pricing.item_outside",
                {"component": "passed", "label": "fee"},
            ),
            (
                lambda: rate(FIXED, tax_point=pricing.TaxPoint.INVOICE_DATE),
                "pricing.invoice_date_missing",
                {},
            ),
        ],
    )
    def test_refuses_with_its_facts(
        self, build: Callable[[], object], code: str, facts: dict[str, str]
    ) -> None:
        found = refusal(Invalid, build)

        assert (found.code, found.facts) == (code, facts)

    def test_refuses_a_day_without_a_calendar_and_names_the_first(self) -> None:
        spring, autumn = (
            attrs.evolve(CALENDAR, name=name, valid=valid)
            for name, valid in (
                ("spring", Period(date(2026, 1, 1), MAY)),
                ("autumn", Period(date(2026, 9, 1), date(2026, 12, 1))),
            )
        )
        banding = Banding((spring, autumn), ("all",))

        found = refusal(Invalid, lambda: banding.on(MAY))

        assert found.code == "pricing.calendar_gap"
        assert found.facts == {"name": "spring", "day": "2026-05-01"}
        assert banding.on(date(2026, 4, 30)) is spring
        assert banding.on(date(2026, 9, 1)) is autumn


@pytest.fixture
def desk() -> BillingDesk:
    desk = memory_desk()
    desk.open_day(THIRD)
    desk.world.sign(contract_of(1))
    for day, index in ((START, 100), (SECOND, 150), (THIRD, 170)):
        desk.world.read(readings_of(1, day, index))
    return desk


class TestBilling:
    @pytest.fixture
    def invoice(self, desk: BillingDesk) -> billing.Invoice:
        (draft, *_) = desk.preview("K000001")
        return billing.issue(draft, number="F26-000001", issued_on=THIRD, due_on=THIRD)[0]

    @pytest.mark.parametrize(
        ("changes", "code"),
        [
            ({"original": "F26-000000"}, "billing.invoice.original"),
            ({"kind": billing.InvoiceKind.REBILL}, "billing.invoice.original"),
            (
                {"kind": billing.InvoiceKind.RECTIFICATION, "original": "F26-000000"},
                "billing.invoice.stands",
            ),
            ({"stands": BILL}, "billing.invoice.stands"),
            ({"due_on": date(2020, 1, 1)}, "billing.invoice.due"),
        ],
    )
    def test_refuses_a_document_that_contradicts_itself(
        self, invoice: billing.Invoice, changes: dict[str, Any], code: str
    ) -> None:
        found = refusal(Invalid, lambda: attrs.evolve(invoice, **changes))

        assert (found.code, found.facts) == (code, {"number": "F26-000001"})

    def test_refuses_to_credit_a_credit_note(self, invoice: billing.Invoice) -> None:
        note, _ = billing.credit(invoice, number="A26-000001", issued_on=THIRD)

        found = refusal(Refused, lambda: billing.credit(note, number="A26-000002", issued_on=THIRD))

        assert found.code == "billing.credit.of_credit"
        assert found.facts == {"number": "A26-000001"}

    def test_refuses_to_put_another_bill_in_the_place_of_one(
        self, desk: BillingDesk, invoice: billing.Invoice
    ) -> None:
        draft = attrs.evolve(desk.preview("K000001")[0], customer="C999999")

        found = refusal(Refused, lambda: refuse_other(draft, invoice))

        assert found.code == "billing.rebill.other"
        assert found.facts == {"original": "F26-000001"}

    def test_refuses_to_subtract_what_is_of_another_sort(self) -> None:
        zero = Money.zero("DKK")
        other = attrs.evolve(BILL, currency="DKK", net=zero, tax=zero, gross=zero)

        found = refusal(Refused, lambda: billing.difference(BILL, other, of="F26-000001"))
        inside = attrs.evolve(BILL, prices=pricing.Prices.TAX_INCLUSIVE)
        within = refusal(Refused, lambda: billing.difference(inside, BILL, of="F26-000001"))

        assert found.code == within.code == "billing.difference.unlike"
        assert found.facts == {"original": "F26-000001", "old": "EUR net", "new": "DKK net"}
        assert within.facts["old"] == "EUR tax_inclusive"


def test_zero_is_no_amount_and_a_cent_is() -> None:
    assert not Money(Decimal("0.00"), "EUR")
    assert CENT


Days = tuple[int, int]


class TestVersions:
    """Whatever order versions are given in, the later one of two is named."""

    @staticmethod
    def versions(*days: tuple[int, int | None]) -> list[pricing.Version]:
        """Return versions of days of April, each from one to before another."""
        return [
            pricing.Version(Period(date(2026, 4, start), end and date(2026, 4, end)), start, "test")
            for start, end in days
        ]

    @pytest.mark.parametrize(
        ("days", "gaps"),
        [
            ([(1, 5), (5, 9), (9, None)], []),
            ([(1, 5), (7, None)], [(1, 5, 7)]),
            ([(7, None), (1, 5)], [(0, 5, 7)]),
            ([(9, 12), (1, 3), (5, 7)], [(2, 3, 5), (0, 7, 9)]),
            # The longest so far counts, not the one before.
            ([(1, 9), (2, 3), (10, 12)], [(2, 9, 10)]),
            ([(1, None), (2, 3), (10, 12)], []),
        ],
    )
    def test_that_leave_out_days_name_where_they_go_on(
        self, days: list[tuple[int, int | None]], gaps: list[tuple[int, int, int]]
    ) -> None:
        found = list(version_gaps("price", self.versions(*days)))

        told = [(at, error.facts["after"], error.facts["until"]) for at, error in found]
        assert [(at, int(str(after)[-2:]), int(str(until)[-2:])) for at, after, until in told] == (
            gaps
        )
        for _, error in found:
            assert (error.code, error.facts["price"]) == ("pricing.version_gap", "price")
            assert " " in error.text

    @pytest.mark.parametrize(
        ("days", "overlaps"),
        [
            ([(1, 5), (5, 9)], []),
            ([(1, 5), (4, 9)], [(1, (1, 5), (4, 9))]),
            ([(4, 9), (1, 5)], [(0, (1, 5), (4, 9))]),
            ([(1, 9), (2, 3), (8, 12)], [(1, (1, 9), (2, 3)), (2, (1, 9), (8, 12))]),
        ],
    )
    def test_that_share_a_day_name_both(
        self,
        days: list[tuple[int, int | None]],
        overlaps: list[tuple[int, tuple[int, int], tuple[int, int]]],
    ) -> None:
        found = list(version_overlaps("price", self.versions(*days)))

        told = [(at, error.facts["first"], error.facts["second"]) for at, error in found]
        assert told == [
            (at, str(self.versions(one)[0].period), str(self.versions(other)[0].period))
            for at, one, other in overlaps
        ]
        for _, error in found:
            assert (error.code, error.facts["price"]) == ("pricing.version_overlap", "price")
            assert " " in error.text
