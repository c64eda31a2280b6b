"""Drafts that are not plausible: held until they change, or two people let them go."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

import attrs

from energyretail.domain.billing.back_billing import BACK_BILLING
from energyretail.domain.billing.drafts import Draft
from energyretail.domain.billing.parked import PARKED_KIND, parked_key
from energyretail.domain.billing.plausibility import Finding
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    Invalid,
    Money,
    Outdated,
    Period,
    Refused,
    Transition,
    TransitionTable,
)

__all__ = [
    "HELD_BILL_TABLE",
    "Decision",
    "HeldBill",
    "HeldBillState",
    "HeldBillTrigger",
    "draft_digest",
    "held_bill_item",
    "hold",
]


class HeldBillState(enum.Enum):
    """Where a held draft stands."""

    HELD = "held"
    RELEASED = "released"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    ISSUED = "issued"
    LAPSED = "lapsed"


class HeldBillTrigger(enum.Enum):
    """What moves a held draft."""

    RELEASE = "release"
    CONFIRM = "confirm"
    REJECT = "reject"
    ISSUE = "issue"
    LAPSE = "lapse"
    HOLD = "hold"


_S, _T = HeldBillState, HeldBillTrigger
_OTHER = "another draft took its place, or it is plausible by now"
HELD_BILL_TABLE = TransitionTable(
    "billing.held_bill",
    _S.HELD,
    (
        Transition(_S.HELD, _T.RELEASE, _S.RELEASED, "one person answers for it"),
        Transition(_S.HELD, _T.REJECT, _S.REJECTED, "it is wrong: something must be put right"),
        Transition(_S.HELD, _T.LAPSE, _S.LAPSED, _OTHER),
        Transition(_S.RELEASED, _T.CONFIRM, _S.CONFIRMED, "a second person saw it too"),
        Transition(_S.RELEASED, _T.REJECT, _S.REJECTED, "the second person disagrees"),
        Transition(_S.RELEASED, _T.LAPSE, _S.LAPSED, _OTHER),
        Transition(_S.CONFIRMED, _T.ISSUE, _S.ISSUED, "the next run issues it"),
        Transition(_S.CONFIRMED, _T.REJECT, _S.REJECTED, "found wrong before it was issued"),
        Transition(_S.CONFIRMED, _T.LAPSE, _S.LAPSED, _OTHER),
        Transition(_S.REJECTED, _T.LAPSE, _S.LAPSED, _OTHER),
        Transition(_S.LAPSED, _T.HOLD, _S.HELD, "the same is drafted again, and judged anew"),
        Transition(_S.ISSUED, _T.HOLD, _S.HELD, "its bill was taken back, the same drafted again"),
    ),
)


def _in_one_line(text: str) -> str:
    return " ".join(text.split())


def _stripped(text: str) -> str:
    return text.strip()


@attrs.frozen
class Decision:
    """What a person decided on a business day: `by` names the person, `reason` says why.

    Raises Invalid ``billing.held_bill.person``, ``billing.held_bill.reason`` (either is said).
    """

    by: str = attrs.field(converter=_in_one_line)
    on: date
    reason: str = attrs.field(converter=_stripped)

    def __attrs_post_init__(self) -> None:
        if not self.by or "\0" in self.by:
            raise Invalid("billing.held_bill.person", "a person decides, by name")
        if not self.reason or "\0" in self.reason:
            raise Invalid("billing.held_bill.reason", "say why")

    def is_of(self, other: Decision) -> bool:
        """Tell whether the same person decided, however the name is written."""
        return self.by.casefold() == other.by.casefold()


@attrs.frozen
class HeldBill:
    """One draft that was not issued, with what was found against it.

    Known by contract, supply point, first day and `digest`, the name of what was judged: a
    release is of this draft and of no other. `version` grows with every change. Raises Invalid
    ``billing.held_bill.findings`` (it is held for something), ``billing.held_bill.decisions``
    (decisions go with the state).
    """

    contract: ContractNumber
    customer: CustomerNumber
    cups: Cups
    days: Period
    digest: str
    tariff: str
    gross: Money
    findings: tuple[Finding, ...]
    held_on: date
    state: HeldBillState = HeldBillState.HELD
    released: Decision | None = None
    confirmed: Decision | None = None
    rejected: Decision | None = None
    version: int = 1

    def __attrs_post_init__(self) -> None:
        if not self.findings:
            raise Invalid("billing.held_bill.findings", "it is held for something", bill=self.key)
        needs_release = self.state in (_S.RELEASED, _S.CONFIRMED, _S.ISSUED)
        needs_second = self.state in (_S.CONFIRMED, _S.ISSUED)
        if (
            (needs_release and self.released is None)
            or (needs_second and self.confirmed is None)
            or ((self.state is _S.REJECTED) and self.rejected is None)
        ):
            raise Invalid(
                "billing.held_bill.decisions", "decisions go with the state", bill=self.key
            )
        if self.released and self.confirmed and self.confirmed.is_of(self.released):
            raise _same_person(self.confirmed)

    @property
    def supply_key(self) -> str:
        """The supply and first day, as on the work list: ``K000001/ES…/2026-03-10``."""
        return parked_key(f"{self.contract}/{self.cups}", self.days.start)

    @property
    def key(self) -> str:
        """The natural key: supply, first day, digest."""
        return f"{self.supply_key}/{self.digest}"

    @property
    def is_open(self) -> bool:
        """Whether it still stands in the way of its supply's bill."""
        return self.state not in (_S.ISSUED, _S.LAPSED)

    def release(self, decision: Decision) -> HeldBill:
        """Return it with the word of one person that it may leave; the same again is once."""
        if self.state is _S.RELEASED and _said(self.released, decision):
            return self
        return self._decided(_T.RELEASE, released=decision)

    def confirm(self, decision: Decision) -> HeldBill:
        """Return it with the word of a second person: the next run issues it.

        Raises Refused ``billing.held_bill.same_person`` for the one who released it.
        """
        if self.state is _S.CONFIRMED and _said(self.confirmed, decision):
            return self
        if self.state is _S.RELEASED and self.released and decision.is_of(self.released):
            raise _same_person(decision)
        return self._decided(_T.CONFIRM, self.released, decision)

    def reject(self, decision: Decision) -> HeldBill:
        """Return it for good: it never leaves as it is, only what is drafted otherwise."""
        if self.state is _S.REJECTED and _said(self.rejected, decision):
            return self
        return self._decided(
            _T.REJECT, released=self.released, confirmed=self.confirmed, rejected=decision
        )

    def issued(self) -> HeldBill:
        """Return it as its document leaves."""
        return self._moved(_T.ISSUE)

    def lapsed(self) -> HeldBill:
        """Return it as of no account any more."""
        return self._moved(_T.LAPSE)

    def held_again(self, findings: tuple[Finding, ...], *, on: date) -> HeldBill:
        """Return it held anew on a day, without what was once decided."""
        return attrs.evolve(self, findings=findings, held_on=on)._decided(_T.HOLD)

    def refuse_outdated(self, version: int) -> None:
        """Raise Outdated ``billing.held_bill.version`` unless this is the version that was read."""
        if version != self.version:
            raise Outdated(
                "billing.held_bill.version",
                "it was changed since it was read",
                read=version,
                now=self.version,
            )

    def _moved(self, trigger: HeldBillTrigger) -> HeldBill:
        return self._decided(trigger, self.released, self.confirmed, self.rejected)

    def _decided(
        self,
        trigger: HeldBillTrigger,
        released: Decision | None = None,
        confirmed: Decision | None = None,
        rejected: Decision | None = None,
    ) -> HeldBill:
        return attrs.evolve(
            self,
            state=HELD_BILL_TABLE.after(self.state, trigger),
            released=released,
            confirmed=confirmed,
            rejected=rejected,
            version=self.version + 1,
        )


def _said(known: Decision | None, again: Decision) -> bool:
    return known is not None and known.is_of(again) and known.reason == again.reason


def _same_person(decision: Decision) -> Refused:
    return Refused(
        "billing.held_bill.same_person",
        "who released a bill does not confirm it",
        person=decision.by,
    )


def hold(
    draft: Draft, findings: tuple[Finding, ...], *, on: date, known: HeldBill | None = None
) -> HeldBill:
    """Return a draft as held on a day; `known` is the same draft, where it was held before."""
    if known is not None:
        return known if known.is_open else known.held_again(findings, on=on)
    return HeldBill(
        contract=draft.contract,
        customer=draft.customer,
        cups=draft.cups,
        days=draft.bill.period,
        digest=draft_digest(draft),
        tariff=draft.tariff,
        gross=draft.bill.gross,
        findings=findings,
        held_on=on,
    )


def held_bill_item(bill: HeldBill, *, owner: str, today: date) -> WorkItem:
    """Return what is on the work list while a bill is held; `owner` judges it.

    It is under the key of a bill that cannot be made, so its days count as parked.
    """
    return WorkItem(
        kind=PARKED_KIND,
        key=bill.supply_key,
        code=bill.findings[0].code,
        text="; ".join(map(str, bill.findings)),
        way_out=f"{owner}: put right the readings, prices or what was told; or release the held"
        " bill, which a second person confirms",
        raised_on=today,
    )


def draft_digest(draft: Draft) -> str:
    """Return the name of what is judged of a draft: 16 hexadecimal digits.

    That is its supply, days and tariff, each reading in its version, the prices, and the lines.
    What goes by the day of issue is left out, or no release would last until the next day: VAT
    by that day, and what is too old by then.
    """
    return sha256("\n".join(_judged(draft)).encode()).hexdigest()[:16]


def _judged(draft: Draft) -> Iterator[str]:
    bill = draft.bill
    yield f"{draft.contract} {draft.cups} {bill.period.start} {bill.period.until} {draft.tariff}"
    yield f"{draft.price_digest} {bill.currency} {bill.energy}"
    yield from (reading.evidence for reading in draft.readings)
    for line in bill.lines:
        if line.component != BACK_BILLING:
            yield (
                f"{line.component} {line.label} {line.period.start} {line.period.until}"
                f" {line.quantity:f} {line.price:f} {line.amount.cents}"
            )
