"""Documents a customer gets: bills, and those that take a bill back, replace or rectify it."""

from __future__ import annotations

import enum
from datetime import date
from typing import ClassVar

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.drafts import Draft
from energyretail.domain.billing.negation import negated
from energyretail.domain.billing.stages import BillStage
from energyretail.domain.billing.supplies import IndexReading
from energyretail.domain.billing.usage_to_bill import NO_BASIS, Basis
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    Event,
    Invalid,
    InvoiceNumber,
    Money,
    Period,
    Refused,
)

__all__ = [
    "Invoice",
    "InvoiceIssued",
    "InvoiceKind",
    "credit",
    "issue",
    "issued_event",
    "refuse_other",
]


class InvoiceKind(enum.Enum):
    """What a document does.

    It bills, takes a bill back, bills again what was taken back, or says by how much a bill in
    force was wrong.
    """

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    REBILL = "rebill"
    RECTIFICATION = "rectification"


@attrs.frozen
class InvoiceIssued(Event):
    """A document was issued; `gross_cents` is negative where it gives money back."""

    name: ClassVar[str] = "billing.invoice.issued"
    number: InvoiceNumber
    contract: ContractNumber
    customer: CustomerNumber
    kind: str
    gross_cents: int


@attrs.frozen
class Invoice:
    """An issued document: it is never changed, only taken back, replaced or rectified.

    `readings` are those the bill rests on, in the version it saw. `original` is the document
    that a credit note takes back, a rebill replaces or a rectification changes. The `bill` of a
    rectification holds differences; `stands` is then the whole bill that holds from there on.
    `price_digest` names the prices and taxes it was rated by (`billing.price_digest`), empty
    where nobody kept it; `basis` what it rests on besides; `stage` which bill of its supply it is,
    or puts right.

    Raises Invalid ``billing.invoice.original`` (an invoice has none, any other document names
    its original); ``billing.invoice.stands`` (a rectification and no other has the bill it leaves);
    ``billing.invoice.due`` (due before issued).
    """

    number: InvoiceNumber
    kind: InvoiceKind
    contract: ContractNumber
    customer: CustomerNumber
    cups: Cups
    tariff: str
    bill: pricing.PricedBill
    readings: tuple[IndexReading, ...]
    issued_on: date
    due_on: date
    original: InvoiceNumber | None = None
    price_digest: str = ""
    stands: pricing.PricedBill | None = None
    basis: Basis = NO_BASIS
    stage: BillStage = BillStage.PERIODIC

    def __attrs_post_init__(self) -> None:
        if (self.kind is InvoiceKind.INVOICE) != (self.original is None):
            raise Invalid(
                "billing.invoice.original",
                "an invoice has none, any other document names its original",
                number=self.number,
            )
        if (self.kind is InvoiceKind.RECTIFICATION) != (self.stands is not None):
            raise Invalid(
                "billing.invoice.stands",
                "a rectification and no other has the bill it leaves",
                number=self.number,
            )
        if self.due_on < self.issued_on:
            raise Invalid("billing.invoice.due", "due before issued", number=self.number)

    @property
    def item(self) -> InvoiceNumber:
        """The open item it changes: its own, or the original's for a credit note."""
        credited = self.kind is InvoiceKind.CREDIT_NOTE and self.original
        return credited or self.number

    @property
    def standing(self) -> pricing.PricedBill:
        """The whole bill that holds once it is issued: a correction starts from this."""
        return self.stands or self.bill

    @property
    def period(self) -> Period:
        """The days billed."""
        return self.bill.period

    @property
    def lines(self) -> tuple[pricing.PriceLine, ...]:
        """The lines, each in whole cents with its derivation."""
        return self.bill.lines

    @property
    def taxes(self) -> tuple[pricing.TaxLine, ...]:
        """VAT by rate."""
        return self.bill.taxes

    @property
    def net(self) -> Money:
        """The total without VAT."""
        return self.bill.net

    @property
    def tax(self) -> Money:
        """The total VAT."""
        return self.bill.tax

    @property
    def gross(self) -> Money:
        """What the customer owes for it; negative where it gives money back."""
        return self.bill.gross

    @property
    def estimated(self) -> bool:
        """Whether a reading or an interval behind it was estimated."""
        read = any(reading.quality is pricing.Quality.ESTIMATED for reading in self.readings)
        return read or any(line.estimated for line in self.standing.lines)


def issue(
    draft: Draft,
    *,
    number: InvoiceNumber,
    issued_on: date,
    due_on: date,
    original: Invoice | None = None,
) -> tuple[Invoice, tuple[Event, ...]]:
    """Return the document of a draft: an invoice, or the rebill of `original`.

    Raises Refused ``billing.rebill.other`` when the draft is not for the same supply and
    period as the original, or the original is a credit note.
    """
    if original is not None:
        refuse_other(draft, original)
    invoice = Invoice(
        number=number,
        kind=InvoiceKind.REBILL if original else InvoiceKind.INVOICE,
        contract=draft.contract,
        customer=draft.customer,
        cups=draft.cups,
        tariff=draft.tariff,
        bill=draft.bill,
        readings=draft.readings,
        issued_on=issued_on,
        due_on=due_on,
        original=original.number if original else None,
        price_digest=draft.price_digest,
        basis=draft.basis,
        stage=draft.stage,
    )
    return invoice, (issued_event(invoice),)


def refuse_other(draft: Draft, original: Invoice) -> None:
    """Raise Refused ``billing.rebill.other`` unless a draft may take the place of `original`."""
    drafted = (draft.contract, draft.customer, draft.cups, draft.bill.period)
    billed = (original.contract, original.customer, original.cups, original.period)
    if drafted != billed or original.kind is InvoiceKind.CREDIT_NOTE:
        raise Refused(
            "billing.rebill.other",
            "a rebill is for the supply and period of the bill it replaces",
            original=original.number,
        )


def credit(
    original: Invoice, *, number: InvoiceNumber, issued_on: date
) -> tuple[Invoice, tuple[Event, ...]]:
    """Return the credit note that takes `original` back: every amount exactly negated.

    Of a rectification it takes back the whole bill that stands. It is due at once, against the
    original's open item. Raises Refused ``billing.credit.of_credit`` for a credit note.
    """
    if original.kind is InvoiceKind.CREDIT_NOTE:
        raise Refused(
            "billing.credit.of_credit", "a credit note is not credited", number=original.number
        )
    note = attrs.evolve(
        original,
        number=number,
        kind=InvoiceKind.CREDIT_NOTE,
        bill=negated(original.standing, original.number),
        issued_on=issued_on,
        due_on=issued_on,
        original=original.number,
        stands=None,
    )
    return note, (issued_event(note),)


def issued_event(invoice: Invoice) -> InvoiceIssued:
    """Return what is told of a document when it is issued."""
    return InvoiceIssued(
        number=invoice.number,
        contract=invoice.contract,
        customer=invoice.customer,
        kind=invoice.kind.value,
        gross_cents=invoice.gross.cents,
    )
