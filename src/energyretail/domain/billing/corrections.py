"""How a wrong bill is put right in a market, and when there is nothing to put right."""

from __future__ import annotations

import enum
from collections import Counter

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.back_billing import BACK_BILLING, BackBillingRule
from energyretail.domain.billing.drafts import Draft
from energyretail.domain.billing.invoices import Invoice

__all__ = ["CorrectionMethod", "CorrectionRules", "changes_nothing"]


class CorrectionMethod(enum.Enum):
    """Two lawful ways from a wrong bill to the right one; both net the same to the cent.

    RD 1619/2012 art. 15.5 allows a rectifying document to state the amount of the rectification
    whatever its sign, or the amounts as they are after it together with that amount.
    """

    CANCEL_AND_REBILL = "cancel_and_rebill"
    BY_DIFFERENCE = "by_difference"


@attrs.frozen
class CorrectionRules:
    """What a market asks of corrections: the method, and how far back more may be charged.

    `back_billing` is None where the market has no such limit.
    """

    method: CorrectionMethod = CorrectionMethod.CANCEL_AND_REBILL
    back_billing: BackBillingRule | None = None


def changes_nothing(draft: Draft, original: Invoice) -> bool:
    """Tell whether `draft` rests on the indexes of the bill in force and asks the same money.

    So it is when prices changed that this bill does not use, or when all they would add is too
    old to be charged.
    """
    if _indexes(draft) != _indexes(original):
        return False
    if _lines(draft.bill) == _lines(original.standing):
        return True
    limited = any(line.component == BACK_BILLING for line in draft.bill.lines)
    return limited and _money(draft.bill) == _money(original.standing)


def _indexes(bill: Draft | Invoice) -> set[tuple[object, ...]]:
    return {(r.register, r.taken_on, r.index_kwh) for r in bill.readings}


def _lines(bill: pricing.PricedBill) -> Counter[tuple[object, ...]]:
    return Counter(
        (li.component, li.period, li.quantity, li.price, li.amount.cents, li.tax_code, li.tax_rate)
        for li in bill.lines
    )


def _money(bill: pricing.PricedBill) -> tuple[object, ...]:
    taxes = {(t.tax, t.rate, t.base, t.amount) for t in bill.taxes if t.base or t.amount}
    return bill.net, bill.tax, bill.gross, frozenset(taxes)
