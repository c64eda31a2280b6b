"""Documents a customer gets: invoices, credit notes that take one back, rebills that replace it."""

from __future__ import annotations

import enum
from datetime import date
from typing import ClassVar

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.drafts import Draft
from energyretail.domain.billing.supplies import IndexReading
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

__all__ = ["Invoice", "InvoiceIssued", "InvoiceKind", "credit", "issue"]


class InvoiceKind(enum.Enum):
    """What a document does: bill, take a bill back, or bill again what was taken back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    REBILL = "rebill"


@attrs.frozen
class InvoiceIssued(Event):
    """A document was issued; `gross_cents` is negative on a credit note."""

    name: ClassVar[str] = "billing.invoice.issued"
    number: InvoiceNumber
    contract: ContractNumber
    customer: CustomerNumber
    kind: str
    gross_cents: int


@attrs.frozen
class Invoice:
    """An issued document: it is never changed, only taken back by a credit note.

    `readings` are those the bill rests on, in the version it saw. `original` is the document
    that a credit note takes back or a rebill replaces.

    Raises Invalid ``billing.invoice.original`` (a credit note or rebill names its original, an
    invoice has none); ``billing.invoice.due`` (due before issued).
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

    def __attrs_post_init__(self) -> None:
        if (self.kind is InvoiceKind.INVOICE) != (self.original is None):
            raise Invalid(
                "billing.invoice.original",
                "a credit note or rebill names its original, an invoice has none",
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
        """What the customer owes for it; negative on a credit note."""
        return self.bill.gross

    @property
    def estimated(self) -> bool:
        """Whether a reading behind it was estimated."""
        return any(reading.quality is pricing.Quality.ESTIMATED for reading in self.readings)


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
        _refuse_other(draft, original)
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
    )
    return invoice, (_issued(invoice),)


def _refuse_other(draft: Draft, original: Invoice) -> None:
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

    It is due at once, against the original's open item. Raises Refused
    ``billing.credit.of_credit`` for a credit note.
    """
    if original.kind is InvoiceKind.CREDIT_NOTE:
        raise Refused(
            "billing.credit.of_credit", "a credit note is not credited", number=original.number
        )
    note = attrs.evolve(
        original,
        number=number,
        kind=InvoiceKind.CREDIT_NOTE,
        bill=_negated(original.bill, original.number),
        issued_on=issued_on,
        due_on=issued_on,
        original=original.number,
    )
    return note, (_issued(note),)


def _issued(invoice: Invoice) -> InvoiceIssued:
    return InvoiceIssued(
        number=invoice.number,
        contract=invoice.contract,
        customer=invoice.customer,
        kind=invoice.kind.value,
        gross_cents=invoice.gross.cents,
    )


def _negated(bill: pricing.PricedBill, original: InvoiceNumber) -> pricing.PricedBill:
    return attrs.evolve(
        bill,
        lines=tuple(
            attrs.evolve(
                line,
                quantity=-line.quantity,
                amount=-line.amount,
                derivation=_reversed(line.derivation, original),
            )
            for line in bill.lines
        ),
        taxes=tuple(
            attrs.evolve(
                tax,
                base=-tax.base,
                amount=-tax.amount,
                derivation=_reversed(tax.derivation, original),
            )
            for tax in bill.taxes
        ),
        net=-bill.net,
        tax=-bill.tax,
        gross=-bill.gross,
    )


def _reversed(derivation: pricing.Derivation, original: InvoiceNumber) -> pricing.Derivation:
    # The rounding stays inside, with the original's amount: nothing is rounded twice.
    minus = pricing.Factor("taken back", -1, "", f"credit of {original}")
    return pricing.Derivation(
        f"Credit: {derivation.name}", (minus,), parts=(derivation,), rounding=derivation.rounding
    )
