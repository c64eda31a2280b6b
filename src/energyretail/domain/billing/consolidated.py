"""One document over the bills of many supply points, each of which stays what it is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import ClassVar

import attrs

from energyretail.domain.billing.deductions import TaxShare, tax_shares
from energyretail.domain.billing.invoices import Invoice, InvoiceKind
from energyretail.domain.shared import (
    CustomerNumber,
    Event,
    Invalid,
    InvoiceNumber,
    Money,
    Refused,
)

__all__ = [
    "ConsolidatedInvoice",
    "ConsolidatedInvoiceIssued",
    "ConsolidatedMember",
    "ConsolidatedTotals",
    "nothing_left",
    "one_due_day",
    "payable_on",
]


@attrs.frozen
class ConsolidatedInvoiceIssued(Event):
    """A customer got one document over `members` bills."""

    name: ClassVar[str] = "billing.consolidated_invoice.issued"
    number: InvoiceNumber
    customer: CustomerNumber
    members: int
    gross_cents: int


@attrs.frozen
class ConsolidatedMember:
    """A document as its consolidated invoice adds it up; a credit note is negative.

    `taxes` are its VAT by tax and rate, `due_on` the day it is due, as it was issued with.
    """

    number: InvoiceNumber
    kind: InvoiceKind
    customer: CustomerNumber
    net: Money
    gross: Money
    taxes: tuple[TaxShare, ...]
    due_on: date

    @classmethod
    def of(cls, invoice: Invoice) -> ConsolidatedMember:
        """Return what is added up of an issued document."""
        return cls(
            number=invoice.number,
            kind=invoice.kind,
            customer=invoice.customer,
            net=invoice.net,
            gross=invoice.gross,
            taxes=tax_shares(invoice.taxes),
            due_on=invoice.due_on,
        )


@attrs.frozen
class ConsolidatedTotals:
    """Sums of documents: how many, their net and gross, VAT by tax and rate in that order.

    Nothing is rounded: the sums are those of what the members were issued with, in whatever
    order and chunks they are added. Raises Invalid ``billing.consolidated.sum`` (net and VAT are
    the gross).
    """

    members: int
    net: Money
    gross: Money
    taxes: tuple[TaxShare, ...] = ()

    def __attrs_post_init__(self) -> None:
        if self.net + self.tax != self.gross:
            raise Invalid("billing.consolidated.sum", "does not add up", gross=self.gross)

    @classmethod
    def nothing(cls, currency: str) -> ConsolidatedTotals:
        """Return the sums of no document."""
        return cls(0, Money.zero(currency), Money.zero(currency))

    @property
    def tax(self) -> Money:
        """The VAT of all rates."""
        return Money.total((share.amount for share in self.taxes), self.gross.currency)

    def plus(self, members: Iterable[ConsolidatedMember]) -> ConsolidatedTotals:
        """Return the sums with more documents; raises Invalid for another currency, or as above."""
        count, net, gross = self.members, self.net, self.gross
        shares: dict[tuple[str, Decimal], TaxShare] = {share.key: share for share in self.taxes}
        for member in members:
            count, net, gross = count + 1, net + member.net, gross + member.gross
            for share in member.taxes:
                shares[share.key] = _sum(shares.get(share.key), share)
        return ConsolidatedTotals(count, net, gross, tuple(shares[key] for key in sorted(shares)))


def _sum(known: TaxShare | None, share: TaxShare) -> TaxShare:
    if known is None:
        return share
    return attrs.evolve(share, base=known.base + share.base, amount=known.amount + share.amount)


@attrs.frozen
class ConsolidatedInvoice:
    """A customer's documents issued before a day and in no earlier one, as one to pay.

    Its members keep their numbers, lines, explanations and corrections: it adds them up and
    posts nothing. What is open of them is due on its day, whatever day they were issued with. A
    document taken back after it was a member stays one; its credit note and rebill are members
    of the next, which so shows the difference. `issued_before` is the first day whose documents
    are left to the next; (customer, issued_before) is the natural key.

    Raises Invalid ``billing.consolidated.due`` (due before issued),
    ``billing.consolidated.early`` (documents of days that are not over).
    """

    number: InvoiceNumber
    customer: CustomerNumber
    issued_before: date
    issued_on: date
    due_on: date
    totals: ConsolidatedTotals

    def __attrs_post_init__(self) -> None:
        if self.due_on < self.issued_on:
            raise Invalid("billing.consolidated.due", "due before issued", number=self.number)
        if self.issued_before > self.issued_on:
            raise Invalid(
                "billing.consolidated.early", "those days are not over", number=self.number
            )

    @classmethod
    def issue(
        cls,
        totals: ConsolidatedTotals,
        *,
        number: InvoiceNumber,
        customer: CustomerNumber,
        issued_before: date,
        issued_on: date,
        due_on: date,
    ) -> tuple[ConsolidatedInvoice, tuple[Event, ...]]:
        """Return the document over what was added up.

        Raises Refused ``billing.consolidated.nothing`` for no member.
        """
        if not totals.members:
            raise nothing_left(customer)
        issued = cls(number, customer, issued_before, issued_on, due_on, totals)
        told = ConsolidatedInvoiceIssued(number, customer, totals.members, totals.gross.cents)
        return issued, (told,)


def nothing_left(customer: str) -> Refused:
    """Return why there is no document: the customer has none that is not in one."""
    return Refused("billing.consolidated.nothing", "nothing to consolidate", customer=customer)


def one_due_day(members: Iterable[ConsolidatedMember], *, ours: date) -> date:
    """Return the day on which all is due: ours, or that of the member that is due last.

    Nobody is asked for money earlier than a document told them.
    """
    return max([ours, *(member.due_on for member in members)])


def payable_on(due_on: date, *, whole: ConsolidatedInvoice | None) -> date:
    """Return the day a document is to be paid: its own `due_on`, or that of the `whole` it is in.

    The money is asked for once, on one day, whether the document was due before it or not.
    """
    return due_on if whole is None else whole.due_on
