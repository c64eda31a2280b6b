"""Single decisions of billing, by example."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from energyretail.domain import billing, pricing
from energyretail.domain.ledger import Account
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Invalid,
    Money,
    Period,
    Refused,
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
    point,
    reading_of,
    readings_of,
)


@pytest.fixture
def desk() -> BillingDesk:
    desk = memory_desk()
    desk.open_day(THIRD)
    desk.world.sign(contract_of(1))
    for day, index in ((START, 100), (SECOND, 150), (THIRD, 170)):
        desk.world.read(readings_of(1, day, index))
    return desk


@pytest.fixture
def drafts(desk: BillingDesk) -> tuple[billing.Draft, ...]:
    return desk.preview("K000001")


def issued(draft: billing.Draft, number: str = "F26-000001") -> billing.Invoice:
    return billing.issue(draft, number=number, issued_on=THIRD, due_on=THIRD)[0]


class TestIssue:
    def test_says_all_that_the_draft_does(self, drafts: tuple[billing.Draft, ...]) -> None:
        basis = billing.Basis(measured=3, published=4, figures=("omie",))
        draft = attrs.evolve(drafts[0], basis=basis)

        invoice = issued(draft)

        for name, value in attrs.asdict(draft, recurse=False).items():
            assert getattr(invoice, name) == value
        assert draft.price_digest

    def test_is_estimated_where_a_reading_or_a_line_is(
        self, drafts: tuple[billing.Draft, ...]
    ) -> None:
        read = issued(drafts[0])
        guess = attrs.evolve(read.readings[-1], quality=pricing.Quality.ESTIMATED)
        line = attrs.evolve(read.lines[0], estimated=True)
        bill = attrs.evolve(read.bill, lines=(line, *read.lines[1:]))

        assert not read.estimated
        assert attrs.evolve(read, readings=(read.readings[0], guess)).estimated
        assert attrs.evolve(read, bill=bill).estimated

    def test_makes_a_rebill_of_an_original(self, drafts: tuple[billing.Draft, ...]) -> None:
        original = issued(drafts[0])

        again, (event,) = billing.issue(
            drafts[0], number="F26-000002", issued_on=THIRD, due_on=THIRD, original=original
        )

        assert (again.kind, again.original) == (billing.InvoiceKind.REBILL, "F26-000001")
        assert again.item == "F26-000002"
        assert isinstance(event, billing.InvoiceIssued)
        assert event.kind == "rebill"

    @pytest.mark.parametrize(
        "other", [{"contract": "K000009"}, {"customer": "C000009"}, {"cups": point(9)}]
    )
    def test_refuses_a_rebill_of_another_supply(
        self, drafts: tuple[billing.Draft, ...], other: dict[str, object]
    ) -> None:
        original = issued(drafts[0])

        with pytest.raises(Refused) as refusal:
            billing.issue(
                attrs.evolve(drafts[0], **other),
                number="F26-000002",
                issued_on=THIRD,
                due_on=THIRD,
                original=original,
            )

        assert refusal.value.code == "billing.rebill.other"

    def test_refuses_a_rebill_of_another_period(self, drafts: tuple[billing.Draft, ...]) -> None:
        with pytest.raises(Refused, match="supply and period"):
            billing.issue(
                drafts[1],
                number="F26-000002",
                issued_on=THIRD,
                due_on=THIRD,
                original=issued(drafts[0]),
            )

    def test_refuses_a_rebill_of_a_credit_note(self, drafts: tuple[billing.Draft, ...]) -> None:
        note, _ = billing.credit(issued(drafts[0]), number="R26-000001", issued_on=THIRD)

        with pytest.raises(Refused):
            billing.issue(
                drafts[0], number="F26-000002", issued_on=THIRD, due_on=THIRD, original=note
            )

    def test_refuses_a_document_due_before_it_is_issued(
        self, drafts: tuple[billing.Draft, ...]
    ) -> None:
        with pytest.raises(Invalid, match="due before"):
            billing.issue(drafts[0], number="F26-000001", issued_on=THIRD, due_on=SECOND)

    def test_refuses_an_original_where_there_is_none(
        self, drafts: tuple[billing.Draft, ...]
    ) -> None:
        with pytest.raises(Invalid, match="names its original"):
            attrs.evolve(issued(drafts[0]), original="F26-000009")


class TestCreditNote:
    def test_shows_negative_quantities_and_bases(self, drafts: tuple[billing.Draft, ...]) -> None:
        invoice = issued(drafts[0])
        note, _ = billing.credit(invoice, number="R26-000001", issued_on=THIRD)

        assert [line.quantity for line in note.lines] == [-li.quantity for li in invoice.lines]
        assert [tax.base for tax in note.taxes] == [-tax.base for tax in invoice.taxes]
        assert note.readings == invoice.readings
        assert (note.issued_on, note.due_on) == (THIRD, THIRD)

    def test_explains_itself_by_the_original(self, drafts: tuple[billing.Draft, ...]) -> None:
        invoice = issued(drafts[0])
        note, _ = billing.credit(invoice, number="R26-000001", issued_on=THIRD)

        for line, original in zip(
            billing.explain(note).lines, billing.explain(invoice).lines, strict=True
        ):
            assert line.factors[0].source == "credit of F26-000001"
            assert line.readings == original.readings


class TestPostingOf:
    def test_takes_vat_out_of_prices_that_contain_it(self) -> None:
        # 121.00 with 21 % inside is 100.00; the excise line's 12.10 is 10.00 of it.
        period = Period(START, SECOND)
        euros = [Money.of_cents(cents, "EUR") for cents in (10890, 1210)]
        lines = tuple(
            pricing.PriceLine(
                component=name,
                label=name,
                period=period,
                quantity=Decimal(1),
                unit="",
                price=amount.amount,
                price_unit="EUR",
                amount=amount,
                tax_code="IVA",
                estimated=False,
                derivation=pricing.given(name, amount.amount, "EUR").rounded(CENTS_HALF_UP),
                tax_rate=Decimal(21),
            )
            for name, amount in zip(("energy", "excise"), euros, strict=True)
        )
        net, tax = Money.of_cents(10000, "EUR"), Money.of_cents(2100, "EUR")
        vat = pricing.TaxLine(
            "IVA", Decimal(21), net, tax, pricing.given("IVA", 21, "EUR").rounded(CENTS_HALF_UP)
        )
        bill = pricing.PricedBill(
            currency="EUR",
            period=period,
            lines=lines,
            taxes=(vat,),
            net=net,
            tax=tax,
            gross=net + tax,
            policy=RoundingPolicy(RoundingScope.END, CENTS_HALF_UP),
            prices=pricing.Prices.TAX_INCLUSIVE,
        )
        draft = billing.Draft("K000001", "C000001", point(1), "T", bill, ())

        entry = billing.posting_of(issued(draft), excise_components=frozenset({"excise"}))

        assert entry is not None
        assert {p.account: p.amount.cents for p in entry.postings} == {
            Account.RECEIVABLE: 12100,
            Account.REVENUE: -9000,
            Account.EXCISE: -1000,
            Account.VAT: -2100,
        }

    def test_posts_nothing_of_a_bill_of_nothing(self) -> None:
        zero = Money.zero("EUR")
        policy = RoundingPolicy(RoundingScope.END, CENTS_HALF_UP)
        bill = pricing.PricedBill("EUR", Period(START, SECOND), (), (), zero, zero, zero, policy)
        draft = billing.Draft("K000001", "C000001", point(1), "T", bill, ())

        assert billing.posting_of(issued(draft), excise_components=frozenset()) is None


class TestBillingPolicy:
    def test_gives_the_customer_its_days_of_notice(self) -> None:
        five = billing.BillingPolicy(reading=SPAIN.reading, excise_components=frozenset())
        ten = attrs.evolve(five, notice_days=10)

        assert five.due_on(date(2026, 4, 24)) == date(2026, 4, 30)
        assert ten.due_on(date(2026, 4, 24)) == date(2026, 5, 29)
        with pytest.raises(Invalid):
            attrs.evolve(five, notice_days=-1)

    def test_promises_no_run_that_is_over(self) -> None:
        three = billing.BillingPolicy(reading=SPAIN.reading, excise_components=frozenset())
        none = attrs.evolve(three, lead_working_days=0)

        assert three.due_on(date(2027, 3, 25)) == date(2027, 4, 30)
        assert none.due_on(date(2027, 3, 25)) == date(2027, 3, 31)
        with pytest.raises(Invalid):
            attrs.evolve(three, lead_working_days=-1)

    def test_knows_the_registers_of_a_tariff_or_refuses(self) -> None:
        policy = billing.BillingPolicy(reading=SPAIN.reading, excise_components=frozenset())

        assert policy.registers_of("2.0TD-FIJO") == ("P1", "P2", "P3")
        with pytest.raises(Refused) as refusal:
            policy.registers_of("9.9XX")
        assert refusal.value.code == "billing.registers_unknown"

    def test_numbers_by_year_in_series_of_its_own(self) -> None:
        series = billing.DocumentSeries("F", "R")

        assert series.series("F", date(2026, 12, 31)) == "invoice:F26"
        assert series.number("F", date(2027, 1, 1), 7) == "F27-000007"

    def test_prefers_the_first_of_several_series_of_invoices(self) -> None:
        assert billing.DocumentSeries("F", beside=("FA", "B")).invoices == ("F", "FA", "B")

    @pytest.mark.parametrize("beside", [("F",), ("R",), ("FA", "FA"), ("fa",)])
    def test_refuses_series_beside_it_that_would_mix(self, beside: tuple[str, ...]) -> None:
        with pytest.raises(Invalid):
            billing.DocumentSeries("F", "R", beside=beside)

    @pytest.mark.parametrize("prefixes", [("F", "F"), ("", "R"), ("f", "R"), ("F:", "R")])
    def test_refuses_prefixes_that_would_mix_series(self, prefixes: tuple[str, str]) -> None:
        with pytest.raises(Invalid):
            billing.DocumentSeries(*prefixes)


class TestParking:
    def test_names_the_period_that_could_not_be_billed(self, desk: BillingDesk) -> None:
        desk.world.read([reading_of(1, THIRD, "P1", 1_000_000, version=2)])

        step = desk.bill()

        (item,) = desk.work_list.open_items()
        assert (step.issued, step.parked) == (1, 1)
        assert item.key == f"K000001/{point(1)}/{SECOND}"


class TestBillableSupply:
    def test_says_which_reading_is_missing(self, desk: BillingDesk) -> None:
        (supply,) = desk.world.supplies.of_contract("K000001", today=THIRD)

        with pytest.raises(Refused) as refusal:
            supply.reading("P1", date(2026, 4, 7))

        assert refusal.value.code == "billing.reading_missing"
