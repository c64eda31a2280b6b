"""Any walk of three supplies to their ends: none is forgotten, and no cent of a deposit is lost."""

from __future__ import annotations

from datetime import date, timedelta

from end_of_supply import AMOUNT, Office, memory_office
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from energyretail.domain.billing import DepositState, final_bill_due
from energyretail.domain.ledger import Account
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Refused
from energyretail.testing.conformance.billing import START

NUMBERS = (1, 2, 3)
LAST = date(2026, 6, 25)
numbers = st.sampled_from(NUMBERS)


class EndOfSupply(RuleBasedStateMachine):
    """An office in memory, a day at a time; every day ends with its watches."""

    office: Office

    @initialize()
    def open(self) -> None:
        self.office = memory_office()
        self.today = START
        self.index = dict.fromkeys(NUMBERS, 100)
        self.ended: dict[int, date] = {}
        self.deposits: list[str] = []
        self.office.open(START)
        for number in NUMBERS:
            self.office.sign(number)
            self.office.read(number, START, 100)

    @rule(days=st.integers(1, 30))
    def wait(self, days: int) -> None:
        self.today = min(LAST, self.today + timedelta(days=days))
        self.office.open(self.today)
        self.watched()

    @rule(number=numbers, kwh=st.integers(1, 400))
    def read(self, number: int, kwh: int) -> None:
        self.index[number] += kwh
        self.office.read(number, self.today, self.index[number])

    @rule(number=numbers)
    def ask(self, number: int) -> None:
        held = self.office.deposits.deposits.of_contract(f"K{number:06d}")
        if not any(one.state is DepositState.HELD for one in held) and number not in self.ended:
            asked = self.office.ask(f"K{number:06d}", AMOUNT)
            self.office.receive(asked.number, AMOUNT, on=self.today)
            self.deposits.append(asked.number)

    @rule(number=numbers, ago=st.integers(0, 20))
    def end(self, number: int, ago: int) -> None:
        on = self.today - timedelta(days=ago)
        try:
            self.office.end(number, on)
        except Refused:
            assert number in self.ended or on <= START
        else:
            self.ended.setdefault(number, on)
        self.watched()

    @rule(number=numbers, kwh=st.integers(1, 400), within=st.booleans())
    def finish(self, number: int, kwh: int, within: bool) -> None:
        """End, read and bill on one day, as most ends are."""
        self.end(number, 0)
        self.read(number, kwh)
        self.bill(within)

    @rule(number=numbers, kwh=st.integers(1, 400), ago=st.integers(1, 9))
    def learn_late(self, number: int, kwh: int, ago: int) -> None:
        """Bill to a day that turns out to lie after the end."""
        self.read(number, kwh)
        self.bill(within=True)
        self.end(number, ago)

    @rule(within=st.booleans())
    def bill(self, within: bool) -> None:
        self.office.desk.bill(tending=self.office.tending if within else None)
        self.office.tend()
        assert not any(held.is_finally_billed for held in self.office.deposits.held())
        self.office.desk.allocate()
        self.office.watch_refunds()
        self.watched()

    @rule()
    def close_all(self) -> None:
        for item in self.office.items("final_bill"):
            self.office.close_item(item)
        self.watched()

    def watched(self) -> None:
        """Run the watch that every day runs, whatever happened."""
        self.office.watch(limit=2)
        step = self.office.watch(limit=2)
        while step.resume is not None:
            step = self.office.watch(after=step.resume, limit=2)

    @invariant()
    def no_ended_supply_is_without_a_final_bill_or_a_person_who_sees_it(self) -> None:
        shown = {item.key.split("/")[0] for item in self.office.items("final_bill")}
        for number, on in self.ended.items():
            bills = self.office.desk.world.invoices.of_contract(f"K{number:06d}")
            until = max((bill.period.until for bill in bills), default=None)
            due = final_bill_due(on, SPAIN.final_bill)
            is_early = self.today < due - timedelta(days=SPAIN.final_bill.margin_days)
            is_beyond = until is not None and until > on
            assert until == on or (is_early and not is_beyond) or f"K{number:06d}" in shown

    @invariant()
    def what_is_held_is_what_the_ledger_owes(self) -> None:
        deposits = self.office.deposits.deposits.by_numbers(self.deposits)
        entries = self.office.desk.ledger.entries(
            [
                key
                for one in deposits
                for key in (
                    f"deposit:{one.number}/received",
                    f"deposit:{one.number}/interest:{one.credited_until}",
                    f"deposit:{one.number}/released",
                )
            ]
        )
        owed = sum(
            posting.amount.cents
            for entry in entries
            for posting in entry.postings
            if posting.account is Account.DEPOSITS
        )
        assert owed == -sum(one.held.cents for one in deposits)
        assert self.office.desk.problems() == ()


TestEndOfSupply = EndOfSupply.TestCase
TestEndOfSupply.settings = settings(max_examples=100, stateful_step_count=25, deadline=None)
