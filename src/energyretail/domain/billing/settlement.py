"""Settlement: what is left of a bill once the documents before it are taken off."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.deductions import Deduction, TaxShare, tax_shares
from energyretail.domain.billing.invoices import Invoice, InvoiceKind
from energyretail.domain.ledger import Account, Posting
from energyretail.domain.shared import CustomerNumber, Invalid, InvoiceNumber, Money

__all__ = [
    "LeftAs",
    "Settlement",
    "TakenOff",
    "left_as",
    "settle",
    "share_out",
    "take_off",
]


@attrs.frozen
class Settlement:
    """A bill's totals, each deduction with its own amounts, and the residual they leave.

    The residual is in no way rounded: rate by rate it is the bill less the deductions, so that
    bill = residual + deductions holds in net, in every VAT and in gross. It is negative when
    the customer gets money back.

    Raises Invalid ``billing.settlement.twice`` when a document is taken off twice.
    """

    bill_net: Money
    bill_taxes: tuple[TaxShare, ...]
    bill_gross: Money
    deductions: tuple[Deduction, ...]

    def __attrs_post_init__(self) -> None:
        named = [(each.kind, each.document) for each in self.deductions]
        if len(set(named)) < len(named):
            raise Invalid("billing.settlement.twice", "a document is taken off once", of=named)

    @property
    def deducted(self) -> Money:
        """The gross of all deductions."""
        return Money.total((each.gross for each in self.deductions), self.bill_gross.currency)

    @property
    def net(self) -> Money:
        """The residual without VAT."""
        taken = (each.net for each in self.deductions)
        return self.bill_net - Money.total(taken, self.bill_gross.currency)

    @property
    def taxes(self) -> tuple[TaxShare, ...]:
        """The residual's VAT by tax and rate, ordered by both; a rate of nothing is left out.

        A rate may be negative beside a positive one: advances asked before a change of the
        rate are taken back at theirs, and the bill is taxed at its own.
        """
        left: dict[tuple[str, Decimal], TaxShare] = {}
        taken = (-share for each in self.deductions for share in each.taxes)
        for share in (*self.bill_taxes, *taken):
            known = left.get(share.key)
            left[share.key] = share if known is None else _added(known, share)
        return tuple(left[key] for key in sorted(left) if left[key].base or left[key].amount)

    @property
    def gross(self) -> Money:
        """The residual the customer owes for the bill; negative when it is owed to them."""
        return self.bill_gross - self.deducted


def _added(one: TaxShare, other: TaxShare) -> TaxShare:
    return attrs.evolve(one, base=one.base + other.base, amount=one.amount + other.amount)


def settle(bill: pricing.PricedBill, deductions: Iterable[Deduction]) -> Settlement:
    """Take documents off a bill, each with the net and VAT it was issued with.

    They may be of any kind: advances of a period, a deposit released by a final bill. Nothing
    is reckoned anew. Raises Invalid for a document given twice or another currency.
    """
    return Settlement(bill.net, tax_shares(bill.taxes), bill.gross, tuple(deductions))


class LeftAs(enum.Enum):
    """What the customer is told of what is left of a document."""

    TO_PAY = "to_pay"
    PAID_BACK = "paid_back"
    CREDITED = "credited"


def left_as(invoice: Invoice, left: Money) -> LeftAs:
    """Return what `left` is: credit of a document that takes back, or of a bill asked before.

    More than nothing is to pay whatever the document: a correction may be credit by itself and
    yet leave it, for what a plan carried is owed with it, and a credit note of a bill of credit
    takes that credit back.
    """
    if left.cents > 0:
        return LeftAs.TO_PAY
    if invoice.kind is InvoiceKind.CREDIT_NOTE or invoice.gross.cents < 0:
        return LeftAs.CREDITED
    return LeftAs.PAID_BACK if left.cents < 0 else LeftAs.TO_PAY


def share_out(
    owed: Sequence[Money], deductions: Iterable[Deduction]
) -> tuple[tuple[Deduction, ...], ...]:
    """Return which documents are taken off which of several bills, by what is `owed` for each.

    A document is never cut: a bill takes the next one until it is covered; what is left over
    goes to the last.
    """
    waiting = list(deductions)
    shares = []
    for place, amount in enumerate(owed, 1):
        last = place == len(owed)
        taken = waiting if last else _until_covered(amount, waiting)
        waiting = waiting[len(taken) :]
        shares.append(tuple(taken))
    return tuple(shares)


def _until_covered(gross: Money, waiting: Sequence[Deduction]) -> list[Deduction]:
    taken: list[Deduction] = []
    left = gross.cents
    for each in waiting:
        if left <= 0:
            break
        taken.append(each)
        left -= each.gross.cents
    return taken


@attrs.frozen
class TakenOff:
    """A deduction and the bill it was taken off; the kind and document are the natural key."""

    bill: InvoiceNumber
    taken_on: date
    deduction: Deduction


def take_off(
    deduction: Deduction, *, account: Account, customer: CustomerNumber, item: InvoiceNumber
) -> tuple[Posting, ...]:
    """Return the postings that take a document off the bill of an open item.

    Debit `account`, which held the net since the document was issued, and VAT; credit
    RECEIVABLE the gross on the bill's item. They sum to zero; amounts of zero are left out.
    """
    tax = deduction.gross - deduction.net
    postings = (
        Posting(Account.RECEIVABLE, -deduction.gross, customer, item),
        Posting(account, deduction.net),
        Posting(Account.VAT, tax),
    )
    return tuple(posting for posting in postings if posting.amount)
