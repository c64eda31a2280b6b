"""What every table of switches promises."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from energyretail.application.shared import Work
from energyretail.application.switching import Switches
from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import (
    Conflict,
    Cups,
    contract_number,
    customer_number,
    request_code,
)

__all__ = ["SwitchesConformance", "switch_of"]

DAY = date(2026, 3, 2)


def switch_of(
    number: int, *, point: int | None = None, requested_on: date = DAY
) -> switching.Switch:
    """Return a requested switch, the `number`-th, for supply point `point` (else `number`)."""
    point = number if point is None else point
    made, _ = switching.request_switch(
        request_code(DAY, number),
        contract=contract_number(point),
        cups=Cups.of_digits(f"0021{point:012d}"),
        claimant=switching.Claimant(
            customer_number(point),
            "Ana María López",
            "12345678Z",
            CustomerKind.HOME,
            "ana@example.org",
        ),
        on=requested_on,
        wanted_on=None,
    )
    return made


class SwitchesConformance:
    """Subclass it and give `switches` and `work` fixtures over one empty store."""

    @pytest.fixture
    def switches(self) -> Switches:
        """Return the port under test."""
        raise NotImplementedError

    @pytest.fixture
    def work(self) -> Work:
        """Return the Work port of the same store."""
        raise NotImplementedError

    def test_gives_back_what_was_saved_ordered_by_request(
        self, switches: Switches, work: Work
    ) -> None:
        first, second = switch_of(1), attrs.evolve(switch_of(2), wanted_on=date(2026, 3, 20))
        save(work, switches, second, first)

        assert switches.by_request([second.request, "202603999999", first.request]) == (
            first,
            second,
        )

    def test_gives_the_same_rows_to_whoever_changes_them(
        self, switches: Switches, work: Work
    ) -> None:
        save(work, switches, switch_of(1))

        with work():
            assert switches.for_change([switch_of(1).request]) == (switch_of(1),)

    def test_keeps_every_state_whole(self, switches: Switches, work: Work) -> None:
        request = switch_of(1).request
        accepted, _ = switching.take_answer(
            switch_of(1), switching.ClaimAccepted(request, date(2026, 3, 9))
        )
        active, _ = switching.take_answer(
            accepted, switching.SupplyActivated(request, accepted.cups, date(2026, 3, 10))
        )
        rejected, _ = switching.take_answer(
            switch_of(2), switching.ClaimRejected(switch_of(2).request, (("01", "é"), ("03", "")))
        )
        for now in (switch_of(1), accepted, active, rejected):
            save(work, switches, now)
            assert switches.by_request([now.request]) == (now,)

    def test_forgets_what_was_not_committed(self, switches: Switches, work: Work) -> None:
        with work():
            switches.save((switch_of(1),))
            seen = switches.by_request([switch_of(1).request])

        assert seen == (switch_of(1),)
        assert switches.by_request([switch_of(1).request]) == ()

    def test_finds_the_standing_switch_of_a_supply(self, switches: Switches, work: Work) -> None:
        rejected, _ = switching.take_answer(
            switch_of(1), switching.ClaimRejected(switch_of(1).request, (("01", "no"),))
        )
        again, other = switch_of(2, point=1), switch_of(3)
        save(work, switches, rejected, again, other)

        assert switches.by_supply([(again.contract, again.cups.value)]) == (again,)

    def test_finds_the_standing_switches_of_points_whatever_the_contract(
        self, switches: Switches, work: Work
    ) -> None:
        rejected, _ = switching.take_answer(
            switch_of(1), switching.ClaimRejected(switch_of(1).request, (("01", "no"),))
        )
        first, second = switch_of(2), attrs.evolve(switch_of(4), cups=switch_of(2).cups)
        save(work, switches, rejected, second, first, switch_of(3))

        assert switches.by_points([first.cups.value, rejected.cups.value]) == (first, second)
        assert switches.by_points([f"{first.cups.value[:20]}1P"]) == (first, second)

    def test_refuses_a_second_standing_switch_of_a_supply(
        self, switches: Switches, work: Work
    ) -> None:
        save(work, switches, switch_of(1))

        with pytest.raises(Conflict) as refused:
            save(work, switches, switch_of(2, point=1))

        assert refused.value.code == "switching.switch.exists"

    def test_never_changes_what_was_requested(self, switches: Switches, work: Work) -> None:
        first, other = switch_of(1), switch_of(1, point=2, requested_on=date(2026, 3, 9))
        other = attrs.evolve(other, wanted_on=date(2026, 3, 20))
        accepted = switching.ClaimAccepted(first.request, date(2026, 3, 10))
        save(work, switches, first)

        save(work, switches, switching.take_answer(other, accepted)[0])

        now = switching.take_answer(first, accepted)[0]
        assert switches.by_request([first.request]) == (now,)

    @pytest.mark.parametrize(("old", "new"), [(1, 2), (2, 1)])
    def test_lets_a_new_switch_stand_for_one_rejected_in_the_same_save(
        self, switches: Switches, work: Work, old: int, new: int
    ) -> None:
        standing, again = switch_of(old, point=1), switch_of(new, point=1)
        save(work, switches, standing)
        answer = switching.ClaimRejected(standing.request, (("01", "no"),))
        rejected, _ = switching.take_answer(standing, answer)

        save(work, switches, again, rejected)

        assert switches.by_points([again.cups.value]) == (again,)

    def test_finds_what_waits_and_is_older_than_a_day(self, switches: Switches, work: Work) -> None:
        old, new = switch_of(1), switch_of(2, requested_on=date(2026, 3, 9))
        accepted, _ = switching.take_answer(
            switch_of(3), switching.ClaimAccepted(switch_of(3).request, DAY)
        )
        done, _ = switching.take_answer(
            switch_of(4), switching.SupplyActivated(switch_of(4).request, switch_of(4).cups, DAY)
        )
        save(work, switches, old, new, accepted, done)

        assert switches.open_requested_before(date(2026, 3, 9)) == (old, accepted)

    def test_answers_nothing_to_nothing(self, switches: Switches, work: Work) -> None:
        save(work, switches, switch_of(1))
        save(work, switches)

        assert switches.by_request([]) == switches.by_supply([]) == switches.by_points([]) == ()


def save(work: Work, switches: Switches, *given: switching.Switch) -> None:
    """Save in a transaction of their own."""
    with work() as transaction:
        switches.save(given)
        transaction.commit()
