"""A deposit: asked, received, held with interest, set off against the final bill or given back."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.deductions import Deduction, DeductionKind
from energyretail.domain.billing.deposit_rules import DepositRules
from energyretail.domain.billing.settlement import TakenOff
from energyretail.domain.ledger import Account, Entry, EntryPosted, OpenItem, Posting
from energyretail.domain.shared import (
    ContractNumber,
    CustomerNumber,
    Event,
    Invalid,
    InvoiceNumber,
    Money,
    Period,
    Refused,
    Transition,
    TransitionTable,
)

__all__ = [
    "DEPOSIT_TABLE",
    "Deposit",
    "DepositAsked",
    "DepositReceived",
    "DepositReleased",
    "DepositState",
    "DepositStep",
    "DepositTrigger",
    "InterestCredited",
]


class DepositState(enum.Enum):
    """Where a deposit stands."""

    ASKED = "asked"
    WAIVED = "waived"
    HELD = "held"
    SET_OFF = "set_off"
    GIVEN_BACK = "given_back"


class DepositTrigger(enum.Enum):
    """What moves a deposit."""

    WAIVE = "waive"
    RECEIVE = "receive"
    CREDIT = "credit"
    SET_OFF = "set_off"
    EARN_BACK = "earn_back"
    GIVE_BACK = "give_back"


_S, _T = DepositState, DepositTrigger
DEPOSIT_TABLE = TransitionTable(
    "deposit",
    _S.ASKED,
    (
        Transition(_S.ASKED, _T.WAIVE, _S.WAIVED, "other security given, or asked in error"),
        Transition(_S.ASKED, _T.RECEIVE, _S.HELD, "the whole amount is here: interest begins"),
        Transition(_S.HELD, _T.CREDIT, _S.HELD, "the yearly day of crediting interest"),
        Transition(_S.HELD, _T.SET_OFF, _S.SET_OFF, "the final bill: it pays what is open, once"),
        Transition(_S.HELD, _T.EARN_BACK, _S.GIVEN_BACK, "months of good payment"),
        Transition(_S.HELD, _T.GIVE_BACK, _S.GIVEN_BACK, "no reason to hold it any longer"),
    ),
)


@attrs.frozen
class DepositAsked(Event):
    """A customer is asked for a deposit."""

    name: ClassVar[str] = "billing.deposit.asked"
    number: InvoiceNumber
    contract: ContractNumber
    customer: CustomerNumber
    amount_cents: int


@attrs.frozen
class DepositReceived(Event):
    """A deposit is here, and bears interest from `on`."""

    name: ClassVar[str] = "billing.deposit.received"
    number: InvoiceNumber
    on: date


@attrs.frozen
class InterestCredited(Event):
    """A deposit has grown by its interest up to `until` (excluded)."""

    name: ClassVar[str] = "billing.deposit.interest_credited"
    number: InvoiceNumber
    until: date
    interest_cents: int


@attrs.frozen
class DepositReleased(Event):
    """A deposit is the customer's again: `set_off_cents` paid bills, `returned_cents` is credit."""

    name: ClassVar[str] = "billing.deposit.released"
    number: InvoiceNumber
    customer: CustomerNumber
    on: date
    set_off_cents: int
    returned_cents: int


@attrs.frozen
class DepositStep:
    """What became of a deposit: its next value, what it does to the ledger, what happened.

    `interest` is how the interest of this step came about, None where none was credited.
    `taken_off` is what its final bill is less by it, None where there is no such bill or
    nothing is left for it.
    """

    deposit: Deposit
    entries: tuple[Entry, ...] = ()
    events: tuple[Event, ...] = ()
    interest: pricing.Derivation | None = None
    taken_off: TakenOff | None = None


@attrs.frozen
class Deposit:
    """Money that secures the bills of one contract; it is no revenue and bears no VAT.

    `number` has the shape of a document's and names the open item of what is given back.
    `amount` is what was asked, in whole cents; `interest` what was credited of it up to
    `credited_until` (excluded). Interest is simple: it bears none itself.

    Raises Invalid ``billing.deposit.amount`` (more than zero); ``billing.deposit.days`` (the days
    go with the state).
    """

    number: InvoiceNumber
    contract: ContractNumber
    customer: CustomerNumber
    amount: Money
    asked_on: date
    state: DepositState = DepositState.ASKED
    received_on: date | None = None
    credited_until: date | None = None
    interest: Money = attrs.field()
    closed_on: date | None = None

    @interest.default
    def _none_yet(self) -> Money:
        return Money.zero(self.amount.currency)

    def __attrs_post_init__(self) -> None:
        if self.amount.cents <= 0 or self.interest.cents < 0:
            raise Invalid("billing.deposit.amount", "more than zero", deposit=self.number)
        is_here = self.state not in (DepositState.ASKED, DepositState.WAIVED)
        is_gone = self.state in DEPOSIT_TABLE.finals()
        days = (self.received_on, self.credited_until)
        if any((day is not None) != is_here for day in days) or (
            (self.closed_on is not None) != is_gone
        ):
            raise Invalid("billing.deposit.days", "days go with the state", deposit=self.number)

    @classmethod
    def ask(
        cls,
        *,
        number: InvoiceNumber,
        contract: ContractNumber,
        customer: CustomerNumber,
        amount: Money,
        on: date,
    ) -> DepositStep:
        """Return the deposit a customer is asked for; the ledger knows nothing before it comes.

        A deposit is security, no debt: no bill is late because of it.
        """
        deposit = cls(number, contract, customer, amount, on)
        return DepositStep(deposit, (), (DepositAsked(number, contract, customer, amount.cents),))

    @property
    def held(self) -> Money:
        """What we owe for it now: the deposit and its credited interest while it is held."""
        if self.state is DepositState.HELD:
            return self.amount + self.interest
        return Money.zero(self.amount.currency)

    def waive(self, *, on: date) -> DepositStep:
        """Return the deposit that is no longer asked for; waiving again changes nothing."""
        if self.state is DepositState.WAIVED:
            return DepositStep(self)
        state = DEPOSIT_TABLE.after(self.state, DepositTrigger.WAIVE)
        return DepositStep(attrs.evolve(self, state=state, closed_on=on))

    def receive(self, amount: Money, *, on: date, account: Account = Account.BANK) -> DepositStep:
        """Return the deposit received whole on a day; the same money told again changes nothing.

        `account` is where the money was booked: BANK, or SUSPENSE where a bank file brought it
        for no open item. Raises Refused ``billing.deposit.other_amount`` for any other amount,
        ``billing.deposit.account`` for another account, ``billing.deposit.early`` for a day
        before it was asked.
        """
        if self.received_on == on and amount == self.amount:
            return DepositStep(self)
        state = DEPOSIT_TABLE.after(self.state, DepositTrigger.RECEIVE)
        self._refuse_other(amount, account, on)
        held = attrs.evolve(self, state=state, received_on=on, credited_until=on)
        entry = self._entry(
            "received",
            on,
            Posting(account, amount),
            Posting(Account.DEPOSITS, -amount, self.customer),
        )
        return _posted(held, (entry,), (DepositReceived(self.number, on),))

    def _refuse_other(self, amount: Money, account: Account, on: date) -> None:
        if amount != self.amount:
            raise Refused(
                "billing.deposit.other_amount",
                "a deposit is received whole",
                deposit=self.number,
                asked=self.amount,
                received=amount,
            )
        if account not in (Account.BANK, Account.SUSPENSE):
            raise Refused("billing.deposit.account", "money comes by the bank", given=account.value)
        if on < self.asked_on:
            raise Refused("billing.deposit.early", "not asked yet", asked_on=self.asked_on, on=on)

    def credit(self, *, until: date, rules: DepositRules) -> DepositStep:
        """Return the deposit with its interest up to `until` (excluded), rounded once.

        Credited up to that day or later already, it changes nothing.
        """
        state = DEPOSIT_TABLE.after(self.state, DepositTrigger.CREDIT)
        start = self.credited_until
        assert start is not None  # a deposit that may be credited was received
        if until <= start:
            return DepositStep(self)
        derived = rules.interest(self.amount, Period(start, until)).rounded(rules.rounding)
        interest = Money(pricing.recompute(derived), self.amount.currency)
        credited = attrs.evolve(
            self, state=state, credited_until=until, interest=self.interest + interest
        )
        if not interest:
            return DepositStep(credited, interest=derived)
        entry = self._entry(
            f"interest:{until}",
            until,
            Posting(Account.INTEREST, interest),
            Posting(Account.DEPOSITS, -interest, self.customer),
        )
        happened = InterestCredited(self.number, until, interest.cents)
        return _posted(credited, (entry,), (happened,), derived)

    def set_off(
        self,
        items: Iterable[OpenItem],
        *,
        on: date,
        rules: DepositRules,
        bill: InvoiceNumber | None = None,
    ) -> DepositStep:
        """Return the deposit that pays what is open after the final bill, the oldest first.

        Its interest up to `on` is credited before. What is left is credit of the customer, under
        the deposit's own number. The final `bill` is less by all that does not pay another
        document: what is left of it is then on its item and the deposit's. Raises Refused
        ``billing.deposit.others_debt`` for an item of another customer.
        """
        step = self._release(DepositTrigger.SET_OFF, tuple(items), on=on, rules=rules)
        return step if bill is None else attrs.evolve(step, taken_off=self._taken(step, bill))

    def _taken(self, step: DepositStep, bill: InvoiceNumber) -> TakenOff | None:
        released, on = step.entries[-1], step.deposit.closed_on
        assert on is not None  # it was just let go
        rest = -Money.total(
            (p.amount for p in released.postings if p.item in (bill, self.number)),
            self.amount.currency,
        )
        if not rest:
            return None
        return TakenOff(bill, on, Deduction.untaxed(DeductionKind.DEPOSIT, self.number, rest))

    def earn_back(self, *, since: date, on: date, rules: DepositRules) -> DepositStep:
        """Return the deposit given back because payment was good from `since` on.

        Raises Refused ``billing.deposit.not_earned`` before the months of the rules are over.
        """
        if not rules.is_earned_back(since, on):
            raise Refused("billing.deposit.not_earned", "not good for long enough", since=since)
        return self._release(DepositTrigger.EARN_BACK, (), on=on, rules=rules)

    def give_back(self, *, on: date, rules: DepositRules) -> DepositStep:
        """Return the deposit given back by a person's decision, interest included."""
        return self._release(DepositTrigger.GIVE_BACK, (), on=on, rules=rules)

    def deduction(self) -> Deduction:
        """Return what it takes off a bill: the deposit and its credited interest, without VAT.

        Raises Refused ``billing.deposit.not_held``.
        """
        if not self.held:
            raise Refused("billing.deposit.not_held", "no such money here", deposit=self.number)
        return Deduction.untaxed(DeductionKind.DEPOSIT, self.number, self.held)

    def _release(
        self, trigger: DepositTrigger, items: tuple[OpenItem, ...], *, on: date, rules: DepositRules
    ) -> DepositStep:
        state = DEPOSIT_TABLE.after(self.state, trigger)
        if any(item.customer != self.customer for item in items):
            raise Refused("billing.deposit.others_debt", "another's debt", deposit=self.number)
        credited = self.credit(until=on, rules=rules)
        held = credited.deposit.held
        paid = _pay(items, held)
        left = Money.total((posting.amount for posting in paid), held.currency) + held
        rest = (Posting(Account.RECEIVABLE, -left, self.customer, self.number),) if left else ()
        entry = self._entry(
            "released", on, Posting(Account.DEPOSITS, held, self.customer), *paid, *rest
        )
        released = DepositReleased(
            self.number, self.customer, on, held.cents - left.cents, left.cents
        )
        gone = attrs.evolve(credited.deposit, state=state, closed_on=on)
        step = _posted(gone, (entry,), (released,), credited.interest)
        return attrs.evolve(
            step,
            entries=(*credited.entries, *step.entries),
            events=(*credited.events, *step.events),
        )

    def _entry(self, what: str, day: date, *postings: Posting) -> Entry:
        text = f"Deposit {self.number} {what.replace(':', ' to ')}"
        return Entry(f"deposit:{self.number}/{what}", day, text, postings)


def _posted(
    deposit: Deposit,
    entries: tuple[Entry, ...],
    events: tuple[Event, ...],
    interest: pricing.Derivation | None = None,
) -> DepositStep:
    told = tuple(EntryPosted(entry.key) for entry in entries)
    return DepositStep(deposit, entries, (*events, *told), interest)


def _pay(items: tuple[OpenItem, ...], held: Money) -> tuple[Posting, ...]:
    """Return the credits on what is owed, the oldest first, until `held` is used up."""
    left, postings = held.cents, []
    for item in sorted(items, key=lambda item: (item.due_on, item.item)):
        part = max(0, min(left, item.open.cents))
        left -= part
        if part:
            amount = Money.of_cents(-part, held.currency)
            postings.append(Posting(Account.RECEIVABLE, amount, item.customer, item.item))
    return tuple(postings)
