"""Ask a customer for a deposit, take it, and give it back."""

from __future__ import annotations

from datetime import date

from energyretail.application.billing.deposit_ports import Deposits
from energyretail.application.shared import Books, Clock, Events, Numbers, Work
from energyretail.domain.billing import BillingPolicy, Deposit, DepositRules, DepositStep
from energyretail.domain.ledger import Account
from energyretail.domain.shared import Money, NotFound, Refused, parse_contract_number

__all__ = ["AskDeposit", "GiveBackDeposit", "ReceiveDeposit", "WaiveDeposit"]


class AskDeposit:
    """Ask the customer of a contract for a deposit.

    Rules: one deposit at a time secures a contract; its number is of a series of its own.
    Nothing is posted before the money is here.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        numbers: Numbers,
        events: Events,
        deposits: Deposits,
        policy: BillingPolicy,
    ):
        self._work = work
        self._clock = clock
        self._numbers = numbers
        self._events = events
        self._deposits = deposits
        self._series = policy.series

    def __call__(self, contract: str, amount: Money) -> Deposit:
        """Return the deposit asked.

        Raises NotFound ``contracts.contract.unknown``, Conflict ``billing.deposit.second``, and
        Invalid ``billing.deposit.amount`` for no amount.
        """
        with self._work() as transaction:
            today, prefix = self._clock.today(), self._series.deposit
            (count,) = self._numbers.take(self._series.series(prefix, today), 1)
            step = Deposit.ask(
                number=self._series.number(prefix, today, count),
                contract=parse_contract_number(contract),
                customer=self._deposits.holder_of(contract),
                amount=amount,
                on=today,
            )
            self._deposits.add(step.deposit)
            self._events.record(step.events)
            transaction.commit()
        return step.deposit


class _OnOneDeposit:
    """Loads one deposit, keeps what was decided on it, posts and tells of it."""

    def __init__(
        self, *, work: Work, clock: Clock, books: Books, events: Events, deposits: Deposits
    ):
        self._work = work
        self._clock = clock
        self._books = books
        self._events = events
        self._deposits = deposits

    def _load(self, number: str) -> Deposit:
        found = self._deposits.by_numbers([number])
        if not found:
            raise NotFound("billing.deposit.unknown", "no such deposit", deposit=number)
        return found[0]

    def _keep(self, step: DepositStep) -> None:
        self._deposits.save([step.deposit])
        self._books.post(step.entries)
        self._events.record(step.events)


class ReceiveDeposit(_OnOneDeposit):
    """Take a deposit that has come, whole; told again it changes nothing."""

    def __call__(
        self, number: str, amount: Money, *, on: date, account: Account = Account.BANK
    ) -> Deposit:
        """Return the deposit we hold; `account` is where a bank file booked the money.

        Raises NotFound ``billing.deposit.unknown``, and Refused for another amount, a deposit
        nobody waits for, or ``billing.deposit.future`` for a day to come.
        """
        with self._work() as transaction:
            today = self._clock.today()
            if on > today:
                raise Refused("billing.deposit.future", "not here yet", on=on, today=today)
            step = self._load(number).receive(amount, on=on, account=account)
            self._keep(step)
            transaction.commit()
        return step.deposit


class WaiveDeposit(_OnOneDeposit):
    """Ask for a deposit no longer."""

    def __call__(self, number: str) -> Deposit:
        """Return the waived deposit; raises NotFound, or Refused once it was received."""
        with self._work() as transaction:
            step = self._load(number).waive(on=self._clock.today())
            self._keep(step)
            transaction.commit()
        return step.deposit


class GiveBackDeposit(_OnOneDeposit):
    """Give a deposit back by a person's decision: it becomes credit of the customer."""

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        books: Books,
        events: Events,
        deposits: Deposits,
        rules: DepositRules,
    ):
        super().__init__(work=work, clock=clock, books=books, events=events, deposits=deposits)
        self._rules = rules

    def __call__(self, number: str) -> Deposit:
        """Return the deposit given back, its interest up to today credited.

        Raises NotFound ``billing.deposit.unknown``, and Refused where we do not hold it.
        """
        with self._work() as transaction:
            step = self._load(number).give_back(on=self._clock.today(), rules=self._rules)
            self._keep(step)
            transaction.commit()
        return step.deposit
