"""What every store of faults of customers promises, and billing that reads them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Final

import attrs
import pytest

from energyretail.application.billing import CustomerFaults, CustomerFaultShelf
from energyretail.domain.billing import (
    CustomerFault,
    FaultDays,
    Invoice,
    RecordedFault,
    draft,
    issue,
    limit_back_billing,
)
from energyretail.domain.markets import BACK_BILLING_RULES, SPAIN
from energyretail.domain.shared import (
    Conflict,
    Cups,
    InvoiceNumber,
    NotFound,
    Period,
    add_months,
    contract_number,
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
from energyretail.testing.conformance.billing_cases import REGISTERS, TARIFF
from energyretail.testing.conformance.pages import check_pages

__all__ = ["CustomerFaultsConformance", "FaultWorld", "fault_of"]

_OBSTRUCTION: Final = CustomerFault.OBSTRUCTION
_DAYS: Final = Period(START, SECOND)


@attrs.frozen
class FaultWorld:
    """One implementation, empty, with what it takes to fill it."""

    billing: BillingWorld
    faults: CustomerFaults
    shelf: CustomerFaultShelf

    def record(self, *faults: RecordedFault) -> None:
        """Keep faults, in one transaction."""
        with self.billing.work() as transaction:
            for fault in faults:
                self.faults.add(fault)
            transaction.commit()

    def bill_written_off(self, *, until: date) -> Invoice:
        """Issue a bill of the first contract that writes its days before `until` off."""
        self.billing.sign(contract_of(1))
        self.billing.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        (supply,) = self.billing.due(SECOND)
        (period,) = supply.periods_due(today=SECOND, registers=REGISTERS)
        drafted = draft(
            supply, period, tariff=SPAIN.tariff(TARIFF), registers=REGISTERS, meter_digits=6
        )
        limited = limit_back_billing(
            drafted,
            billed=None,
            on=add_months(until, 12),
            rule=BACK_BILLING_RULES["GB"],
            customer=supply.kind,
        )
        bill, _ = issue(limited, number=InvoiceNumber("F-1"), issued_on=SECOND, due_on=SECOND)
        self.billing.add(bill)
        return bill


def fault_of(
    number: int,
    *,
    fault: CustomerFault = _OBSTRUCTION,
    days: Period = _DAYS,
    recorded_on: date = THIRD,
) -> RecordedFault:
    """Return a fault at the supply point of the `number`-th contract."""
    return RecordedFault(
        contract=contract_number(number),
        cups=point(number),
        fault=fault,
        days=days,
        owner="metering desk",
        source="letter of 2 April 2026",
        recorded_on=recorded_on,
    )


class CustomerFaultsConformance:
    """Subclass in a test and give a fixture `world` that returns an empty FaultWorld."""

    def test_gives_a_fault_back_under_its_natural_key_alone(self, world: FaultWorld) -> None:
        fault = fault_of(1)
        world.record(fault)
        known = partial(world.faults.known, "K000001")

        assert known(point(1), _OBSTRUCTION, START) == fault
        assert known(Cups(point(1).value[:20]), _OBSTRUCTION, START) == fault
        assert known(point(2), _OBSTRUCTION, START) is None
        assert known(point(1), CustomerFault.UNAUTHORISED_USE, START) is None
        assert known(point(1), _OBSTRUCTION, SECOND) is None
        assert world.faults.known("K000002", point(1), _OBSTRUCTION, START) is None

    def test_refuses_the_same_fault_of_a_day_twice(self, world: FaultWorld) -> None:
        world.record(fault_of(1))
        day = Period(SECOND - timedelta(days=1), SECOND)

        with pytest.raises(Conflict) as caught:
            world.record(fault_of(1, days=day))

        assert caught.value.code == "billing.customer_fault.overlaps"
        # Another fault, the days after it, and another supply are others.
        world.record(
            fault_of(1, fault=CustomerFault.UNAUTHORISED_USE),
            fault_of(1, days=Period(SECOND, THIRD)),
            fault_of(2),
        )

    def test_pages_in_the_order_of_keys_and_by_contract(self, world: FaultWorld) -> None:
        faults = [
            fault_of(2),
            fault_of(1, days=Period(SECOND, THIRD)),
            fault_of(1, fault=CustomerFault.UNAUTHORISED_USE),
            fault_of(1),
        ]
        world.record(*faults)

        in_order = sorted(faults, key=lambda fault: fault.key)
        check_pages(world.shelf.page, in_order)
        check_pages(partial(world.shelf.page, contract="K000001"), in_order[:3])
        check_pages(partial(world.shelf.page, contract="K000009"), [])
        assert world.shelf.page(after="\x00", limit=9).items == ()

    def test_tells_the_days_we_supply_a_point(self, world: FaultWorld) -> None:
        world.billing.sign(contract_of(1), contract_of(2, ended_on=SECOND))

        assert world.faults.supplied("K000001", point(1)) == (point(1), Period(START))
        assert world.faults.supplied("K000002", point(2)) == (point(2), Period(START, SECOND))
        for contract, cups in (("K000001", point(2)), ("K000009", point(1))):
            with pytest.raises(NotFound, match="supply_unknown"):
                world.faults.supplied(contract, cups)

    def test_are_told_of_a_supply_that_is_billed(self, world: FaultWorld) -> None:
        world.billing.sign(contract_of(1), contract_of(2))
        for number in (1, 2):
            world.billing.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
        use = fault_of(1, fault=CustomerFault.UNAUTHORISED_USE)
        world.record(use, fault_of(1))

        first, second = world.billing.due(SECOND)

        found = (FaultDays(_OBSTRUCTION, _DAYS), use.lifts)
        assert (first.faults, second.faults) == (found, ())
        (again,) = world.billing.supplies.of_contract("K000001", today=SECOND)
        assert again.faults == found

    def test_make_a_bill_outdated_that_wrote_their_days_off(self, world: FaultWorld) -> None:
        written = Period(START, START + timedelta(days=10))
        bill = world.bill_written_off(until=written.until)
        before = world.billing.outdated.outdated(after="", limit=9)
        world.record(
            fault_of(1, days=Period(written.until, SECOND)),
            fault_of(2),
            fault_of(1, fault=CustomerFault.UNAUTHORISED_USE),
        )

        (found,) = world.billing.outdated.outdated(after="", limit=9)

        assert before == ()
        assert found.invoice == bill
        assert found.fault_key == f"faults:unauthorised_use/{START}"
        assert [each.fault for each in found.supply.faults] == [
            CustomerFault.UNAUTHORISED_USE,
            _OBSTRUCTION,
        ]
        world.billing.confirm(bill.number, found.fault_key)
        assert world.billing.outdated.outdated(after="", limit=9) == ()
        world.record(fault_of(1, days=Period(START, written.until)))
        (again,) = world.billing.outdated.outdated(after="", limit=9)
        assert again.fault_key == f"faults:obstruction/{START},unauthorised_use/{START}"
