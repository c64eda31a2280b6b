"""From the end of a supply to its final bill, and the deposit that pays it, in both worlds."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest
from end_of_supply import AMOUNT, Office, memory_office, postgres_office

from energyretail.domain.billing import (
    DepositAsked,
    DepositReceived,
    DepositReleased,
    DepositState,
    final_bill_due,
)
from energyretail.domain.contracts import ContractState, SupplyEnded
from energyretail.domain.ledger import Account
from energyretail.domain.markets import SPAIN
from energyretail.domain.payments import CollectionState
from energyretail.domain.shared import Conflict, Invalid, Money, NotFound, Refused, add_months
from energyretail.domain.supply import SupplyState
from energyretail.testing.conformance.billing import SECOND, START, THIRD, point


@pytest.fixture(params=["memory", "postgres"])
def office(request: pytest.FixtureRequest) -> Office:
    if request.param == "memory":
        return memory_office()
    return postgres_office(request.getfixturevalue("database"))


def hold(office: Office, number: int = 1, *, on: date = START) -> str:
    """Sign a contract with a deposit that is here; return the deposit's number."""
    office.sign(number)
    asked = office.ask(f"K{number:06d}", AMOUNT)
    return office.receive(asked.number, AMOUNT, on=on).number


def balance(office: Office, account: Account, *keys: str) -> int:
    entries = office.desk.ledger.entries(keys)
    postings = (posting for entry in entries for posting in entry.postings)
    return sum(posting.amount.cents for posting in postings if posting.account is account)


class TestEndSupply:
    def test_ends_the_contract_with_its_last_supply(self, office: Office) -> None:
        office.open(THIRD)
        office.sign(1, points=(1, 2))

        first = office.end(1, SECOND, at=1)
        second = office.end(1, THIRD, at=2)

        assert first.state is ContractState.ACTIVE
        assert second.state is ContractState.ENDED
        assert [supply.ended_on for supply in second.supplies] == [SECOND, THIRD]
        assert {supply.state for supply in second.supplies} == {SupplyState.ENDED}
        assert office.contracts.by_numbers(["K000001"]) == (second,)
        ended = [e for e in office.desk.events.recorded if isinstance(e, SupplyEnded)]
        assert [(e.cups, e.on) for e in ended] == [
            (point(1).value, SECOND),
            (point(2).value, THIRD),
        ]

    def test_changes_nothing_when_the_same_end_is_told_again(self, office: Office) -> None:
        office.open(THIRD)
        office.sign(1)
        once = office.end(1, SECOND)

        again = office.end(1, SECOND)

        assert again == once
        assert len(office.desk.events.recorded) == 1

    @pytest.mark.parametrize(
        ("day", "code"),
        [
            (THIRD + timedelta(days=1), "contracts.end.future"),
            (START, "contracts.end.before_start"),
        ],
    )
    def test_refuses_a_day_that_cannot_be_its_end(
        self, office: Office, day: date, code: str
    ) -> None:
        office.open(THIRD)
        office.sign(1)

        with pytest.raises(Refused, match=code):
            office.end(1, day)

    def test_refuses_another_day_once_it_has_ended(self, office: Office) -> None:
        office.open(THIRD)
        office.sign(1)
        office.end(1, SECOND)

        with pytest.raises(Refused, match=r"supply.not_allowed"):
            office.end(1, THIRD)

    def test_knows_no_other_contract_or_point(self, office: Office) -> None:
        office.open(THIRD)
        office.sign(1)

        with pytest.raises(NotFound, match=r"contracts.contract.unknown"):
            office.end(2, SECOND)
        with pytest.raises(NotFound, match=r"contracts.supply"):
            office.end(1, SECOND, at=9)


class TestFinalBill:
    def test_pays_itself_out_of_the_deposit_and_leaves_the_rest_as_credit(
        self, office: Office
    ) -> None:
        office.open(START)
        number = hold(office)
        office.read(1, START, 100)
        office.open(SECOND)
        office.end(1, SECOND)
        office.read(1, SECOND, 150)
        assert office.desk.bill().issued == 1
        (invoice,) = office.desk.world.invoices.of_contract("K000001")

        assert office.tend().changed == 1

        (deposit,) = office.deposits.deposits.by_numbers([number])
        total = deposit.amount + deposit.interest
        assert deposit.state is DepositState.SET_OFF
        # 120.00 x 1.27 % x 30 days / 365: what 7 March to 6 April bears.
        assert deposit.interest == Money("0.13", "EUR")
        assert invoice.gross < total
        (left,) = office.desk.ledger.open_items()
        assert (left.item, left.open) == (number, -(total - invoice.gross))
        (event,) = [e for e in office.desk.events.recorded if isinstance(e, DepositReleased)]
        assert event.set_off_cents == invoice.gross.cents
        assert event.returned_cents == (total - invoice.gross).cents
        assert office.desk.allocate() == 0
        assert office.watch_refunds().shown == 1
        (item,) = office.items("refund")
        assert item.key == number
        assert str(-left.open) in item.text
        # Two weeks after the day: EnWG § 40c Abs. 3.
        assert "2026-04-20" in item.text
        assert office.desk.problems() == ()
        assert office.watch().shown == 0

    def test_takes_the_deposit_in_the_transaction_that_issues_it(self, office: Office) -> None:
        office.open(START)
        first, second = hold(office, 1), hold(office, 2)
        for number in (1, 2):
            office.read(number, START, 100)
        office.open(SECOND)
        office.end(1, SECOND)
        for number in (1, 2):
            office.read(number, SECOND, 150)

        office.desk.bill(tending=office.tending)

        found = office.deposits.deposits.by_numbers([first, second])
        assert [one.state for one in found] == [DepositState.SET_OFF, DepositState.HELD]
        assert office.tend().changed == 0

    def test_is_paid_in_part_by_a_deposit_that_is_too_small(self, office: Office) -> None:
        office.open(START)
        number = hold(office)
        office.read(1, START, 100)
        office.open(SECOND)
        office.end(1, SECOND)
        office.read(1, SECOND, 900)
        office.desk.bill()
        (invoice,) = office.desk.world.invoices.of_contract("K000001")

        office.tend()

        (deposit,) = office.deposits.deposits.by_numbers([number])
        (left,) = office.desk.ledger.open_items()
        assert left.item == invoice.number
        assert left.open == invoice.gross - deposit.amount - deposit.interest
        assert office.watch_refunds().shown == 0
        assert office.desk.problems() == ()

    def test_lets_the_deposit_go_once(self, office: Office) -> None:
        office.open(START)
        number = hold(office)
        office.read(1, START, 100)
        office.open(SECOND)
        office.end(1, SECOND)
        office.read(1, SECOND, 150)
        office.desk.bill()
        office.tend()
        once = office.desk.ledger.open_items()

        assert office.tend().changed == 0
        assert office.desk.ledger.open_items() == once
        assert (
            balance(
                office,
                Account.DEPOSITS,
                *(f"deposit:{number}/{what}" for what in ("received", "released")),
                f"deposit:{number}/interest:{SECOND}",
            )
            == 0
        )

    def test_keeps_the_deposit_while_a_point_is_not_finally_billed(self, office: Office) -> None:
        office.open(START)
        office.sign(1, points=(1, 2))
        asked = office.ask("K000001", AMOUNT)
        office.receive(asked.number, AMOUNT, on=START)
        for at in (1, 2):
            office.read(at, START, 100)
        office.open(SECOND)
        office.end(1, SECOND, at=1)
        office.end(1, SECOND, at=2)
        office.read(1, SECOND, 150)
        office.desk.bill()

        assert office.tend().changed == 0
        office.read(2, SECOND, 150)
        office.desk.bill()
        assert office.tend().changed == 1

    def test_that_is_missing_shows_from_the_margin_before_its_deadline(
        self, office: Office
    ) -> None:
        office.sign(1)
        office.read(1, START, 100)
        office.open(SECOND)
        office.end(1, SECOND)
        due = final_bill_due(SECOND, SPAIN.final_bill)
        shows_on = due - timedelta(days=SPAIN.final_bill.margin_days)
        office.open(shows_on - timedelta(days=1))
        early = office.watch().shown
        office.open(shows_on)

        assert early == 0
        assert office.watch().shown == 1
        (item,) = office.items("final_bill")
        assert item.code == "billing.final_bill.missing"
        assert item.key == f"K000001/{point(1)}/{SECOND}"
        assert str(due) in item.text
        assert "Ley 24/2013" in item.text
        # Nothing was estimated to make it go away.
        assert office.desk.bill().issued == 0

    def test_that_is_missing_shows_again_when_it_is_closed_too_early(self, office: Office) -> None:
        office.sign(1)
        office.read(1, START, 100)
        office.open(SECOND)
        office.end(1, SECOND)
        office.open(final_bill_due(SECOND, SPAIN.final_bill))
        office.watch()
        (item,) = office.items("final_bill")
        office.close_item(item)

        office.watch()

        assert [one.key for one in office.items("final_bill")] == [item.key]
        office.close_item(item)
        office.read(1, SECOND, 150)
        office.desk.bill()
        office.watch()
        assert office.items("final_bill") == []

    def test_beyond_which_was_billed_shows_at_once(self, office: Office) -> None:
        office.sign(1)
        office.read(1, START, 100)
        office.read(1, SECOND, 150)
        office.open(SECOND)
        office.desk.bill()

        office.end(1, SECOND - timedelta(days=3))
        office.watch()

        (item,) = office.items("final_bill")
        assert item.code == "billing.final_bill.beyond_end"

    def test_that_was_paid_too_much_shows_what_must_go_back(self, office: Office) -> None:
        office.sign(1)
        office.read(1, START, 100)
        office.open(SECOND)
        office.end(1, SECOND)
        office.read(1, SECOND, 150)
        office.desk.bill()
        (invoice,) = office.desk.world.invoices.of_contract("K000001")
        office.desk.pay("paid", invoice.customer, invoice.number, invoice.gross.cents + 1000)

        office.watch_refunds()

        (item,) = office.items("refund")
        assert item.key == invoice.number
        assert item.text.startswith("10.00 EUR ")
        office.close_item(item)
        office.watch_refunds()
        assert [one.key for one in office.items("refund")] == [item.key]

    def test_is_watched_chunk_by_chunk(self, office: Office) -> None:
        office.open(SECOND)
        for number in (1, 2, 3):
            office.sign(number)
            office.end(number, SECOND)
        office.open(final_bill_due(SECOND, SPAIN.final_bill))

        first = office.watch(limit=2)
        assert first.resume is not None
        second = office.watch(after=first.resume, limit=2)

        assert (first.shown, second.shown, second.resume) == (2, 1, None)
        assert len(office.items("final_bill")) == 3


class TestDeposits:
    def test_are_asked_received_and_told_of(self, office: Office) -> None:
        office.open(SECOND)
        office.sign(1)

        asked = office.ask("K000001", AMOUNT)
        held = office.receive(asked.number, AMOUNT, on=SECOND)
        again = office.receive(asked.number, AMOUNT, on=SECOND)

        assert asked.number == "D26-000001"
        assert held == again
        assert held.held == AMOUNT
        told = [type(event) for event in office.desk.events.recorded]
        assert told.count(DepositAsked) == told.count(DepositReceived) == 1
        key = f"deposit:{asked.number}/received"
        assert balance(office, Account.BANK, key) == AMOUNT.cents
        assert balance(office, Account.DEPOSITS, key) == -AMOUNT.cents
        assert office.desk.ledger.open_items() == ()

    def test_are_taken_out_of_suspense_where_a_bank_file_left_them(self, office: Office) -> None:
        office.open(SECOND)
        office.sign(1)
        asked = office.ask("K000001", AMOUNT)

        office.receive(asked.number, AMOUNT, on=SECOND, account=Account.SUSPENSE)

        key = f"deposit:{asked.number}/received"
        assert balance(office, Account.SUSPENSE, key) == AMOUNT.cents

    def test_are_one_at_a_time(self, office: Office) -> None:
        office.open(SECOND)
        office.sign(1)
        first = office.ask("K000001", AMOUNT)

        with pytest.raises(Conflict, match=r"billing.deposit.second"):
            office.ask("K000001", AMOUNT)
        office.waive(first.number)
        # The number of the refused one was given back.
        assert office.ask("K000001", AMOUNT).number == "D26-000002"

    def test_need_a_contract_and_an_amount(self, office: Office) -> None:
        office.open(SECOND)
        office.sign(1)

        with pytest.raises(NotFound, match=r"contracts.contract.unknown"):
            office.ask("K000009", AMOUNT)
        with pytest.raises(Invalid, match=r"billing.deposit.amount"):
            office.ask("K000001", Money("0.00", "EUR"))
        with pytest.raises(NotFound, match=r"billing.deposit.unknown"):
            office.receive("D26-000001", AMOUNT, on=SECOND)

    def test_are_not_here_before_the_day(self, office: Office) -> None:
        office.open(SECOND)
        office.sign(1)
        asked = office.ask("K000001", AMOUNT)

        with pytest.raises(Refused, match=r"billing.deposit.future"):
            office.receive(asked.number, AMOUNT, on=THIRD)

    def test_wait_for_a_collection_that_may_pay_the_same(self, office: Office) -> None:
        office.open(START)
        number = hold(office)
        office.read(1, START, 100)
        office.open(SECOND)
        office.end(1, SECOND)
        office.read(1, SECOND, 150)
        office.desk.bill()
        (invoice,) = office.desk.world.invoices.of_contract("K000001")
        office.deposits.collect(invoice, SECOND, CollectionState.SENT)

        assert office.tend().changed == 0
        (deposit,) = office.deposits.deposits.by_numbers([number])
        assert deposit.state is DepositState.HELD

    def test_are_given_back_by_a_person_with_interest(self, office: Office) -> None:
        office.open(START)
        number = hold(office)
        office.open(SECOND)

        given = office.give_back(number)

        assert given.interest == Money("0.13", "EUR")
        (left,) = office.desk.ledger.open_items()
        assert (left.item, left.open) == (number, Money("-120.13", "EUR"))
        with pytest.raises(Refused, match=r"deposit.not_allowed"):
            office.give_back(number)

    def test_are_credited_on_their_yearly_day(self, office: Office) -> None:
        office = attrs.evolve(office, rules=attrs.evolve(office.rules, credited_on=(4, 6)))
        office.open(START)
        number = hold(office)
        office.open(SECOND - timedelta(days=1))
        early = office.tend().changed
        office.open(SECOND)

        assert early == 0
        assert (office.tend().changed, office.tend().changed) == (1, 0)
        (deposit,) = office.deposits.deposits.by_numbers([number])
        assert (deposit.credited_until, deposit.held) == (SECOND, Money("120.13", "EUR"))
        key = f"deposit:{number}/interest:{SECOND}"
        assert balance(office, Account.INTEREST, key) == 13

    def test_go_back_after_months_of_good_payment(self, office: Office) -> None:
        office = attrs.evolve(office, rules=attrs.evolve(office.rules, months_good=2))
        office.open(START)
        number = hold(office)
        office.open(THIRD - timedelta(days=1))
        early = office.tend().changed
        office.open(add_months(START, 2))

        assert early == 0
        assert office.tend().changed == 1
        (deposit,) = office.deposits.deposits.by_numbers([number])
        assert deposit.state is DepositState.GIVEN_BACK
        assert office.watch_refunds().shown == 1

    def test_stay_while_payment_is_not_good(self, office: Office) -> None:
        office = attrs.evolve(office, rules=attrs.evolve(office.rules, months_good=1))
        office.open(START)
        number = hold(office)
        office.read(1, START, 100)
        office.read(1, SECOND, 150)
        office.open(SECOND)
        office.desk.bill()
        (invoice,) = office.desk.world.invoices.of_contract("K000001")
        office.deposits.give_back(invoice, SECOND)
        office.open(SECOND + timedelta(days=3))
        after_a_return = office.tend().changed
        office.open(max(invoice.due_on, add_months(SECOND, 1)) + timedelta(days=1))
        while_late = office.tend().changed
        office.desk.pay("paid", invoice.customer, invoice.number, invoice.gross.cents)

        assert (after_a_return, while_late) == (0, 0)
        assert office.tend().changed == 1
        (deposit,) = office.deposits.deposits.by_numbers([number])
        assert deposit.state is DepositState.GIVEN_BACK

    def test_whose_rate_is_unknown_wait_for_a_person_and_hold_up_nobody(
        self, office: Office
    ) -> None:
        known = attrs.evolve(office.rules.rates, versions=office.rules.rates.versions[:1])
        lost = attrs.evolve(office, rules=attrs.evolve(office.rules, rates=known, months_good=1))
        lost.open(START)
        number = hold(lost)
        lost.open(SECOND + timedelta(days=3))

        step = lost.tend()

        assert (step.changed, step.parked) == (0, 1)
        (item,) = lost.items("deposit")
        assert (item.key, item.code) == (number, "pricing.version_gap")
        assert office.deposits.deposits.by_numbers([number])[0].state is DepositState.HELD

    def test_are_tended_chunk_by_chunk(self, office: Office) -> None:
        office = attrs.evolve(office, rules=attrs.evolve(office.rules, months_good=1))
        office.open(START)
        for number in (1, 2, 3):
            hold(office, number)
        office.open(SECOND + timedelta(days=3))

        first = office.tend(limit=2)
        assert first.resume is not None
        second = office.tend(limit=2, after=first.resume)

        assert (first.changed, second.changed, second.resume) == (2, 1, None)
