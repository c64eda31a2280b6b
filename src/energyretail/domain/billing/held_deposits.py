"""What a business day does to a deposit we hold."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.domain.billing.deposit_rules import DepositRules
from energyretail.domain.billing.deposits import Deposit, DepositState, DepositStep
from energyretail.domain.ledger import OpenItem
from energyretail.domain.shared import Invalid, InvoiceNumber

__all__ = ["HeldDeposit", "tended"]


@attrs.frozen
class HeldDeposit:
    """A deposit we hold, with what decides whether it goes back.

    `open_items` are those of its contract's documents; `failed_on` is the last day on which a
    collection for the contract was given back, and `is_in_flight` tells that the bank may still
    move money for one. `is_finally_billed` tells that the contract has ended and the bills in
    force of all its supplies reach their ends; `final_bill` is the last one issued of those that
    reach the end of a supply.

    Raises Invalid ``billing.deposit.held`` (a deposit that is held).
    """

    deposit: Deposit
    open_items: tuple[OpenItem, ...] = ()
    failed_on: date | None = None
    is_finally_billed: bool = False
    is_in_flight: bool = False
    final_bill: InvoiceNumber | None = None

    def __attrs_post_init__(self) -> None:
        if self.deposit.state is not DepositState.HELD:
            raise Invalid("billing.deposit.held", "not held", deposit=self.deposit.number)

    def is_late(self, today: date) -> bool:
        """Tell whether something of the contract should be paid by now and is not."""
        return any(item.open.cents > 0 and item.due_on < today for item in self.open_items)

    @property
    def good_since(self) -> date:
        """The day good payment began: when the deposit came, or the last collection failed."""
        received = self.deposit.received_on
        assert received is not None  # what is held was received
        return max(received, self.failed_on or received)


def tended(held: HeldDeposit, *, rules: DepositRules, today: date) -> DepositStep | None:
    """Return what is due on a deposit today, None when nothing is.

    After the final bill it pays what is open, once no collection is in flight that could pay
    the same; after months of good payment, with nothing late, it goes back; on its yearly day
    it is credited. Raises Invalid ``pricing.version_gap`` where
    its rate is not known.
    """
    deposit = held.deposit
    if held.is_finally_billed and not held.is_in_flight:
        return deposit.set_off(held.open_items, on=today, rules=rules, bill=held.final_bill)
    if rules.is_earned_back(held.good_since, today) and not held.is_late(today):
        return deposit.earn_back(since=held.good_since, on=today, rules=rules)
    since = deposit.credited_until or today
    until = rules.crediting_due(since, today)
    return None if until is None else deposit.credit(until=until, rules=rules)
