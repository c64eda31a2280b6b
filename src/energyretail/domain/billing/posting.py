"""What a document does to the ledger."""

from __future__ import annotations

from decimal import Decimal

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.invoices import Invoice
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import CENTS_HALF_UP, Money, RoundingScope

__all__ = ["PostingShare", "posting_of", "posting_shares"]


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
class PostingShare:
    """What the entry of a bill posts to an account: a sum of numbers of its kernel.

    A term is the place of a number and how many times it counts, in cents.
    """

    account: Account
    terms: tuple[tuple[int, int], ...]


def posting_shares(
    form: pricing.BillForm, kernel: pricing.Kernel, *, excise_components: frozenset[str]
) -> tuple[PostingShare, ...] | None:
    """Return what `posting_of` posts for the bills of a kernel, in that order; zero is left out.

    None where that is no plain sum: a part of prices that contain VAT is what is left after it.
    """
    drafts = [line.draft for line in form.lines]
    places = zip(drafts, kernel.lines, strict=True)
    excise = tuple(place.amount for draft, place in places if draft.component in excise_components)
    rounding = tuple(each.amount for each in kernel.roundings)
    by_line = form.terms.rounding.scope is RoundingScope.LINE  # there is no line of rounding
    if form.terms.prices is not pricing.Prices.NET and (excise or not by_line):
        return None
    split = (*excise, *rounding)
    return (
        PostingShare(Account.RECEIVABLE, ((kernel.gross, 1),)),
        PostingShare(
            Account.REVENUE, ((kernel.gross, -1), (kernel.tax, 1), *((at, 1) for at in split))
        ),
        PostingShare(Account.EXCISE, tuple((at, -1) for at in excise)),
        PostingShare(Account.VAT, ((kernel.tax, -1),)),
        PostingShare(Account.ROUNDING, tuple((at, -1) for at in rounding)),
    )


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
