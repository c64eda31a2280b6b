"""What every store of deposits, and of supplies that have ended, promises."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import attrs
import pytest

from energyretail.application.billing import Deposits, EndedSupplies, RefundsOwed
from energyretail.application.payments import Collections
from energyretail.application.shared import Books
from energyretail.domain import payments
from energyretail.domain.billing import (
    Deposit,
    DepositRules,
    DepositState,
    EndedSupply,
    HeldDeposit,
    Invoice,
    RefundOwed,
    credit,
    posting_of,
)
from energyretail.domain.contracts import ContractState
from energyretail.domain.ledger import Account, Entry, OpenItem, Posting
from energyretail.domain.markets import DEPOSIT_RULES
from energyretail.domain.shared import (
    Conflict,
    InvoiceNumber,
    MessageId,
    Money,
    NotFound,
    contract_number,
    customer_number,
    end_to_end_id,
    invoice_number,
    mandate_reference,
)
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    BillingWorld,
    contract_of,
    point,
    readings_of,
)

__all__ = ["DepositWorld", "DepositsConformance"]

RULES: Final[DepositRules] = DEPOSIT_RULES["DE"]
AMOUNT = Money("120.00", "EUR")


@attrs.frozen
class DepositWorld:
    """One implementation, empty, with what it takes to fill it."""

    billing: BillingWorld
    deposits: Deposits
    ended: EndedSupplies
    refunds: RefundsOwed
    books: Books
    collections: Collections

    def ask(self, contract: int, *, count: int = 0, customer: int = 0) -> Deposit:
        """Ask for a deposit for the `contract`-th contract, whoever's it is."""
        deposit = Deposit.ask(
            number=invoice_number("D", START, count or contract),
            contract=contract_number(contract),
            customer=customer_number(customer or contract),
            amount=AMOUNT,
            on=START,
        ).deposit
        with self.billing.work() as transaction:
            self.deposits.add(deposit)
            transaction.commit()
        return deposit

    def save(self, *deposits: Deposit) -> None:
        """Replace deposits in one transaction."""
        with self.billing.work() as transaction:
            self.deposits.save(deposits)
            transaction.commit()

    def hold(self, contract: int, *, customer: int = 0) -> Deposit:
        """Ask for a deposit and receive it on the day it is asked."""
        held = self.ask(contract, customer=customer).receive(AMOUNT, on=START).deposit
        self.save(held)
        return held

    def bill(
        self,
        contract: int,
        *,
        day: date = SECOND,
        ended_on: date | None = None,
        customer: int = 0,
    ) -> Invoice:
        """Read, bill and post the first period of the `contract`-th contract."""
        signed = contract_of(contract, ended_on=ended_on, customer=customer)
        if ended_on:
            signed = attrs.evolve(signed, state=ContractState.ENDED)
        self.billing.sign(signed)
        self.billing.read(readings_of(contract, START, 100), readings_of(contract, day, 150))
        invoice = self.billing.bill_first(f"F26-{contract:06d}", today=day)
        entry = posting_of(invoice, excise_components=frozenset({"excise"}))
        assert entry is not None
        with self.billing.work() as transaction:
            self.books.post([entry])
            transaction.commit()
        return invoice

    def give_back(self, invoice: Invoice, on: date) -> None:
        """Keep a collection for a document that the bank gave back on a day."""
        self.collect(invoice, on, payments.CollectionState.RETURNED)

    def collect(self, invoice: Invoice, on: date, state: payments.CollectionState) -> None:
        """Keep a collection for a document, given back on a day where its state says so."""
        is_back = state in payments.GIVEN_BACK
        collection = payments.Collection(
            end_to_end_id=end_to_end_id(invoice.number, 1),
            item=invoice.number,
            customer=invoice.customer,
            umr=mandate_reference(invoice.contract, 1),
            amount=invoice.gross,
            due_on=on,
            attempt=1,
            sequence=payments.Sequence.RECURRENT,
            msg_id=MessageId("M-1"),
            payment_information_id="M-1-RCUR",
            state=state,
            reason="AM04" if is_back else None,
            returned_on=on if is_back else None,
        )
        with self.billing.work() as transaction:
            self.collections.add([collection])
            transaction.commit()

    def pay(self, key: str, item: str, contract: int, cents: int) -> None:
        """Book money of the `contract`-th customer on an item."""
        amount = Money.of_cents(cents, "EUR")
        owed = Posting(Account.RECEIVABLE, -amount, customer_number(contract), InvoiceNumber(item))
        entry = Entry(key, SECOND, "Payment", (Posting(Account.BANK, amount), owed))
        with self.billing.work() as transaction:
            self.books.post([entry])
            transaction.commit()

    def held(self) -> tuple[HeldDeposit, ...]:
        """Return all deposits we hold."""
        return self.deposits.held(after="", limit=100)


class DepositsConformance:
    """Subclass in a test and give a fixture `deposits` that returns an empty DepositWorld."""

    def test_gives_back_what_was_kept(self, deposits: DepositWorld) -> None:
        first, second = deposits.ask(1), deposits.ask(2)

        assert deposits.deposits.by_numbers([second.number, first.number, "D26-999999"]) == (
            first,
            second,
        )
        assert deposits.deposits.of_contract(second.contract) == (second,)

    def test_keeps_a_deposit_through_its_life(self, deposits: DepositWorld) -> None:
        asked = deposits.ask(1)
        held = asked.receive(AMOUNT, on=START).deposit
        credited = held.credit(until=SECOND, rules=RULES).deposit
        gone = credited.give_back(on=THIRD, rules=RULES).deposit

        for each in (held, credited, gone):
            deposits.save(each)
            assert deposits.deposits.by_numbers([asked.number]) == (each,)
        assert gone.interest.cents > 0

    def test_keeps_one_at_a_time_for_a_contract(self, deposits: DepositWorld) -> None:
        asked = deposits.ask(1)

        with pytest.raises(Conflict, match=r"billing.deposit.second"):
            deposits.ask(1, count=7)
        deposits.save(asked.waive(on=START).deposit)
        again = deposits.ask(1, count=7)
        assert [one.state for one in deposits.deposits.of_contract(asked.contract)] == [
            DepositState.WAIVED,
            again.state,
        ]

    def test_keeps_a_number_once(self, deposits: DepositWorld) -> None:
        deposits.ask(1)

        with pytest.raises(Conflict, match=r"billing.deposit.number_twice"):
            deposits.ask(2, count=1)

    def test_saves_no_deposit_it_does_not_know(self, deposits: DepositWorld) -> None:
        known = deposits.ask(1)
        unknown = attrs.evolve(known, number=InvoiceNumber("D26-000009"))

        with pytest.raises(NotFound, match=r"billing.deposit.unknown"):
            deposits.save(known.waive(on=START).deposit, unknown)
        assert deposits.deposits.by_numbers([known.number]) == (known,)

    def test_knows_whose_a_contract_is(self, deposits: DepositWorld) -> None:
        deposits.billing.sign(contract_of(1, customer=7))

        assert deposits.deposits.holder_of("K000001") == customer_number(7)
        with pytest.raises(NotFound, match=r"contracts.contract.unknown"):
            deposits.deposits.holder_of("K000002")

    def test_leafs_through_what_is_held_in_order_of_number(self, deposits: DepositWorld) -> None:
        for contract in (3, 1, 2):
            deposits.hold(contract)
        deposits.ask(4)
        page = deposits.deposits.held

        numbers = [one.deposit.number for one in page(after="", limit=9)]

        assert numbers == ["D26-000001", "D26-000002", "D26-000003"]
        assert [one.deposit.number for one in page(after="", limit=2)] == numbers[:2]
        assert [one.deposit.number for one in page(after=numbers[1], limit=2)] == numbers[2:]

    def test_finds_what_is_held_for_some_contracts(self, deposits: DepositWorld) -> None:
        for contract in (3, 1, 2):
            deposits.hold(contract)
        deposits.ask(4)
        find = deposits.deposits.held_of

        assert find(["K000003", "K000001", "K000004", "K000009"]) == tuple(
            one for one in deposits.held() if one.deposit.contract != "K000002"
        )
        assert find([]) == ()

    def test_tells_what_is_open_of_the_contract(self, deposits: DepositWorld) -> None:
        invoice = deposits.bill(1)
        deposits.bill(2)
        held = deposits.hold(1)

        (found,) = deposits.held()

        assert found == HeldDeposit(
            held,
            (OpenItem(invoice.number, invoice.customer, invoice.due_on, invoice.gross),),
            None,
            is_finally_billed=False,
        )

    def test_tells_when_a_collection_of_the_contract_failed_last(
        self, deposits: DepositWorld
    ) -> None:
        first, second = deposits.bill(1), deposits.bill(2)
        deposits.hold(1)
        deposits.hold(2)
        deposits.give_back(first, SECOND)

        assert [one.failed_on for one in deposits.held()] == [SECOND, None]
        deposits.give_back(second, THIRD)
        assert [one.failed_on for one in deposits.held()] == [SECOND, THIRD]

    def test_tells_nothing_of_another_contract_of_the_customer(
        self, deposits: DepositWorld
    ) -> None:
        deposits.bill(1, customer=7)
        other = deposits.bill(2, customer=7)
        held = deposits.hold(1, customer=7)
        deposits.pay("p", "F26-000001", 7, int(other.gross.cents))
        deposits.give_back(other, SECOND)

        (found,) = deposits.held()

        assert found == HeldDeposit(held)

    @pytest.mark.parametrize("state", payments.CollectionState)
    def test_tells_whether_a_collection_of_the_contract_is_in_flight(
        self, deposits: DepositWorld, state: payments.CollectionState
    ) -> None:
        deposits.collect(deposits.bill(1), SECOND, state)
        deposits.bill(2)
        deposits.hold(1)
        deposits.hold(2)

        found = [one.is_in_flight for one in deposits.held()]

        assert found == [state in payments.IN_FLIGHT, False]

    def test_tells_that_a_contract_is_finally_billed(self, deposits: DepositWorld) -> None:
        final = deposits.bill(1, ended_on=SECOND)
        deposits.bill(2, ended_on=THIRD)
        deposits.bill(3)
        for contract in (1, 2, 3, 4):
            deposits.hold(contract)

        assert [one.is_finally_billed for one in deposits.held()] == [True, False, False, False]
        assert [one.final_bill for one in deposits.held()] == [final.number, None, None, None]

    def test_takes_no_bill_taken_back_for_a_final_one(self, deposits: DepositWorld) -> None:
        invoice = deposits.bill(1, ended_on=SECOND)
        deposits.hold(1)
        deposits.billing.add(credit(invoice, number=InvoiceNumber("R-1"), issued_on=SECOND)[0])

        (held,) = deposits.held()

        assert not held.is_finally_billed
        assert held.final_bill is None

    def test_finds_the_ended_supplies_without_final_bill(self, deposits: DepositWorld) -> None:
        deposits.bill(1, ended_on=SECOND)
        deposits.bill(2, ended_on=THIRD)
        deposits.bill(3)
        deposits.billing.sign(contract_of(4, ended_on=SECOND))
        find = deposits.ended.without_final_bill

        found = find(after="", limit=9)

        assert found == (
            EndedSupply(contract_number(2), customer_number(2), point(2), THIRD, SECOND),
            EndedSupply(contract_number(4), customer_number(4), point(4), SECOND, None),
        )
        assert find(after="", limit=1) == found[:1]
        assert find(after=found[0].key, limit=9) == found[1:]

    def test_finds_the_credit_left_on_final_bills_and_released_deposits(
        self, deposits: DepositWorld
    ) -> None:
        final = deposits.bill(1, ended_on=SECOND)
        settled = deposits.bill(2, ended_on=SECOND)
        going_on = deposits.bill(3)
        gone, held = deposits.hold(4), deposits.hold(5)
        deposits.save(gone.give_back(on=THIRD, rules=RULES).deposit)
        deposits.pay("p1", final.number, 1, final.gross.cents + 500)
        deposits.pay("p2", settled.number, 2, settled.gross.cents)
        deposits.pay("p3", going_on.number, 3, going_on.gross.cents + 700)
        for key, deposit in (("p4", gone), ("p5", held)):
            deposits.pay(key, deposit.number, int(deposit.customer[1:]), 900)
        find = deposits.refunds.owed

        found = find(after="", limit=9)

        assert found == (
            RefundOwed(gone.number, gone.customer, Money("9.00", "EUR"), THIRD, THIRD),
            RefundOwed(final.number, final.customer, Money("5.00", "EUR"), SECOND, SECOND),
        )
        assert find(after="", limit=1) == found[:1]
        assert find(after=gone.number, limit=9) == found[1:]

    def test_finds_what_is_billed_beyond_its_end(self, deposits: DepositWorld) -> None:
        deposits.bill(1)
        earlier = SECOND - timedelta(days=3)
        deposits.billing.sign(contract_of(1, ended_on=earlier))

        (found,) = deposits.ended.without_final_bill(after="", limit=9)

        assert (found.ended_on, found.billed_until) == (earlier, SECOND)
        assert not found.is_finally_billed
