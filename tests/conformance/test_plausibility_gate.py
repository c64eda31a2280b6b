"""The gate between draft and issue, in memory and in Postgres."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import attrs
import pytest
from sqlalchemy import event

from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import SupplyName
from energyretail.domain.billing import (
    NO_PLAUSIBILITY,
    DayState,
    HeldBill,
    HeldBillState,
    HeldBillTrigger,
    PlausibilityLimits,
    PlausibilityRules,
    Seasons,
)
from energyretail.domain.shared import Invalid, Outdated, Period, Refused, contract_number
from energyretail.testing.billing import POLICY, BillingDesk
from energyretail.testing.billing_worlds import memory_desk, postgres_desk
from energyretail.testing.conformance.billing import (
    SECOND,
    START,
    THIRD,
    contract_of,
    point,
    reading_of,
    readings_of,
)

FOURTH = THIRD + timedelta(days=30)
RELEASE, CONFIRM, REJECT = (
    HeldBillTrigger.RELEASE,
    HeldBillTrigger.CONFIRM,
    HeldBillTrigger.REJECT,
)
TENFOLD = "billing.implausible.energy_times_10"


@pytest.fixture(params=["memory", "postgres"])
def desk(request: pytest.FixtureRequest) -> Iterator[BillingDesk]:
    if request.param == "memory":
        yield memory_desk()
    else:
        yield postgres_desk(request.getfixturevalue("database"))


def bill_first(desk: BillingDesk, *numbers: int) -> None:
    """Sign supplies and issue each its first bill, of 150 kWh."""
    desk.open_day(SECOND)
    desk.world.sign(*(contract_of(number) for number in numbers))
    for number in numbers:
        desk.world.read(readings_of(number, START, 100), readings_of(number, SECOND, 150))
    desk.bill()
    desk.open_day(THIRD)


def read_tenfold(desk: BillingDesk, number: int) -> None:
    """Read on THIRD ten times what was used before."""
    desk.world.read(readings_of(number, THIRD, 650))


def name_of(number: int) -> SupplyName:
    return contract_number(number), point(number)


def held_of(desk: BillingDesk, number: int) -> tuple[HeldBill, ...]:
    return desk.held.of_supplies([name_of(number)])


def billed(desk: BillingDesk, number: int) -> list[Period]:
    return [bill.period for bill in desk.world.invoices.of_contract(f"K{number:06d}")]


class TestPlausibilityGate:
    def test_holds_one_supply_and_lets_the_others_go(self, desk: BillingDesk) -> None:
        bill_first(desk, 1, 2, 3)
        read_tenfold(desk, 2)
        for number in (1, 3):
            desk.world.read(readings_of(number, THIRD, 200))

        step = desk.bill()

        assert (step.issued, step.held) == (2, 1)
        assert [len(billed(desk, number)) for number in (1, 2, 3)] == [2, 1, 2]
        (held,) = held_of(desk, 2)
        (item,) = desk.work_list.open_items()
        assert held.state is HeldBillState.HELD
        assert held.days == Period(SECOND, THIRD)
        assert (item.kind, item.key) == ("billing", f"K000002/{point(2)}/{SECOND}")
        assert (item.code, held.findings[0].code) == (TENFOLD, TENFOLD)
        assert "1500" in item.text
        assert "155.000 kWh was to be expected, 9.68 times" in item.text
        assert item.way_out.startswith("billing desk: ")
        assert desk.day_counts(grace_days=0)[DayState.PARKED] > 0
        assert desk.problems() == ()

    def test_changes_nothing_when_done_again(self, desk: BillingDesk) -> None:
        bill_first(desk, 1)
        read_tenfold(desk, 1)
        desk.bill()
        once = held_of(desk, 1), desk.work_list.open_items()
        desk.open_day(THIRD + timedelta(days=1))

        step = desk.bill()

        assert (step.issued, step.held) == (0, 1)
        assert (held_of(desk, 1), desk.work_list.open_items()) == once

    def test_lets_a_corrected_reading_pass_and_closes_the_item(self, desk: BillingDesk) -> None:
        bill_first(desk, 1)
        read_tenfold(desk, 1)
        desk.bill()
        desk.world.read(readings_of(1, THIRD, 200, version=2))

        step = desk.bill()

        assert (step.issued, step.held) == (1, 0)
        assert desk.work_list.open_items() == ()
        assert [bill.state for bill in held_of(desk, 1)] == [HeldBillState.LAPSED]

    def test_issues_what_two_people_released_and_nothing_before(self, desk: BillingDesk) -> None:
        bill_first(desk, 1)
        read_tenfold(desk, 1)
        desk.bill()
        (held,) = held_of(desk, 1)

        desk.decide(held.key, RELEASE, by="Ana")
        assert desk.bill().issued == 0
        desk.decide(held.key, CONFIRM, by="Luis")
        # Whoever releases it on the day, it is the next day's run that issues it.
        desk.open_day(THIRD + timedelta(days=1))
        step = desk.bill()

        assert (step.issued, step.held) == (1, 0)
        assert billed(desk, 1)[-1] == Period(SECOND, THIRD)
        assert held_of(desk, 1)[0].state is HeldBillState.ISSUED
        assert desk.work_list.open_items() == ()
        assert desk.problems() == ()

    def test_has_a_release_for_exactly_the_draft_that_was_judged(self, desk: BillingDesk) -> None:
        bill_first(desk, 1)
        read_tenfold(desk, 1)
        desk.bill()
        (held,) = held_of(desk, 1)
        desk.decide(held.key, RELEASE, by="Ana")
        desk.decide(held.key, CONFIRM, by="Luis")
        desk.world.read([reading_of(1, THIRD, "P1", 651, version=2)])

        step = desk.bill()

        assert (step.issued, step.held) == (0, 1)
        states = {bill.digest: bill.state for bill in held_of(desk, 1)}
        assert states[held.digest] is HeldBillState.LAPSED
        assert sorted(state.value for state in states.values()) == ["held", "lapsed"]
        # As it was before, it is judged before again: the old release is of no account.
        desk.world.read([reading_of(1, THIRD, "P1", 650, version=3)])
        assert desk.bill().issued == 0

    def test_never_issues_what_was_rejected(self, desk: BillingDesk) -> None:
        bill_first(desk, 1)
        read_tenfold(desk, 1)
        desk.bill()
        (held,) = held_of(desk, 1)
        desk.decide(held.key, RELEASE, by="Ana")
        desk.decide(held.key, REJECT, by="Luis")

        step = desk.bill()

        assert (step.issued, step.held) == (0, 1)
        with pytest.raises(Refused) as caught:
            desk.decide(held.key, CONFIRM, by="Luis")
        assert caught.value.code == "billing.held_bill.not_allowed"
        assert len(desk.work_list.open_items()) == 1

    def test_keeps_later_periods_behind_the_one_that_is_held(self, desk: BillingDesk) -> None:
        bill_first(desk, 1)
        read_tenfold(desk, 1)
        desk.world.read(readings_of(1, FOURTH, 700))
        desk.open_day(FOURTH)

        assert desk.bill().issued == 0
        (held,) = held_of(desk, 1)
        desk.decide(held.key, RELEASE, by="Ana")
        desk.decide(held.key, CONFIRM, by="Luis")
        desk.bill()

        assert billed(desk, 1) == [Period(START, SECOND), Period(SECOND, THIRD),
                                   Period(THIRD, FOURTH)]  # fmt: skip

    def test_judges_a_bill_by_the_drafts_that_pass_with_it(self, desk: BillingDesk) -> None:
        desk.world.sign(contract_of(1))
        desk.world.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        read_tenfold(desk, 1)
        desk.open_day(THIRD)

        step = desk.bill()

        assert (step.issued, step.held) == (1, 1)
        assert billed(desk, 1) == [Period(START, SECOND)]

    def test_tells_another_reason_under_the_same_key(self, desk: BillingDesk) -> None:
        bill_first(desk, 1)
        desk.world.read(readings_of(1, THIRD, 200))
        desk.world.read([reading_of(1, THIRD, "P1", 1_000_000, version=2)])
        desk.bill()
        codes = [item.code for item in desk.work_list.open_items()]
        desk.world.read(readings_of(1, THIRD, 650, version=3))

        desk.bill()

        assert codes == ["metering.index.range"]
        assert [item.code for item in desk.work_list.open_items()] == [TENFOLD]

    def test_follows_the_limits_of_the_day(self, desk: BillingDesk) -> None:
        bill_first(desk, 1)
        read_tenfold(desk, 1)
        desk.bill()
        summer = Seasons("2.0TD", (1, 1, 1, 7, 7, 1, 1, 1, 1, 1, 1, 1))
        limits = PlausibilityLimits(Period(FOURTH), seasons=(summer,), gross_max=20)
        seasonal = attrs.evolve(POLICY, plausibility=PlausibilityRules((limits,)))
        off = attrs.evolve(desk, policy=attrs.evolve(POLICY, plausibility=NO_PLAUSIBILITY))

        desk.open_day(FOURTH)
        assert attrs.evolve(desk, policy=seasonal).bill().issued == 1
        assert off.bill().issued == 0
        assert [bill.state for bill in held_of(desk, 1)] == [HeldBillState.LAPSED]


class TestDecideHeldBill:
    @pytest.mark.parametrize("second", ["Ana", " ana ", "ANA"])
    def test_never_takes_one_person_for_two(self, desk: BillingDesk, second: str) -> None:
        bill_first(desk, 1)
        read_tenfold(desk, 1)
        desk.bill()
        (held,) = held_of(desk, 1)
        desk.decide(held.key, RELEASE, by="Ana")

        with pytest.raises(Refused) as caught:
            desk.decide(held.key, CONFIRM, by=second)

        assert caught.value.code == "billing.held_bill.same_person"
        assert desk.bill().issued == 0

    def test_is_by_somebody_over_what_is_there_now(self, desk: BillingDesk) -> None:
        bill_first(desk, 1)
        read_tenfold(desk, 1)
        desk.bill()
        (held,) = held_of(desk, 1)

        with pytest.raises(Invalid) as nobody:
            desk.decide(held.key, RELEASE, by=" ")
        with pytest.raises(Invalid) as nothing:
            desk.decide(held.key, HeldBillTrigger.ISSUE, by="Ana")
        with pytest.raises(Refused) as early:
            desk.decide(held.key, CONFIRM, by="Ana")
        with pytest.raises(Outdated) as stale:
            held.refuse_outdated(2)

        assert nobody.value.code == "billing.held_bill.person"
        assert nothing.value.code == "billing.held_bill.decision"
        assert early.value.code == "billing.held_bill.not_allowed"
        assert stale.value.code == "billing.held_bill.version"
        assert desk.decide(held.key, RELEASE, by="Ana") == desk.decide(held.key, RELEASE, by="Ana")


def test_asks_as_much_of_a_page_of_many_as_of_one(database: Database) -> None:
    desk = postgres_desk(database)
    bill_first(desk, *range(1, 15))
    statements: list[str] = []
    event.listen(
        database.engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    asked = []
    for numbers in (range(1, 2), range(2, 15)):
        for number in numbers:
            read_tenfold(desk, number)
        statements.clear()
        desk.bill()
        asked.append(
            [each for each in statements if "held_bill" in each or "AS wanted (contract" in each]
        )

    assert asked[0] == asked[1]
    assert len(asked[0]) == 3
    assert len(desk.work_list.open_items()) == 14
