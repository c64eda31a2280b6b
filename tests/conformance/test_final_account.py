"""What a final bill asks, less all that is taken off it, is what its items owe; in both worlds."""

from __future__ import annotations

import pytest
from end_of_supply import AMOUNT, Office, memory_office, postgres_office

from energyretail.domain.billing import DeductionKind, Invoice, TakenOff, settle
from energyretail.domain.shared import Money
from energyretail.testing.conformance.billing import SECOND, START
from energyretail.testing.conformance.plans import plan_for
from energyretail.testing.plans import PlansDesk


@pytest.fixture(params=["memory", "postgres"])
def office(request: pytest.FixtureRequest) -> Office:
    if request.param == "memory":
        return memory_office()
    return postgres_office(request.getfixturevalue("database"))


def end_with_a_plan(office: Office, index: int) -> tuple[Invoice, tuple[TakenOff, ...]]:
    """Bill a contract finally that has a deposit, and a plan of which one advance is asked.

    The plan carries a share of an earlier bill; two thirds of it no instalment asks for.
    """
    desk = PlansDesk(office.desk, office.plans)
    office.open(START)
    office.sign(1)
    office.receive(office.ask("K000001", AMOUNT).number, AMOUNT, on=START)
    office.plans.add(plan_for(1, cents=9_000, carried_cents=700))
    office.read(1, START, 100)
    desk.ask()
    office.open(SECOND)
    office.end(1, SECOND)
    office.read(1, SECOND, index)
    office.desk.bill(settlement=desk.settlement(), tending=office.tending)
    (bill,) = office.desk.world.invoices.of_contract("K000001")
    return bill, office.plans.deductions.of_bills([bill.number])


def open_on(office: Office, *items: str) -> Money:
    found = office.desk.ledger.open_items("C000001")
    return Money.total((one.open for one in found if one.item in items), "EUR")


class TestFinalAccount:
    @pytest.mark.parametrize("index", [110, 900], ids=["to be paid back", "to pay"])
    def test_is_what_the_bill_asks_less_what_is_taken_off(self, office: Office, index: int) -> None:
        bill, taken = end_with_a_plan(office, index)

        deposit, plan = "D26-000001", f"K000001/{START}"
        assert [(one.deduction.kind, one.deduction.document) for one in taken] == [
            (DeductionKind.ADVANCE, "AN26-000001"),
            (DeductionKind.DEPOSIT, deposit),
            (DeductionKind.CARRIED, plan),
        ]
        payable = settle(bill.bill, [one.deduction for one in taken]).gross
        assert payable == open_on(office, bill.number, deposit)
        assert (payable < Money("0.00", "EUR")) == (index == 110)
        # The advance was not paid: the deposit has paid it before the bill, and it is not open.
        assert open_on(office, "AN26-000001") == Money("0.00", "EUR")
        assert taken[2].deduction.gross == Money("-4.67", "EUR")
        assert office.desk.problems() == ()

    def test_is_what_the_mail_asks_for(self, office: Office) -> None:
        bill, taken = end_with_a_plan(office, 900)

        (mailed,) = office.plans.bills_to_mail.bills([bill.number])

        assert mailed.deductions == tuple(one.deduction for one in taken)
        assert mailed.to_pay == open_on(office, bill.number, "D26-000001")

    def test_takes_the_deposit_off_the_bill_that_was_issued_before_it_went(
        self, office: Office
    ) -> None:
        office.open(START)
        office.sign(1)
        asked = office.ask("K000001", AMOUNT)
        office.receive(asked.number, AMOUNT, on=START)
        office.read(1, START, 100)
        office.open(SECOND)
        office.end(1, SECOND)
        office.read(1, SECOND, 150)
        office.desk.bill()
        (bill,) = office.desk.world.invoices.of_contract("K000001")

        office.tend()
        office.tend()

        (taken,) = office.plans.deductions.of_bills([bill.number])
        # 13 cents of interest for the thirty days, as the law of the market has it.
        assert taken.deduction.gross == AMOUNT + Money("0.13", "EUR")
        assert (taken.taken_on, taken.deduction.document) == (SECOND, asked.number)
        assert settle(bill.bill, [taken.deduction]).gross == open_on(
            office, bill.number, asked.number
        )
