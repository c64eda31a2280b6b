"""An issued document as a page."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import attrs
import pytest

from energyretail.adapters.html import HtmlInvoicePages, Seller
from energyretail.adapters.html.reasons import reasons
from energyretail.adapters.html.words import WORDS, money_text, number_text, period_text, unit_text
from energyretail.adapters.memory.documents import MemoryBillsToMail
from energyretail.adapters.memory.mail import MemoryMail
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.documents import Bill, SendInvoiceMail
from energyretail.domain.billing import (
    Deduction,
    DeductionKind,
    Effect,
    EffectKind,
    Invoice,
    InvoiceKind,
    compare,
    credit,
    split_gross,
)
from energyretail.domain.shared import InvoiceNumber, Money, Period
from energyretail.testing.billing import BY_DIFFERENCE
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    customer_of,
    readings_of,
)

PAGES = HtmlInvoicePages(Seller("Luz & Cía, S.L.", "B12345674", "Calle <1>, 28001 Madrid"))


@pytest.fixture
def pair() -> tuple[Invoice, Invoice]:
    """Two bills, the first on readings that were taken, the second on an estimate."""
    desk = memory_desk()
    desk.open_day(THIRD)
    desk.world.sign(contract_of(1))
    desk.world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
    desk.world.read(readings_of(1, THIRD, 220, estimated=True))
    desk.bill()
    before, after = desk.world.invoices.of_contract("K000001")
    return before, after


@pytest.fixture
def invoice() -> Invoice:
    desk = memory_desk()
    desk.open_day(SECOND)
    desk.world.sign(contract_of(1))
    desk.world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
    desk.bill()
    return desk.world.invoices.of_contract("K000001")[0]


class TestInvoicePage:
    def test_shows_every_line_with_its_derivation_and_every_total(self, invoice: Invoice) -> None:
        page = PAGES.page(invoice, customer_of(1))

        assert page.count("<details>") == len(invoice.lines)
        for line in invoice.lines:
            assert f"{line.amount.amount:.2f}".replace(".", ",") + " EUR" in page
        for total in (invoice.net, invoice.tax, invoice.gross):
            assert f"{total.amount:.2f}".replace(".", ",") + " EUR" in page
        assert "F26-000001" in page
        assert invoice.cups.value in page
        assert "P1 2026-04-06 150.000 estimated v1" in page
        assert "(estimada)" in page

    def test_shows_what_is_taken_off_and_what_is_left(self, invoice: Invoice) -> None:
        net, share = split_gross(Money("300.00", "EUR"), tax="IVA", rate=Decimal(21))
        gross = Money("300.00", "EUR")
        taken = Deduction(DeductionKind.ADVANCE, "AN26-000001", net, (share,), gross)

        page = PAGES.page(invoice, customer_of(1), deductions=[taken])

        back = money_text(gross - invoice.gross, "es")
        assert f'<p class="total">Importe a devolverle: {back}</p>' in page
        assert "Fecha de cargo" not in page
        assert "Anticipo AN26-000001 (IVA 21 %)" in page
        for amount in (-net, -share.amount, -gross):
            assert money_text(amount, "es") in page
        assert "Lo que se descuenta" not in PAGES.page(invoice, customer_of(1))

    def test_shows_a_deposit_and_what_a_plan_carried_on_a_bill_still_to_pay(
        self, invoice: Invoice
    ) -> None:
        cent = Money("0.01", "EUR")
        taken = [
            Deduction.untaxed(DeductionKind.DEPOSIT, "D26-000001", invoice.gross),
            Deduction.untaxed(DeductionKind.CARRIED, "K000001/2026-03-07", -cent),
        ]

        page = PAGES.page(invoice, customer_of(1), deductions=taken)

        assert f'<p class="total">Importe a pagar: {money_text(cent, "es")}</p>' in page
        assert "Fianza con sus intereses D26-000001" in page
        assert "Resto de una factura anterior K000001/2026-03-07" in page
        assert "Fecha de cargo" in page

    def test_escapes_what_people_wrote(self, invoice: Invoice) -> None:
        customer = customer_of(1)
        person = attrs.evolve(customer.person, name='<script>"x"</script>')

        page = PAGES.page(invoice, attrs.evolve(customer, person=person))

        assert "<script>" not in page
        assert "&lt;script&gt;" in page
        assert "Luz &amp; Cía" in page
        assert "Calle &lt;1&gt;" in page

    def test_is_the_same_every_time(self, invoice: Invoice) -> None:
        again = HtmlInvoicePages(
            Seller("Luz & Cía, S.L.", "B12345674", "Calle <1>, 28001 Madrid")
        ).page(invoice, customer_of(1))

        assert PAGES.page(invoice, customer_of(1)) == again

    def test_speaks_the_customer_s_language(self, invoice: Invoice) -> None:
        customer = customer_of(1)
        english = attrs.evolve(customer, person=attrs.evolve(customer.person, language="en"))

        page = PAGES.page(invoice, english)

        assert '<html lang="en">' in page
        assert "Amount to pay" in page
        assert f"{invoice.gross.amount:.2f} EUR" in page

    def test_of_a_credit_note_names_its_original_and_asks_for_nothing(
        self, invoice: Invoice
    ) -> None:
        note, _ = credit(invoice, number="R26-000001", issued_on=SECOND)

        page = PAGES.page(note, customer_of(1))

        assert "Rectifica la factura F26-000001" in page
        assert "Importe abonado" in page
        assert "Fecha de cargo" not in page
        assert "Importe a pagar" not in page

    def test_promises_a_correction_on_what_is_to_pay_alone(self, invoice: Invoice) -> None:
        note, _ = credit(invoice, number="R26-000001", issued_on=SECOND)

        assert "se corregirá" in PAGES.page(invoice, customer_of(1))
        assert "se corregirá" not in PAGES.page(note, customer_of(1))

    def test_asks_for_what_a_credit_note_of_a_credit_leaves_to_pay(self, invoice: Invoice) -> None:
        back, _ = credit(invoice, number="R26-000001", issued_on=SECOND)
        given = attrs.evolve(back, kind=InvoiceKind.INVOICE, number="F26-000002", original=None)
        note, _ = credit(given, number="R26-000002", issued_on=SECOND)

        page = PAGES.page(note, customer_of(1))

        assert note.gross == invoice.gross
        assert "Importe a pagar: 40,48" in page
        assert "Fecha de cargo" in page
        assert "Importe abonado" not in page
        assert "se corregirá" not in page  # it is not itself estimated, nor will it be corrected
        assert "Importe abonado: -40,48" in PAGES.page(given, customer_of(1))


class TestWhyItDiffers:
    def test_is_told_where_a_bill_came_before(self, pair: tuple[Invoice, Invoice]) -> None:
        before, after = pair
        assert (before.gross.cents, after.gross.cents) == (4048, 4783)

        page = PAGES.page(after, customer_of(1), previous=before)

        assert "Por qué no es igual que la anterior" in page
        assert "Su factura anterior fue la F26-000001 (07/03/2026 – 05/04/2026): 40,48 EUR." in page
        assert "Diferencia: <strong>+7,35 EUR</strong>" in page
        assert "<li>Han cambiado los impuestos: -3,19 EUR</li>" in page
        assert (
            "<li>Alguna de las lecturas es estimada: 6,77 kWh al día en lugar de 5: +9,09 EUR</li>"
            in page
        )
        assert "<li>Esta factura es de 31 días en lugar de 30: +1,45 EUR</li>" in page

    def test_is_told_in_the_customer_s_language(self, pair: tuple[Invoice, Invoice]) -> None:
        before, after = pair
        customer = customer_of(1)
        english = attrs.evolve(customer, person=attrs.evolve(customer.person, language="en"))

        page = PAGES.page(after, english, previous=before)

        assert "<li>This bill is for 31 days instead of 30: +1.45 EUR</li>" in page

    def test_is_not_told_on_a_first_bill(self, pair: tuple[Invoice, Invoice]) -> None:
        assert "Por qué no es igual" not in PAGES.page(pair[0], customer_of(1))

    def test_has_words_for_every_cause_in_every_language(self) -> None:
        for words in WORDS.values():
            assert {f"because_{kind.value}" for kind in EffectKind} <= words.keys()
            assert words.keys() == WORDS["es"].keys()

    @pytest.mark.parametrize(
        ("kwh", "reason"),
        [
            (("8.004", "8.0"), "Ha consumido a otras horas"),
            (("8", None), "Ha cambiado su consumo al día"),
            (("8", "7.5"), "Ha consumido 7,50 kWh al día en lugar de 8"),
        ],
    )
    def test_of_use_names_the_figures_there_are(
        self, pair: tuple[Invoice, Invoice], kwh: tuple[str, str | None], reason: str
    ) -> None:
        comparison = compare(*pair)
        day = Period(START, date(2026, 3, 8))
        then, now = (
            attrs.evolve(bill, period=day, kwh=None if use is None else Decimal(use))
            for bill, use in zip((comparison.previous, comparison.current), kwh, strict=True)
        )
        only_use = (Effect(EffectKind.USAGE, Money("0.10", "EUR")),)
        told = attrs.evolve(comparison, previous=then, current=now, effects=only_use)

        assert reasons(told, "es") == ((reason, Money("0.10", "EUR")),)


class TestWords:
    def test_write_days_numbers_and_units_as_the_language_does(self):
        march = Period(date(2026, 3, 16), date(2026, 3, 22))

        assert period_text(march, "es") == "16/03/2026 – 21/03/2026"
        assert period_text(march, "en") == "16 Mar 2026 – 21 Mar 2026"
        assert number_text(Decimal("33446.000"), "es") == "33446"
        assert number_text(Decimal("231.333333"), "es") == "231,333333"
        assert money_text(Money("4.7", "EUR"), "es") == "4,70 EUR"
        assert unit_text("EUR/kW·year", "es") == "EUR/kW·año"
        assert unit_text("EUR/kW·year", "en") == "EUR/kW·year"


CHAIN = tuple(map(InvoiceNumber, ("F26-000001", "R26-000001", "R26-000002")))


def taken_back(bill: Invoice) -> Invoice:
    """Return the credit note of a bill that was rectified twice before."""
    last = attrs.evolve(
        bill,
        number=CHAIN[2],
        kind=InvoiceKind.RECTIFICATION,
        original=CHAIN[1],
        stands=bill.bill,
    )
    note, _ = credit(last, number=InvoiceNumber("R26-000003"), issued_on=SECOND)
    return note


class TestStage:
    def test_is_the_title_of_a_first_and_of_a_final_bill(self) -> None:
        desk = memory_desk()
        desk.world.sign(contract_of(1, ended_on=THIRD))
        readings = [(START, 100), (SECOND, 150), (THIRD, 200)]
        desk.world.read(*(readings_of(1, day, index) for day, index in readings))
        desk.open_day(THIRD)
        desk.bill()

        titles = [
            PAGES.page(bill, customer_of(1)).split("<h1>")[1].split("</h1>")[0]
            for bill in desk.world.invoices.of_contract("K000001")
        ]

        assert titles == ["Primera factura F26-000001", "Factura final F26-000002"]


class TestRectificationPage:
    @pytest.mark.parametrize("index", [170, 140])
    def test_says_by_how_much_which_bill_was_wrong(self, index: int) -> None:
        desk = memory_desk(policy=BY_DIFFERENCE)
        desk.open_day(SECOND)
        desk.world.sign(contract_of(1))
        desk.world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150, estimated=True))
        desk.bill()
        desk.world.read(readings_of(1, SECOND, index, version=2))
        desk.correct()
        document = desk.world.invoices.of_contract("K000001")[1]

        page = PAGES.page(document, customer_of(1))

        assert "Factura rectificativa (por diferencias) R26-000001" in page
        assert "Rectifica la factura F26-000001." in page
        assert ("Fecha de cargo" in page) == (document.gross.cents > 0)
        assert "Difference: " in page
        assert page.count("<details>") == len(document.lines)

    def test_of_a_rectification_taken_back_names_all_that_it_takes_back(
        self, invoice: Invoice
    ) -> None:
        note = taken_back(invoice)

        page = PAGES.page(note, customer_of(1), named=CHAIN)

        assert "Rectifica la factura F26-000001, R26-000001, R26-000002." in page

    def test_is_mailed_for_the_initial_bill(self, invoice: Invoice) -> None:
        mail = MemoryMail()
        sender = SendInvoiceMail(
            bills=MemoryBillsToMail(MemoryStore()),
            pages=PAGES,
            mail=mail,
            message_id="<{}@example.org>".format,
        )

        sender.deliver(Bill(taken_back(invoice), customer_of(1), named=CHAIN), maybe_sent=False)

        (kept,) = mail.kept.values()
        assert kept.subject == "Credit note R26-000003 for your bill F26-000001"

    def test_tells_what_is_to_be_paid_or_paid_back(self, invoice: Invoice) -> None:
        mail = MemoryMail()
        sender = SendInvoiceMail(
            bills=MemoryBillsToMail(MemoryStore()),
            pages=PAGES,
            mail=mail,
            message_id="<{}@example.org>".format,
        )
        deposit = Deduction.untaxed(
            DeductionKind.DEPOSIT, "D26-000001", invoice.gross + Money("7.50", "EUR")
        )
        other = attrs.evolve(invoice, number=InvoiceNumber("F26-000002"))

        sender.deliver(Bill(invoice, customer_of(1)), maybe_sent=False)
        sender.deliver(Bill(other, customer_of(1), deductions=(deposit,)), maybe_sent=False)

        asked, back = (kept.text for kept in mail.kept.values())
        assert asked == f"F26-000001: {invoice.gross}, due on {invoice.due_on}.\n"
        assert back == "F26-000002: 7.50 EUR to be paid back to you.\n"

    def test_asks_for_what_a_credit_note_of_a_credit_leaves(self, invoice: Invoice) -> None:
        given = attrs.evolve(taken_back(invoice), kind=InvoiceKind.INVOICE, original=None)
        note, _ = credit(given, number=InvoiceNumber("R26-000004"), issued_on=SECOND)
        mail = MemoryMail()
        sender = SendInvoiceMail(
            bills=MemoryBillsToMail(MemoryStore()),
            pages=PAGES,
            mail=mail,
            message_id="<{}@example.org>".format,
        )

        sender.deliver(Bill(note, customer_of(1)), maybe_sent=False)

        (kept,) = mail.kept.values()
        assert kept.text == f"R26-000004: {invoice.gross}, due on {SECOND}.\n"

    def test_tells_a_correction_of_its_own_sign_unless_more_is_owed_with_it(
        self, invoice: Invoice
    ) -> None:
        back = taken_back(invoice)
        credit = attrs.evolve(back, kind=InvoiceKind.RECTIFICATION, stands=invoice.bill)
        owed = -back.gross + Money("1.00", "EUR")
        carried = Deduction.untaxed(DeductionKind.CARRIED, "K000001/2026-03-07", -owed)
        mail = MemoryMail()
        sender = SendInvoiceMail(
            bills=MemoryBillsToMail(MemoryStore()),
            pages=PAGES,
            mail=mail,
            message_id="<{}@example.org>".format,
        )

        sender.deliver(Bill(back, customer_of(1)), maybe_sent=False)
        sender.deliver(
            Bill(
                attrs.evolve(credit, number=InvoiceNumber("F26-000009")),
                customer_of(1),
                deductions=(carried,),
            ),
            maybe_sent=False,
        )

        given, asked = (kept.text for kept in mail.kept.values())
        assert given == f"{back.number}: {invoice.gross} credited to you.\n"
        assert asked == f"F26-000009: 1.00 EUR, due on {back.due_on}.\n"
        page = PAGES.page(credit, customer_of(1), deductions=(carried,))
        assert "Importe a pagar: 1,00" in page
        assert "Importe abonado: -" in PAGES.page(credit, customer_of(1))
