"""What every implementation of the ports of documents promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import attrs
import pytest

from energyretail.application.billing import InvoiceNames
from energyretail.application.documents import Bill, BillsToMail, MailService
from energyretail.domain.billing import Invoice, InvoiceKind, credit
from energyretail.domain.shared import Invalid, InvoiceNumber, NotFound
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    BillingWorld,
    contract_of,
    readings_of,
)
from energyretail.testing.conformance.billing_cases import customer_of

__all__ = [
    "BillsToMailConformance",
    "InvoiceNamesConformance",
    "KeptMails",
    "MailServiceConformance",
    "issued",
]

KeptMails = Callable[[], Mapping[str, Sequence[str]]]
"""What a relay holds: Message-ID → (to, subject, text, html), text and page without end blanks."""

_MAIL = ("ana@example.org", "Su factura F26-000001", "Total: 64,56 €", "<p>64,56 €</p>")
_ID = "<invoice.F26-000001@example.org>"


def issued(world: BillingWorld) -> tuple[Invoice, Invoice]:
    """Issue and return one document for each of two customers."""
    world.sign(contract_of(1), contract_of(2, customer=2))
    for number in (1, 2):
        world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
    first = world.bill_first("F26-000001", today=SECOND)
    return first, world.bill_first("F26-000002", today=SECOND)


class BillsToMailConformance:
    """Give the fixtures `world`, an empty BillingWorld, and `bills`, the port over it."""

    def test_finds_documents_with_their_customers(
        self, world: BillingWorld, bills: BillsToMail
    ) -> None:
        first, second = issued(world)

        found = bills.bills([second.number, "F26-999999", first.number])

        assert set(found) == {Bill(first, customer_of(1)), Bill(second, customer_of(2))}

    def test_finds_with_each_the_bill_before_it(
        self, world: BillingWorld, bills: BillsToMail
    ) -> None:
        first, other = issued(world)
        world.read(readings_of(1, THIRD, 200))
        second = world.bill_first("F26-000003", today=THIRD)

        found = {bill.invoice: bill.previous for bill in bills.bills([second.number, other.number])}

        assert found == {second: first, other: None}

    def test_finds_with_each_the_documents_it_must_name(
        self, world: BillingWorld, bills: BillsToMail
    ) -> None:
        first, _ = issued(world)
        for version, index in ((2, 160), (3, 155)):
            world.read(readings_of(1, SECOND, index, version=version))
            last = world.rectify_first(f"R26-00000{version}", day=THIRD)
        note, _ = credit(last, number=InvoiceNumber("R26-000004"), issued_on=THIRD)
        again = attrs.evolve(
            first,
            number=InvoiceNumber("F26-000005"),
            kind=InvoiceKind.REBILL,
            original=last.number,
        )
        world.add(note, again)
        taken, _ = credit(again, number=InvoiceNumber("R26-000006"), issued_on=THIRD)
        world.add(taken)

        every = [bill.number for bill in world.invoices.of_contract("K000001")]
        named = {bill.invoice.number: bill.named for bill in bills.bills(every)}

        chain = ("F26-000001", "R26-000002", "R26-000003")
        assert named == {
            "F26-000001": (),
            "R26-000002": chain[:1],
            "R26-000003": chain[:2],
            "R26-000004": chain,
            "F26-000005": chain,
            # What was billed anew is a whole bill: it is the initial one from then on.
            "R26-000006": ("F26-000005",),
        }

    def test_finds_nothing_for_nothing(self, bills: BillsToMail) -> None:
        assert bills.bills([]) == bills.bills(["F26-000001"]) == ()


class InvoiceNamesConformance:
    """Give the fixtures `world`, an empty BillingWorld, and `names`, the port over it."""

    def test_lead_back_to_the_number(self, world: BillingWorld, names: InvoiceNames) -> None:
        for invoice in issued(world):
            assert names.number_of(names.name_of(invoice.number)) == invoice.number

    def test_differ_and_show_no_order(self, world: BillingWorld, names: InvoiceNames) -> None:
        first, second = (names.name_of(invoice.number) for invoice in issued(world))

        assert first[:8] != second[:8]

    def test_take_a_number_for_itself(self, world: BillingWorld, names: InvoiceNames) -> None:
        _, second = issued(world)

        assert names.number_of(second.number) == second.number

    def test_of_nothing_are_not_found(self, world: BillingWorld, names: InvoiceNames) -> None:
        issued(world)

        for unknown in ("inv_0", "inv_!!!!!!!!!!!!!"):
            with pytest.raises(NotFound):
                names.number_of(unknown)
        with pytest.raises(NotFound):
            names.name_of("F26-999999")


class MailServiceConformance:
    """Give the fixtures `mail`, the port to an empty relay, and `kept` (see KeptMails)."""

    def test_hands_over_text_and_page(self, mail: MailService, kept: KeptMails) -> None:
        mail.send(*_MAIL, _ID)

        assert kept() == {_ID: _MAIL}

    def test_sends_twice_what_arrives_once(self, mail: MailService, kept: KeptMails) -> None:
        mail.send(*_MAIL, _ID)
        mail.send(*_MAIL, _ID)

        assert kept() == {_ID: _MAIL}

    def test_refuses_other_words_under_an_identity(
        self, mail: MailService, kept: KeptMails
    ) -> None:
        mail.send(*_MAIL, _ID)

        with pytest.raises(Invalid) as caught:
            mail.send(_MAIL[0], "Something else", *_MAIL[2:], _ID)
        assert caught.value.code == "mail.refused"
        assert kept() == {_ID: _MAIL}

    @pytest.mark.parametrize("to", ["", "nobody", "a@b\r\nBcc: c@d", "a@b, c@d", "zoé@example.org"])
    def test_refuses_what_is_no_address(self, mail: MailService, kept: KeptMails, to: str) -> None:
        with pytest.raises(Invalid):
            mail.send(to, *_MAIL[1:], _ID)
        assert kept() == {}
