"""What a document does to the ledger."""

from __future__ import annotations

from decimal import Decimal

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.invoices import Invoice
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import CENTS_HALF_UP, Money

__all__ = ["posting_of"]


def posting_of(invoice: Invoice, *, excise_components: frozenset[str]) -> Entry | None:
    """Return the entry of a document under the key ``invoice:<number>``; None if all is zero.

    Debit RECEIVABLE the gross on the document's open item (a credit note: its original's);
    credit VAT, EXCISE the lines of `excise_components`, ROUNDING the rounding line, and
    REVENUE the rest of the net. Amounts of a credit note are negative, so it mirrors its
    original.
    """
    split = _Split.of(invoice.bill, excise_components)
    gross = Posting(Account.RECEIVABLE, invoice.gross, invoice.customer, invoice.item)
    against = (
        Posting(Account.REVENUE, -(invoice.net - split.excise - split.rounding)),
        Posting(Account.EXCISE, -split.excise),
        Posting(Account.VAT, -invoice.tax),
        Posting(Account.ROUNDING, -split.rounding),
    )
    postings = tuple(posting for posting in (gross, *against) if posting.amount)
    if not postings:
        return None
    text = f"{invoice.kind.value.replace('_', ' ')} {invoice.number} {invoice.period}"
    return Entry(f"invoice:{invoice.number}", invoice.issued_on, text, postings)


@attrs.frozen
class _Split:
    """The parts of a bill's net that are not revenue."""

    excise: Money
    rounding: Money

    @classmethod
    def of(cls, bill: pricing.PricedBill, excise_components: frozenset[str]) -> _Split:
        return cls(_net(bill, excise_components), _net(bill, frozenset({pricing.ROUNDING})))


def _net(bill: pricing.PricedBill, components: frozenset[str]) -> Money:
    lines = [line for line in bill.lines if line.component in components]
    if bill.prices is pricing.Prices.NET:
        return Money.total((line.amount for line in lines), bill.currency)
    # Lines that contain VAT: what is left after it, to the cent; revenue takes the rest.
    return Money.total((_without_tax(line) for line in lines), bill.currency)


def _without_tax(line: pricing.PriceLine) -> Money:
    share = Decimal(100) / (100 + line.tax_rate)
    return (line.amount * share).rounded(CENTS_HALF_UP)
