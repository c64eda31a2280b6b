"""What holds of drafts that are held, and of what supplies used before, wherever they are kept."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import attrs
import pytest

from energyretail.application.billing import BilledBefore, HeldBills, HeldBillShelf
from energyretail.domain.billing import (
    BilledUse,
    Decision,
    Finding,
    HeldBill,
    HeldBillState,
    use_of_invoice,
)
from energyretail.domain.shared import (
    Conflict,
    ContractNumber,
    Cups,
    Money,
    NotFound,
    Outdated,
    Period,
    contract_number,
    customer_number,
)
from energyretail.testing.conformance.billing_cases import (
    SECOND,
    START,
    TARIFF,
    THIRD,
    contract_of,
    point,
    reading_of,
    readings_of,
)
from energyretail.testing.conformance.billing_world import BillingWorld
from energyretail.testing.conformance.pages import check_pages

__all__ = ["HeldBillsConformance", "HeldBillsWorld", "held_bill_of"]

_ANA, _LUIS = Decision("Ana", SECOND, "the meter was changed"), Decision("Luis", SECOND, "seen")
_FINDINGS = (
    Finding(
        "billing.implausible.energy_times_10",
        "the energy is of another unit",
        Decimal("3000.000"),
        expected=Decimal("300.125"),
        factor=Decimal("10.00"),
    ),
    Finding("billing.implausible.price_zero", "free", Decimal(7), "EUR", register="P1"),
)


@attrs.frozen
class HeldBillsWorld:
    """One implementation, empty, with what it takes to fill it."""

    billing: BillingWorld
    held: HeldBills
    shelf: HeldBillShelf
    past: BilledBefore

    def save(self, *bills: HeldBill) -> None:
        """Keep drafts in one transaction."""
        with self.billing.work() as transaction:
            self.held.save(bills)
            transaction.commit()

    def before(
        self, *numbers: int, first_day: date = THIRD, days: int = 400
    ) -> dict[tuple[ContractNumber, Cups], tuple[BilledUse, ...]]:
        """Return what some supplies used before a day."""
        asked = {(contract_number(number), point(number)): first_day for number in numbers}
        return dict(self.past.before(asked, days=days, digits=6))


def held_bill_of(number: int, *, digest: str = "0" * 16, first_day: date = START) -> HeldBill:
    """Return a draft held of the `number`-th contract."""
    return HeldBill(
        contract=contract_number(number),
        customer=customer_number(number),
        cups=point(number),
        days=Period(first_day, first_day + timedelta(days=30)),
        digest=digest,
        tariff=TARIFF,
        gross=Money("812.34", "EUR"),
        findings=_FINDINGS,
        held_on=SECOND,
    )


class HeldBillsConformance:
    """Subclass in a test and give a fixture `world` that returns an empty HeldBillsWorld."""

    def test_gives_a_held_bill_back_as_it_stands(self, world: HeldBillsWorld) -> None:
        held = held_bill_of(1)
        steps = [held, held.release(_ANA)]
        steps.append(steps[-1].confirm(_LUIS))
        steps += [steps[-1].issued(), steps[1].reject(_LUIS)]
        for step in steps[:4]:
            world.save(step)
            assert world.held.by_key(held.key) == step
            assert world.held.of_supplies([(held.contract, held.cups)]) == (step,)
        again = steps[3].held_again(_FINDINGS[:1], on=THIRD)
        for step in (again, again.reject(_LUIS)):
            world.save(step)
            assert world.held.by_key(held.key) == step

    def test_knows_no_other_key(self, world: HeldBillsWorld) -> None:
        world.save(held_bill_of(1))

        for key in ("", "K000001", held_bill_of(2).key, held_bill_of(1).key + "0", "\0"):
            with pytest.raises(NotFound) as caught:
                world.held.by_key(key)
            assert caught.value.code == "billing.held_bill.unknown"
        assert world.held.of_supplies([(contract_number(2), point(2))]) == ()
        assert world.held.of_supplies([]) == ()

    def test_has_one_open_a_supply(self, world: HeldBillsWorld) -> None:
        first, second = held_bill_of(1), held_bill_of(1, digest="1" * 16)
        world.save(first)

        with pytest.raises(Conflict) as caught:
            world.save(second)

        assert caught.value.code == "billing.held_bill.second"
        world.save(first.lapsed(), second, held_bill_of(2))
        found = world.held.of_supplies([(first.contract, first.cups)])
        assert found == (first.lapsed(), second)

    def test_refuses_what_somebody_else_changed_since(self, world: HeldBillsWorld) -> None:
        held = held_bill_of(1)
        world.save(held)
        world.save(held.release(_ANA))

        for stale in (held, held.reject(_LUIS)):
            with pytest.raises(Outdated) as caught:
                world.save(stale)
            assert caught.value.code == "billing.held_bill.version"
        assert world.held.by_key(held.key).state is HeldBillState.RELEASED

    def test_pages_in_the_order_of_keys_by_contract_and_state(self, world: HeldBillsWorld) -> None:
        bills = [
            held_bill_of(2).release(_ANA),
            held_bill_of(1, first_day=SECOND),
            held_bill_of(3),
            held_bill_of(1).lapsed(),
        ]
        world.save(held_bill_of(2), held_bill_of(1), held_bill_of(3))
        world.save(bills[3], bills[1], bills[0])

        in_order = sorted(bills, key=lambda bill: bill.key)
        check_pages(world.shelf.page, in_order)
        check_pages(partial(world.shelf.page, contract="K000001"), in_order[:2])
        held = [bill for bill in in_order if bill.state is HeldBillState.HELD]
        check_pages(partial(world.shelf.page, state=HeldBillState.HELD), held)
        assert world.shelf.page(after="\x00", limit=9).items == ()

    def test_tells_what_supplies_used_by_their_bills_in_force(self, world: HeldBillsWorld) -> None:
        world.billing.sign(contract_of(1), contract_of(2), contract_of(3))
        for number in (1, 2):
            world.billing.read(
                readings_of(number, START, 999_900),
                readings_of(number, SECOND, 999_950, estimated=number == 2),
                [reading_of(number, THIRD, "P1", 50), reading_of(number, THIRD, "P2", 60)],
                [reading_of(number, THIRD, "P3", "70.5")],
            )
            world.billing.bill_first(f"F-{number}", today=SECOND)
        first = world.billing.invoices.by_numbers(["F-1"])[0]
        later = world.billing.bill_first("F-3", today=THIRD)

        found = world.before(1, 2, 3)

        uses = found[contract_number(1), point(1)]
        assert uses == tuple(use_of_invoice(bill, digits=6) for bill in (first, later))
        assert uses[1].counted == (
            ("P1", Decimal(100)), ("P2", Decimal(100)), ("P3", Decimal("100.5")),
        )  # fmt: skip
        assert [use.estimated for use in uses] == [False, False]
        (estimated,) = found[contract_number(2), point(2)]
        assert estimated.estimated
        assert (contract_number(3), point(3)) not in found

    def test_tells_of_an_estimate_until_it_is_settled(self, world: HeldBillsWorld) -> None:
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 100))
        world.billing.read(readings_of(1, SECOND, 150, estimated=True), readings_of(1, THIRD, 200))
        bills = [
            world.billing.bill_first(f"F-{n}", today=day) for n, day in ((1, SECOND), (2, THIRD))
        ]

        uses = world.before(1)[contract_number(1), point(1)]

        assert [use.estimated for use in uses] == [True, False]
        assert uses == tuple(use_of_invoice(bill, digits=6) for bill in bills)

    def test_tells_only_of_bills_that_end_in_time(self, world: HeldBillsWorld) -> None:
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        world.billing.bill_first("F-1", today=SECOND)

        assert world.before(1, first_day=SECOND - timedelta(days=1)) == {}
        assert len(world.before(1, first_day=SECOND)) == 1
        assert len(world.before(1, first_day=SECOND + timedelta(days=9), days=10)) == 1
        assert world.before(1, first_day=SECOND + timedelta(days=10), days=10) == {}
        assert world.before() == {}

    @pytest.mark.parametrize("by_difference", [False, True])
    def test_tells_of_a_corrected_bill_what_stands(
        self, world: HeldBillsWorld, by_difference: bool
    ) -> None:
        world.billing.sign(contract_of(1))
        world.billing.read(readings_of(1, START, 100), readings_of(1, SECOND, 150))
        world.billing.bill_first("F-1", today=SECOND)
        world.billing.read(readings_of(1, SECOND, 180, version=2))
        if by_difference:
            standing = world.billing.rectify_first("R-1", day=SECOND)
        else:
            _, standing = world.billing.correct_first("2", day=SECOND)

        (use,) = world.before(1)[contract_number(1), point(1)]

        assert use == use_of_invoice(standing, digits=6)
        assert use.energy_kwh == 240
