"""People decide about drafts that are held: one releases, another confirms, either rejects."""

from __future__ import annotations

from energyretail.application.billing.plausibility_ports import HeldBills
from energyretail.application.shared import Clock, Work
from energyretail.domain.billing import Decision, HeldBill, HeldBillTrigger
from energyretail.domain.shared import Invalid

__all__ = ["DecideHeldBill", "HeldBillByKey"]

_DECISIONS = {
    HeldBillTrigger.RELEASE: HeldBill.release,
    HeldBillTrigger.CONFIRM: HeldBill.confirm,
    HeldBillTrigger.REJECT: HeldBill.reject,
}


class HeldBillByKey:
    """Show one draft that was held, by its natural key."""

    def __init__(self, *, bills: HeldBills):
        self._bills = bills

    def __call__(self, key: str) -> HeldBill:
        """Return it as it stands; raises NotFound ``billing.held_bill.unknown``."""
        return self._bills.by_key(key)


class DecideHeldBill:
    """Release a draft that is held, confirm its release, or reject it.

    Rules: somebody decides by name and says why. Who released a bill does not confirm it; then the
    next run issues it, if the same is drafted still. What was rejected is never issued as it is:
    it is drafted anew once its readings, prices or facts are others. Only what was read is
    decided about: who read an older version reads again.
    """

    def __init__(self, *, work: Work, clock: Clock, bills: HeldBills):
        self._work = work
        self._clock = clock
        self._bills = bills

    def __call__(
        self, key: str, decision: HeldBillTrigger, *, by: str, reason: str, version: int
    ) -> HeldBill:
        """Return it as decided.

        Raises NotFound ``billing.held_bill.unknown``, Outdated ``billing.held_bill.version``,
        Invalid ``billing.held_bill.person``, ``.reason`` or ``.decision``, Refused
        ``billing.held_bill.same_person`` or ``.not_allowed``.
        """
        if decision not in _DECISIONS:
            raise Invalid("billing.held_bill.decision", "nobody decides that", given=decision.value)
        with self._work() as transaction:
            bill = self._bills.by_key(key)
            bill.refuse_outdated(version)
            decided = _DECISIONS[decision](bill, Decision(by, self._clock.today(), reason))
            if decided is not bill:
                self._bills.save([decided])
            transaction.commit()
        return decided
