"""What was asked, held or left over before a bill, and is taken off it with its own amounts."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from decimal import Decimal

import attrs

from energyretail.domain import pricing
from energyretail.domain.shared import Invalid, Money

__all__ = ["Deduction", "DeductionKind", "TaxShare", "tax_shares"]


class DeductionKind(enum.Enum):
    """What is taken off a bill.

    An advance asked before it; a deposit that is released, with its interest; what a plan
    carried of an earlier bill and no instalment has asked for, which is negative where it is
    still owed; what is left of the bill itself and the plan that follows asks for instead, which
    is negative where it is the customer's.
    """

    ADVANCE = "advance"
    DEPOSIT = "deposit"
    CARRIED = "carried"
    CARRIED_ON = "carried_on"


@attrs.frozen
class TaxShare:
    """VAT at one rate in percent: `base` without the tax, both amounts in whole cents."""

    tax: str
    rate: Decimal
    base: Money
    amount: Money

    def __attrs_post_init__(self) -> None:
        _ = self.base.cents, self.amount.cents  # refuses a fraction of a cent

    @property
    def key(self) -> tuple[str, Decimal]:
        """The tax and its rate: one share of each in a document."""
        return self.tax, self.rate

    def __neg__(self) -> TaxShare:
        return TaxShare(self.tax, self.rate, -self.base, -self.amount)


@attrs.frozen
class Deduction:
    """One document that is taken off a bill, with the amounts it was issued with.

    Amounts are positive when they were asked from the customer, and never recomputed: two
    advances rounded on their own may differ by cents from one of their sum. `net` and the VAT
    of `taxes` are `gross`; what no share taxes (a deposit, what is carried) has no VAT.

    Raises Invalid ``billing.deduction.sum`` (net and VAT are the gross);
    ``billing.deduction.rate_twice`` (one share a tax and rate).
    """

    kind: DeductionKind
    document: str
    net: Money
    taxes: tuple[TaxShare, ...]
    gross: Money

    def __attrs_post_init__(self) -> None:
        _ = self.net.cents
        if self.net + self.tax != self.gross:
            raise Invalid(
                "billing.deduction.sum", "net and VAT are not the gross", document=self.document
            )
        if len({share.key for share in self.taxes}) < len(self.taxes):
            raise Invalid(
                "billing.deduction.rate_twice",
                "one share of each tax and rate",
                document=self.document,
            )

    @property
    def tax(self) -> Money:
        """The VAT of all rates."""
        return Money.total((share.amount for share in self.taxes), self.gross.currency)

    @classmethod
    def untaxed(cls, kind: DeductionKind, document: str, amount: Money) -> Deduction:
        """Return one that bears no VAT."""
        return cls(kind, document, amount, (), amount)


def tax_shares(taxes: Iterable[pricing.TaxLine]) -> tuple[TaxShare, ...]:
    """Return the VAT of a bill by tax and rate, without how it came about; ordered by both."""
    found: dict[tuple[str, Decimal], TaxShare] = {}
    for tax in taxes:
        share = TaxShare(tax.tax, tax.rate, tax.base, tax.amount)
        known = found.get(share.key)
        if known is not None:
            share = attrs.evolve(
                share, base=known.base + share.base, amount=known.amount + share.amount
            )
        found[share.key] = share
    return tuple(found[key] for key in sorted(found))
