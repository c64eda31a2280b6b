"""Corrections by either method, prices that come late, and days too old to be charged."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from energyretail.domain.billing import (
    BACK_BILLING,
    Basis,
    BillStage,
    CorrectionMethod,
    CorrectionRules,
    DayState,
    Draft,
    Invoice,
    InvoiceKind,
    changes_nothing,
    credit,
    price_digest,
    rectify,
)
from energyretail.domain.markets import BACK_BILLING_RULES, SPAIN
from energyretail.domain.pricing import CarriedOver, Counter, PricedBill, Tariff, TaxLine, given
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    InvoiceNumber,
    Money,
    NotFound,
    RoundingPolicy,
    RoundingScope,
)
from energyretail.testing.billing import BY_DIFFERENCE, POLICY, BillingDesk, LateTariffs
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    readings_of,
)

LATE = date(2027, 6, 1)


def billed(
    *, policy: Any = POLICY, tariffs: Any = SPAIN, estimated: bool = True, points: int = 1
) -> BillingDesk:
    """Return a desk on which supplies were billed from START to SECOND."""
    desk = memory_desk(policy=policy, tariffs=tariffs)
    desk.open_day(SECOND)
    for number in range(1, points + 1):
        desk.world.sign(contract_of(number))
        desk.world.read(
            readings_of(number, START, 100), readings_of(number, SECOND, 150, estimated=estimated)
        )
    desk.bill()
    return desk


def documents(desk: BillingDesk, number: int = 1) -> tuple[Invoice, ...]:
    return desk.world.invoices.of_contract(f"K{number:06d}")


def owed(desk: BillingDesk) -> int:
    return sum(item.open.cents for item in desk.ledger.open_items())


class TestCorrectByDifference:
    def test_issues_one_document_that_names_its_original(self) -> None:
        desk = billed(policy=BY_DIFFERENCE)
        desk.world.read(readings_of(1, SECOND, 170, version=2))
        desk.open_day(THIRD)

        step = desk.correct()

        original, document = documents(desk)
        assert step.issued == 1
        assert (document.kind, document.number) == (InvoiceKind.RECTIFICATION, "R26-000001")
        assert (document.original, document.period) == (original.number, original.period)
        assert document.gross.cents > 0
        assert document.due_on > document.issued_on
        assert sum(li.quantity for li in document.lines if li.component == "energy") == 60
        assert desk.problems() == ()

    @pytest.mark.parametrize("index", [140, 170])
    def test_leaves_the_customer_owing_what_the_pair_does(self, index: int) -> None:
        desks = [billed(policy=policy) for policy in (POLICY, BY_DIFFERENCE)]
        for desk in desks:
            desk.world.read(readings_of(1, SECOND, index, version=2))
            desk.open_day(THIRD)
            desk.correct()

        pairs, differences = desks

        assert owed(pairs) == owed(differences)
        assert pairs.ledger.totals() == differences.ledger.totals()
        assert documents(pairs)[-1].bill == documents(differences)[-1].standing

    def test_can_be_corrected_again_and_again(self) -> None:
        desk = billed(policy=BY_DIFFERENCE)
        for version, index in ((2, 170), (3, 165), (4, 150)):
            desk.world.read(readings_of(1, SECOND, index, version=version))
            desk.correct()

        issued = documents(desk)

        assert [i.number for i in issued] == ["F26-000001", *(f"R26-{n:06d}" for n in (1, 2, 3))]
        assert [i.original for i in issued[1:]] == [i.number for i in issued[:-1]]
        assert sum(i.gross.cents for i in issued) == issued[0].gross.cents == owed(desk)
        assert issued[-1].standing.gross == issued[0].gross
        assert desk.correct().issued == 0

    def test_of_a_smaller_bill_pays_what_is_owed_by_it(self) -> None:
        desk = billed(policy=BY_DIFFERENCE)
        desk.world.read(readings_of(1, SECOND, 120, version=2))
        desk.correct()
        original, document = documents(desk)

        desk.allocate()

        (left,) = desk.ledger.open_items()
        assert (left.item, left.open) == (original.number, original.gross + document.gross)
        assert document.due_on == document.issued_on

    def test_goes_on_billing_where_the_rectified_period_ends(self) -> None:
        desk = billed(policy=BY_DIFFERENCE)
        desk.world.read(readings_of(1, SECOND, 170, version=2), readings_of(1, THIRD, 200))
        desk.open_day(THIRD)

        desk.correct()
        desk.bill()

        assert documents(desk)[-1].period.start == SECOND
        assert desk.day_counts()[DayState.UNEXPLAINED] == 0


class TestCreditNoteOfARectification:
    """The market that corrected by difference does so by credit note and rebill from now on."""

    @staticmethod
    def rectified(*, paid: bool) -> BillingDesk:
        desk = billed(policy=BY_DIFFERENCE)
        if paid:
            (owing,) = desk.ledger.open_items()
            desk.pay("payment:1", owing.customer, owing.item, owing.open.cents)
        desk.world.read(readings_of(1, SECOND, 130, version=2))
        desk.open_day(THIRD)
        desk.correct()
        return attrs.evolve(desk, policy=POLICY)

    @pytest.mark.parametrize("paid", [False, True])
    def test_takes_the_whole_bill_back_and_leaves_what_is_right(self, paid: bool) -> None:
        desk = self.rectified(paid=paid)
        desk.world.read(readings_of(1, SECOND, 160, version=3))

        step = desk.correct()
        desk.allocate()

        bill, rectification, note, rebill = documents(desk)
        assert step.issued == 2
        assert (note.original, note.item) == (rectification.number, rectification.number)
        assert note.gross == -(bill.gross + rectification.gross) == -rectification.standing.gross
        assert rebill.original == rectification.number
        assert owed(desk) == rebill.gross.cents - (bill.gross.cents if paid else 0)
        assert desk.problems() == ()
        assert desk.correct().issued == 0

    def test_negates_every_line_and_tax_that_stands(self) -> None:
        desk = self.rectified(paid=False)
        rectification = documents(desk)[-1]

        note, _ = credit(rectification, number=InvoiceNumber("R26-000009"), issued_on=THIRD)

        standing = rectification.standing
        assert [line.amount for line in note.lines] == [-line.amount for line in standing.lines]
        assert [tax.amount for tax in note.taxes] == [-tax.amount for tax in standing.taxes]
        assert (note.net, note.tax, note.gross) == (-standing.net, -standing.tax, -standing.gross)
        assert note.stands is None


class TestLatePrices:
    @pytest.mark.parametrize("policy", [POLICY, BY_DIFFERENCE], ids=["pairs", "differences"])
    def test_correct_the_bills_of_the_days_they_hold_for(self, policy: object) -> None:
        late = LateTariffs()
        desk = billed(policy=policy, tariffs=late, estimated=False)
        desk.open_day(THIRD)

        late.set_vat(4, since=date(2026, 4, 1))
        step = desk.correct()

        issued = documents(desk)
        standing = issued[-1].standing
        assert step.issued == len(issued) - 1 > 0
        assert {tax.rate for tax in standing.taxes} == {21, 10, 4}
        assert standing.gross < issued[0].gross
        assert owed(desk) == standing.gross.cents
        assert desk.correct().issued == 0
        assert desk.problems() == ()

    def test_leave_alone_what_they_come_after(self) -> None:
        late = LateTariffs()
        desk = billed(tariffs=late)

        late.set_vat(4, since=SECOND)

        assert desk.correct().issued == 0
        assert len(documents(desk)) == 1

    def test_that_change_nothing_are_noted_and_asked_no_more(self) -> None:
        late = LateTariffs()
        desk = billed(tariffs=late)

        late.set_vat(10, since=date(2026, 3, 29))  # the same rate, by a later law

        # The version is cut anew, so the bill's lines are: but only into the same sums.
        first = desk.correct()
        assert first.parked == 0
        assert owed(desk) == documents(desk)[0].gross.cents
        assert desk.correct().issued == 0

    def test_that_cannot_be_rated_are_parked_and_the_bill_stays(self) -> None:
        tariffs = _Withdrawn()
        desk = billed(tariffs=tariffs)

        tariffs.gone = True
        step = desk.correct()

        (item,) = desk.work_list.open_items()
        assert (step.issued, step.parked) == (0, 1)
        assert (item.kind, item.key) == ("billing_correction", "F26-000001")
        assert item.code == "tariff.gone"
        assert len(documents(desk)) == 1

    def test_look_at_no_bill_of_a_tariff_that_has_another_name(self) -> None:
        tariffs = _Renamed()
        desk = billed(tariffs=tariffs)

        tariffs.name = "Horas felices"
        step = desk.correct()

        assert (step.issued, step.parked, len(documents(desk))) == (0, 0, 1)
        (priced,) = desk.world.outdated.priced_by()
        tariff = tariffs.tariff("2.0TD-HORAS")
        assert tariff.name == "Horas felices"
        assert priced.digest == price_digest(tariff, priced.period)


class _Renamed:
    """The Tariffs port that gives its tariffs a name of its own."""

    def __init__(self) -> None:
        self.name = "Horas"

    def tariff(self, code: str) -> Tariff:
        return attrs.evolve(SPAIN.tariff(code), name=self.name)


class _Withdrawn:
    """The Tariffs port that loses its tariffs."""

    def __init__(self) -> None:
        self.gone = False

    def tariff(self, code: str) -> Tariff:
        if self.gone:
            raise NotFound("tariff.gone", "no such tariff", tariff=code)
        return SPAIN.tariff(code)


class TestBackBilling:
    @pytest.mark.parametrize("method", CorrectionMethod)
    def test_charges_no_increase_that_is_too_old(self, method: CorrectionMethod) -> None:
        rules = CorrectionRules(method, BACK_BILLING_RULES["GB"])
        desk = billed(policy=attrs.evolve(POLICY, corrections=rules))
        before = owed(desk)
        desk.world.read(readings_of(1, SECOND, 170, version=2))
        desk.open_day(LATE)

        desk.correct()

        standing = documents(desk)[-1].standing
        off = [line for line in standing.lines if line.component == BACK_BILLING]
        assert off
        assert all("12 months" in line.label for line in off)
        assert abs(owed(desk) - before) <= len(off)
        assert desk.correct().issued == 0
        assert desk.problems() == ()

    @pytest.mark.parametrize("method", CorrectionMethod)
    def test_gives_back_what_is_too_much_however_old(self, method: CorrectionMethod) -> None:
        limited = CorrectionRules(method, BACK_BILLING_RULES["GB"])
        desks = [
            billed(policy=attrs.evolve(POLICY, corrections=rules))
            for rules in (limited, CorrectionRules(method))
        ]
        for desk in desks:
            desk.world.read(readings_of(1, SECOND, 120, version=2))
            desk.open_day(LATE)
            desk.correct()

        one, other = desks
        assert owed(one) == owed(other)
        assert documents(one)[-1].standing == documents(other)[-1].standing

    def test_writes_off_a_first_bill_that_comes_too_late(self) -> None:
        rules = CorrectionRules(back_billing=BACK_BILLING_RULES["GB"])
        desk = memory_desk(policy=attrs.evolve(POLICY, corrections=rules))
        desk.world.sign(contract_of(1))
        desk.world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        desk.open_day(LATE)

        previewed = desk.preview("K000001")
        desk.bill()

        (invoice,) = documents(desk)
        assert [draft.bill for draft in previewed] == [invoice.bill]
        assert abs(invoice.gross.cents) <= 2
        assert any(line.component == BACK_BILLING for line in invoice.lines)
        assert desk.day_counts()[DayState.UNEXPLAINED] == 0

    def test_does_not_tell_of_a_price_it_may_not_charge(self) -> None:
        late = LateTariffs()
        rules = CorrectionRules(back_billing=BACK_BILLING_RULES["GB"])
        desk = billed(policy=attrs.evolve(POLICY, corrections=rules), tariffs=late)
        desk.open_day(LATE)

        late.set_vat(30, since=START)
        step = desk.correct()

        assert (step.issued, step.parked, len(documents(desk))) == (0, 0, 1)


class TestNothingNew:
    @staticmethod
    def taxed(bill: PricedBill, code: str) -> PricedBill:
        """Return a bill that has ten euros more at no rate, which is no money."""
        zero = TaxLine(code, Decimal(0), Money(10, "EUR"), Money.zero("EUR"), given(code, 0, "EUR"))
        return attrs.evolve(bill, taxes=(*bill.taxes, zero))

    def test_of_another_tax_is_a_change_though_no_money_is_owed_by_it(self) -> None:
        (original,) = documents(billed())
        limit = attrs.evolve(
            original.lines[0], component=BACK_BILLING, amount=Money.zero("EUR"), quantity=0
        )
        held = attrs.evolve(original, bill=self.taxed(original.bill, "A"))
        lines = (*held.lines, limit)
        same, other = (
            Draft(
                held.contract, held.customer, held.cups, held.tariff,
                attrs.evolve(self.taxed(original.bill, code), lines=lines), held.readings,
            )
            for code in "AB"
        )  # fmt: skip

        assert changes_nothing(same, held)
        assert not changes_nothing(other, held)
        # Without the limit the lines decide: the same ones, or others that cost the same.
        assert changes_nothing(attrs.evolve(same, bill=held.bill), held)
        unlike = (attrs.evolve(held.lines[0], price=Decimal(9)), *held.lines[1:])
        assert not changes_nothing(
            attrs.evolve(same, bill=attrs.evolve(held.bill, lines=unlike)), held
        )


def energy(kwh: str | None) -> Decimal | None:
    return None if kwh is None else Decimal(kwh)


class TestRectify:
    NUMBER = "R26-000009"

    @staticmethod
    def drafted(original: Invoice, cents: int) -> Draft:
        """Return a draft in the place of `original` that asks `cents` more, outside VAT."""
        more = Money.of_cents(cents, "EUR")
        line = attrs.evolve(
            original.lines[0], label="more", amount=more, tax_code="none", tax_rate=Decimal(0)
        )
        bill = attrs.evolve(
            original.bill,
            lines=(*original.lines, line),
            net=original.net + more,
            gross=original.gross + more,
            policy=RoundingPolicy(RoundingScope.END, CENTS_HALF_UP, 5),
            carried_from=CarriedOver((Counter("blocks", START, 5),)),
            carried_over=CarriedOver((Counter("blocks", START, 9),)),
        )
        return Draft(
            original.contract, original.customer, original.cups, "OTHER", bill,
            original.readings[:1], "digest", Basis(measured=3, published=4, figures=("omie",)),
            BillStage.FINAL,
        )  # fmt: skip

    def test_says_all_that_the_draft_does(self) -> None:
        (original,) = documents(billed())
        draft = self.drafted(original, 100)

        document, (event,) = rectify(
            original, draft, number=self.NUMBER, issued_on=THIRD, due_on=LATE
        )

        assert (document.number, document.original) == (self.NUMBER, original.number)
        assert (document.contract, document.customer) == (original.contract, original.customer)
        assert (document.tariff, document.cups) == ("OTHER", original.cups)
        assert (document.readings, document.price_digest) == (original.readings[:1], "digest")
        assert document.basis == draft.basis
        assert document.stage is draft.stage
        assert document.stands == document.standing == draft.bill
        assert (document.issued_on, str(document.gross)) == (THIRD, "1.00 EUR")
        assert document.bill.carried_from == draft.bill.carried_from
        assert document.bill.carried_over == draft.bill.carried_over
        assert (document.bill.policy, document.bill.prices) == (
            draft.bill.policy,
            original.bill.prices,
        )
        assert attrs.asdict(event) == {
            "number": self.NUMBER,
            "contract": original.contract,
            "customer": original.customer,
            "kind": "rectification",
            "gross_cents": 100,
        }

    @pytest.mark.parametrize(
        ("old", "new", "more"),
        [("5", "7.5", "2.5"), ("5", "5", "0"), (None, "7", None), ("7", None, None)],
    )
    def test_is_for_the_energy_by_which_the_bills_differ(
        self, old: str | None, new: str | None, more: str | None
    ) -> None:
        (original,) = documents(billed())
        original = attrs.evolve(original, bill=attrs.evolve(original.bill, energy=energy(old)))
        draft = self.drafted(original, 1)
        draft = attrs.evolve(draft, bill=attrs.evolve(draft.bill, energy=energy(new)))

        document, _ = rectify(original, draft, number=self.NUMBER, issued_on=THIRD, due_on=LATE)
        note, _ = credit(document, number="A26-000001", issued_on=LATE)

        assert document.bill.energy == energy(more)
        assert note.bill.energy == (None if new is None else -Decimal(new))

    def test_is_estimated_where_a_line_of_the_bill_it_leaves_is(self) -> None:
        (original,) = documents(billed(estimated=False))
        draft = self.drafted(original, 100)
        guess = attrs.evolve(draft.bill.lines[0], estimated=True)
        guessed = attrs.evolve(
            draft, bill=attrs.evolve(draft.bill, lines=(guess, *draft.bill.lines[1:]))
        )

        def estimated(of: Draft) -> bool:
            document, _ = rectify(original, of, number=self.NUMBER, issued_on=THIRD, due_on=LATE)
            assert [line.label for line in document.lines] == ["more"]
            return document.estimated

        assert (estimated(draft), estimated(guessed)) == (False, True)

    def test_names_the_bill_whose_amounts_it_takes_back(self) -> None:
        (original,) = documents(billed())
        first = attrs.evolve(original.lines[0], price=Decimal(9))
        lines = (first, *original.lines[1:])
        draft = self.drafted(
            attrs.evolve(original, bill=attrs.evolve(original.bill, lines=lines)), 1
        )
        document, _ = rectify(original, draft, number=self.NUMBER, issued_on=THIRD, due_on=LATE)

        assert f"credit of {original.number}" in str(document.lines[0].derivation)

    @pytest.mark.parametrize(("cents", "due"), [(1, LATE), (0, THIRD), (-1, THIRD)])
    def test_is_due_at_once_unless_more_is_owed(self, cents: int, due: date) -> None:
        (original,) = documents(billed())

        document, _ = rectify(
            original,
            self.drafted(original, cents),
            number=self.NUMBER,
            issued_on=THIRD,
            due_on=LATE,
        )

        assert document.due_on == due

    def test_can_be_taken_back_whole_on_a_later_day(self) -> None:
        (original,) = documents(billed())
        draft = self.drafted(original, 100)
        document, _ = rectify(original, draft, number=self.NUMBER, issued_on=THIRD, due_on=LATE)

        note, (event,) = credit(document, number="A26-000001", issued_on=LATE)

        assert (note.kind, note.original) == (InvoiceKind.CREDIT_NOTE, self.NUMBER)
        assert (note.gross, note.stands) == (-draft.bill.gross, None)
        assert (note.issued_on, note.due_on) == (LATE, LATE)
        assert (note.readings, note.tariff) == (document.readings, "OTHER")
        assert event.gross_cents == -draft.bill.gross.cents
        assert f"credit of {self.NUMBER}" in str(note.lines[-1].derivation.factors)
