"""A random walk over readings, plans and supplies that two implementations must agree on."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from energyretail.domain.metering import (
    EstimateBasis,
    MeteredSupply,
    PlannedReading,
    PlanState,
    Reading,
)
from energyretail.testing.conformance.metering import DAY, MeteringWorld, point, reading
from energyretail.testing.outcomes import outcome

__all__ = ["MeteringMachine"]

_POINTS: Final = (1, 2)
_DAYS: Final = tuple(DAY + timedelta(days=10 * n) for n in range(4))
_BASIS: Final = EstimateBasis("recent_use", "the days before")
_points, _days = st.sampled_from(_POINTS), st.sampled_from(_DAYS)
_readings = st.builds(
    reading,
    _points,
    st.sampled_from(["P1", "P2"]),
    _days,
    st.decimals(0, 999_999, places=3).map(str),
    version=st.integers(1, 3),
    basis=st.sampled_from([None, _BASIS]),
)


@st.composite
def _plans(draw: st.DrawFn) -> PlannedReading:
    """A plan of some day, told with the reading of any day before it."""
    told_with, planned_on = sorted(
        draw(st.lists(_days, min_size=2, max_size=2, unique=True)),
    )
    state = draw(st.sampled_from(PlanState))
    return PlannedReading(point(draw(_points)), planned_on, told_with, state)


class MeteringMachine(RuleBasedStateMachine):
    """Do the same in both worlds; every refusal and every look must be the same."""

    def __init__(self, one: MeteringWorld, other: MeteringWorld):
        super().__init__()
        self.worlds = (one, other)
        self.supplied: set[int] = set()

    @rule(readings=st.lists(_readings, min_size=1, max_size=4, unique_by=lambda one: one.key))
    def save(self, readings: list[Reading]) -> None:
        """Add readings, perhaps under a key that is taken: then none of them."""
        one, other = (outcome(partial(world.save, *readings)) for world in self.worlds)
        assert one == other

    @rule(reading=_readings)
    def forget(self, reading: Reading) -> None:
        """Save and leave without a commit."""
        one, other = (outcome(partial(_undone, world, reading)) for world in self.worlds)
        assert one == other

    @rule(plans=st.lists(_plans(), max_size=3, unique_by=lambda plan: (plan.cups, plan.planned_on)))
    def plan(self, plans: list[PlannedReading]) -> None:
        """Write plans, over those of their day."""
        for world in self.worlds:
            world.plan(*plans)

    @rule(
        number=_points,
        state=st.sampled_from(["agreed", "requested", "refused", "active", "ended"]),
        start=st.integers(0, 2),
    )
    def supply(self, number: int, state: str, start: int) -> None:
        """A point is ours, will be, or was; once each."""
        if number in self.supplied:
            return
        self.supplied.add(number)
        began: date | None = _DAYS[start] if state in ("active", "ended") else None
        ended = _DAYS[start + 1] if state == "ended" else None
        supply = MeteredSupply(point(number), "2.0TD-FIJO", Decimal(number + 3), began, ended)
        for world in self.worlds:
            world.add_supply(supply, state)

    @invariant()
    def the_worlds_agree(self) -> None:
        """Whatever is asked is answered alike."""
        one, other = (_seen(world) for world in self.worlds)
        assert one == other


def _undone(world: MeteringWorld, reading: Reading) -> None:
    with world.work():
        world.readings.save([reading], on=DAY)


def _seen(world: MeteringWorld) -> object:
    points = [point(number) for number in _POINTS]
    return (
        [world.readings.current(points, since=day) for day in _DAYS],
        world.readings.current(points[:1], since=_DAYS[2]),
        world.plans.of(points),
        [world.plans.overdue(by=day) for day in _DAYS],
        world.supplies.at(points),
        [world.supplies.unread(by=day) for day in _DAYS],
    )
