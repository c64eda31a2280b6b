"""What a customer did is put on record, and lifts the limit on charging for old days."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
import pytest

from energyretail.adapters.memory.customer_faults import MemoryCustomerFaults
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import FoundFault, RecordCustomerFault
from energyretail.domain.billing import (
    BACK_BILLING,
    CorrectionMethod,
    CorrectionRules,
    CustomerFault,
    CustomerFaultRecorded,
    Invoice,
)
from energyretail.domain.markets import BACK_BILLING_RULES
from energyretail.domain.shared import DomainError, Period, add_months
from energyretail.testing.billing import POLICY, BillingDesk
from energyretail.testing.billing_worlds import memory_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    contract_of,
    point,
    readings_of,
)

GB = BACK_BILLING_RULES["GB"]
LATE = add_months(SECOND, 13)
HALF = START + timedelta(days=10)
FOUND = FoundFault(
    "K000001",
    point(1).value,
    CustomerFault.OBSTRUCTION,
    Period(START, SECOND),
    "metering desk",
    "letter of 2 May 2026",
)


@attrs.frozen
class Office:
    """A desk over a store, and what puts faults on record in it."""

    desk: BillingDesk
    record: RecordCustomerFault

    @property
    def bills(self) -> tuple[Invoice, ...]:
        return self.desk.world.invoices.of_contract("K000001")

    @property
    def owed(self) -> int:
        return sum(item.open.cents for item in self.desk.ledger.open_items())

    def written_off(self) -> list[Period]:
        """Return the days that the bill in force does not charge."""
        lines = self.bills[-1].standing.lines
        return sorted(
            {line.period for line in lines if line.component == BACK_BILLING},
            key=lambda days: days.start,
        )


def office(rules: CorrectionRules, *, on: date = LATE) -> Office:
    """Return one with a supply that is read for a month, and that nobody has billed yet."""
    store = MemoryStore()
    desk = memory_desk(store, policy=attrs.evolve(POLICY, corrections=rules))
    desk.world.sign(contract_of(1))
    desk.world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
    desk.open_day(on)
    record = RecordCustomerFault(
        work=desk.world.work,
        clock=desk.clock,
        events=desk.events,
        faults=MemoryCustomerFaults(store),
    )
    return Office(desk, record)


def in_time() -> int:
    """Return the cents of the same bill made in a market without a limit."""
    desk = office(CorrectionRules())
    desk.desk.bill()
    return desk.owed


class TestRecordCustomerFault:
    def test_puts_it_on_record_once_however_often_it_is_found(self) -> None:
        desk = office(CorrectionRules())

        fault = desk.record(FOUND)
        desk.desk.open_day(LATE + timedelta(days=1))

        assert desk.record(FOUND) == fault
        assert (fault.owner, fault.source, fault.recorded_on) == (FOUND.owner, FOUND.source, LATE)
        assert fault.key == f"K000001/{point(1)}/obstruction/{START}"
        assert desk.desk.events.recorded == [
            CustomerFaultRecorded("K000001", point(1).value, "obstruction")
        ]

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"contract": "K000009"}, "supply_unknown"),
            ({"cups": point(2).value}, "supply_unknown"),
            ({"days": Period(START, LATE + timedelta(days=1))}, "future"),
            ({"days": Period(START - timedelta(days=1), SECOND)}, "not_supplied"),
            ({"days": Period(START)}, "days"),
            ({"owner": " "}, "owner"),
            ({"source": ""}, "source"),
        ],
    )
    def test_refuses_what_nobody_can_answer_for(self, change: dict[str, object], code: str) -> None:
        desk = office(CorrectionRules())

        with pytest.raises(DomainError) as caught:
            desk.record(attrs.evolve(FOUND, **change))

        assert caught.value.code == f"billing.customer_fault.{code}"
        assert desk.desk.events.recorded == []

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"owner": "somebody else"}, "exists"),
            ({"days": Period(START, HALF)}, "exists"),
            ({"days": Period(HALF, SECOND)}, "overlaps"),
        ],
    )
    def test_refuses_another_for_the_same_days(self, change: dict[str, object], code: str) -> None:
        desk = office(CorrectionRules())
        desk.record(FOUND)

        with pytest.raises(DomainError) as caught:
            desk.record(attrs.evolve(FOUND, **change))

        assert caught.value.code == f"billing.customer_fault.{code}"


class TestBillingAtFault:
    def test_charges_a_first_bill_that_comes_late_and_previews_it_so(self) -> None:
        desk = office(CorrectionRules(back_billing=GB))
        desk.record(FOUND)

        (previewed,) = desk.desk.preview("K000001")
        desk.desk.bill()

        assert desk.written_off() == []
        assert desk.bills[0].bill == previewed.bill
        assert desk.owed == in_time()

    def test_charges_the_days_on_record_alone(self) -> None:
        desk = office(CorrectionRules(back_billing=GB))
        middle = Period(HALF, HALF + timedelta(days=5))
        desk.record(attrs.evolve(FOUND, days=middle))

        desk.desk.bill()

        assert desk.written_off() == [Period(START, HALF), Period(middle.until, SECOND)]
        assert 0 < desk.owed < in_time()

    @pytest.mark.parametrize("method", CorrectionMethod)
    def test_charges_what_a_bill_wrote_off_once_it_is_on_record(
        self, method: CorrectionMethod
    ) -> None:
        desk = office(CorrectionRules(method, GB))
        desk.desk.bill()
        assert abs(desk.owed) <= 2
        desk.record(attrs.evolve(FOUND, days=Period(START, HALF)))

        half = desk.desk.correct()
        assert desk.written_off() == [Period(HALF, SECOND)]
        desk.record(attrs.evolve(FOUND, days=Period(HALF, SECOND)))
        whole = desk.desk.correct()

        assert desk.written_off() == []
        assert desk.owed == in_time()
        assert half.issued == whole.issued == (1 if method is CorrectionMethod.BY_DIFFERENCE else 2)
        assert desk.desk.correct().issued == 0
        assert desk.desk.problems() == ()

    @pytest.mark.parametrize("method", CorrectionMethod)
    def test_charges_a_late_reading_of_the_days_on_record(self, method: CorrectionMethod) -> None:
        desks = [office(CorrectionRules(method, rule), on=SECOND) for rule in (GB, None)]
        for desk in desks:
            desk.desk.bill()
            desk.desk.open_day(LATE)
            desk.record(FOUND)
            desk.desk.world.read(readings_of(1, SECOND, 170, version=2))
            desk.desk.correct()

        one, other = desks
        assert one.owed == other.owed
        assert one.bills[-1].standing == other.bills[-1].standing

    def test_looks_once_at_a_bill_whose_limit_the_fault_does_not_lift(self) -> None:
        deaf = tuple(attrs.evolve(limit, lifted_by=frozenset()) for limit in GB.limits)
        desk = office(CorrectionRules(back_billing=attrs.evolve(GB, limits=deaf)))
        desk.desk.bill()
        desk.record(FOUND)

        first = desk.desk.world.outdated.outdated(after="", limit=9)
        step = desk.desk.correct()

        assert (len(first), step.issued, len(desk.bills)) == (1, 0, 1)
        assert desk.desk.world.outdated.outdated(after="", limit=9) == ()
