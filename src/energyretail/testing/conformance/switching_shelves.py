"""What every implementation of the long list of switches promises."""

from __future__ import annotations

from functools import partial

import attrs
import pytest

from energyretail.application.shared import Work
from energyretail.application.switching import Switches, SwitchShelf
from energyretail.domain import switching
from energyretail.testing.conformance.pages import check_pages, leaf_through
from energyretail.testing.conformance.switching import DAY, save, switch_of

__all__ = ["SwitchShelfConformance", "SwitchShelves"]


@attrs.frozen
class SwitchShelves:
    """One implementation, empty, with what fills it."""

    work: Work
    switches: Switches
    shelf: SwitchShelf

    def save(self, *given: switching.Switch) -> None:
        """Save switches in one committed transaction."""
        save(self.work, self.switches, *given)


class SwitchShelfConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty SwitchShelves."""

    def test_gives_every_switch_once_in_order_of_request(self, shelves: SwitchShelves) -> None:
        check_pages(shelves.shelf.page, ())
        shelves.save(*(switch_of(number) for number in (4, 1, 3, 2)))

        check_pages(shelves.shelf.page, [switch_of(number) for number in range(1, 5)])

    def test_misses_none_while_others_come(self, shelves: SwitchShelves) -> None:
        shelves.save(switch_of(2), switch_of(3))

        found = leaf_through(
            shelves.shelf.page, 1, meanwhile=lambda: shelves.save(switch_of(1), switch_of(4))
        )

        assert found == tuple(map(switch_of, (2, 3, 4)))

    @pytest.mark.parametrize(("after", "left"), [("2026030000015", 1), ("0", 2), ("~", 0)])
    def test_goes_on_beyond_a_key_nobody_has(
        self, shelves: SwitchShelves, after: str, left: int
    ) -> None:
        shelves.save(switch_of(1), switch_of(2))

        assert len(shelves.shelf.page(after=after, limit=9).items) == left

    def test_is_asked_by_contract_point_and_state(self, shelves: SwitchShelves) -> None:
        accepted, _ = switching.take_answer(
            switch_of(2), switching.ClaimAccepted(switch_of(2).request, DAY)
        )
        shelves.save(switch_of(1), accepted, switch_of(3))
        page = shelves.shelf.page

        check_pages(partial(page, contract="K000003"), [switch_of(3)])
        check_pages(partial(page, cups=switch_of(1).cups), [switch_of(1)])
        check_pages(partial(page, state=switching.SwitchState.ACCEPTED), [accepted])
        check_pages(partial(page, contract="K000003", state=switching.SwitchState.ACCEPTED), [])
