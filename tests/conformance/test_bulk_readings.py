"""A file taken in by columns ends as one taken in row by row, in memory and in Postgres."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest
from hypothesis import HealthCheck, event, example, given, settings
from hypothesis import strategies as st
from metering_worlds import metering_in_memory, metering_in_postgres

from energyretail.adapters.memory.bulk_readings import MemoryBulkReadings
from energyretail.adapters.memory.folders import MemoryFolder
from energyretail.adapters.memory.shared import MemoryInbox, MemoryWorkList
from energyretail.adapters.meter_files import read_meter_file, read_meter_file_in_columns
from energyretail.adapters.postgres.bulk_readings import PostgresBulkReadings
from energyretail.adapters.postgres.database import Database
from energyretail.application.metering import (
    BulkReadings,
    MeterFilesReceived,
    ReadAlike,
    ReadingsInBulk,
    ReceiveMeterFiles,
    TakenAlike,
)
from energyretail.domain.markets import SPAIN
from energyretail.domain.metering import (
    EstimateBasis,
    MeteredSupply,
    PlannedReading,
    PlanState,
    Quality,
    Reading,
)
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Cups, Event
from energyretail.testing.conformance.metering import MeteringWorld

TODAY = date(2026, 6, 2)
DAYS = tuple(TODAY + timedelta(days=n) for n in (-92, -61, -31, -1, 0, 1))
TAKEN = st.sampled_from(DAYS[2:])
BASIS = EstimateBasis("recent_use", "the days before")
NUMBERS = itertools.count(1, 10)


@attrs.frozen
class Case:
    """What stands, and what comes; points are told by their place, 0 to 2."""

    supplies: tuple[tuple[int, str, date | None, date | None], ...]
    standing: tuple[tuple[int, str, date, int, bool], ...]
    plans: tuple[tuple[int, date, date, PlanState], ...]
    rows: tuple[tuple[int, str, str], ...]
    """Of each row the point, how it is spelt, and what comes behind it."""


PLACES = st.integers(0, 2)
REGISTERS = st.sampled_from(["P1", "P2"])
# Who was supplied at a point, one after the other.
STATES = st.sampled_from(
    [
        (("active", DAYS[0], None),),
        (("active", DAYS[2], None),),
        (("active", DAYS[4], None),),
        (("requested", None, None),),
        (("agreed", None, None),),
        (("ended", DAYS[0], DAYS[3]),),
        (("ended", DAYS[0], DAYS[2]), ("active", DAYS[2], None)),
        (("ended", DAYS[0], DAYS[3]), ("active", DAYS[3], None)),
        (("ended", DAYS[0], DAYS[1]), ("requested", None, None)),
        (),
    ]
)
STANDING = st.tuples(
    PLACES, REGISTERS, st.sampled_from(DAYS[:5]), st.integers(0, 3).map(lambda n: n * 500),
    st.booleans(),
)  # fmt: skip
PLANS = st.tuples(
    PLACES, st.sampled_from(DAYS[:4]), st.sampled_from(DAYS[4:]), st.sampled_from(PlanState)
)


@st.composite
def behinds(draw: st.DrawFn) -> str:
    """What stands behind the point in a row; now and then nothing that can be read."""
    day = draw(TAKEN)
    wrong = ["", "x", "1e3", "-1", "12.3456", "1.", ".5", "1234567890123", "1.2.3", "999999999999"]
    whole = st.integers(0, 3500).map(str)
    index = draw(whole | st.sampled_from(["1500.5", "700.125", "1000000", *wrong]) | whole)
    ahead = draw(st.sampled_from([31, 31, 60, 500, 0]))
    other = st.sampled_from([DAYS[5].isoformat(), "2026-13-01", ""])
    next_on = draw(st.just((day + timedelta(days=ahead)).isoformat()) | other)
    register = draw(REGISTERS | st.sampled_from(["P1", "P2", "P7", "p1", "P12345678"]))
    origin = draw(st.sampled_from(["10", "10", "10", "30", "40", "7", "70"]))
    told = draw(st.just(day.isoformat()) | st.sampled_from(["20260602", day.isoformat()]))
    more = draw(st.sampled_from(["", "", "", ";", " "]))
    return f"{register};{told};{index};{origin};{next_on}{more}"


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Mostly a month like any other, and whatever may come between."""
    rows = [(0, "0F", f"P{n};{DAYS[3]};{1500 + n};10;{DAYS[3] + timedelta(31)}") for n in (1, 2)]
    rows = [row for row in rows if draw(st.booleans())]
    spelt = st.sampled_from(["0F", "0F", "", "1P", "9Q", "wrong"])
    rows += draw(st.lists(st.tuples(PLACES, spelt, behinds()), max_size=5))
    return Case(
        supplies=tuple((place, *each) for place in range(3) for each in draw(STATES)),
        standing=tuple(draw(st.lists(STANDING, max_size=6, unique_by=lambda each: each[:3]))),
        plans=tuple(draw(st.lists(PLANS, max_size=3, unique_by=lambda each: (each[0], each[2])))),
        rows=tuple(rows),
    )


def cups(first: int, place: int) -> Cups:
    return Cups.of_digits(f"{first + place:016d}")


def written(case: Case, first: int) -> bytes:
    lines = []
    for place, spelt, behind in case.rows:
        whole = cups(first, place).value
        name = f"{whole[:19]}Ñ" if spelt == "wrong" else whole[:20] + spelt
        lines.append(f"R;{name};{behind}")
    body = "\n".join((f"READINGS;1;0021;{TODAY}", *lines, "")).encode()
    return body + f"END;{len(lines)};{hashlib.sha256(body).hexdigest()}\n".encode()


@attrs.define
class Today:
    def today(self) -> date:
        return TODAY


class Heard:
    """Keeps the events."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, events: Sequence[Event]) -> None:
        self.events += events


@attrs.frozen
class Ended:
    """All that is left of a case."""

    received: MeterFilesReceived
    readings: tuple[Reading, ...]
    plans: tuple[PlannedReading, ...]
    items: tuple[WorkItem, ...]
    events: tuple[Event, ...]


def lived(case: Case, first: int, world: MeteringWorld, bulk: BulkReadings | None) -> Ended:
    points = [cups(first, place) for place in range(3)]
    for place, state, began, ended in case.supplies:
        supply = MeteredSupply(points[place], "2.0TD-FIJO", Decimal(3), began, ended)
        world.add_supply(supply, state)
    world.save(
        *(
            Reading(
                points[place], register, day, Decimal(index),
                Quality.ESTIMATED if guessed else Quality.ACTUAL,
                "file", 1, BASIS if guessed else None,
            )
            for place, register, day, index, guessed in case.standing
        )
    )  # fmt: skip
    world.plan(*(PlannedReading(points[p], on, told, state) for p, told, on, state in case.plans))
    files, heard, listed = MemoryFolder(), Heard(), Listed()
    files.put("a.csv", written(case, first), "out")
    receive = ReceiveMeterFiles(
        work=world.work, clock=Today(), events=heard, inbox=Kept(), folder=files,
        work_list=listed, reader=read_meter_file, readings=world.readings,
        plans=world.plans, supplies=world.supplies, rules=SPAIN.reading,
        bulk=ReadingsInBulk(read_meter_file_in_columns, bulk) if bulk else None,
    )  # fmt: skip
    received = receive()
    return Ended(
        received,
        world.readings.current(points, since=date.min),
        world.plans.of(points),
        tuple(listed.items),
        tuple(heard.events),
    )


class Kept(MemoryInbox):
    """Keeps whatever comes: what an inbox does is not asked here."""

    def __init__(self) -> None:
        """Keep nothing yet."""

    def keep(self, received: object, *, on: date) -> bool:
        return True

    def settle(self, source: str, key: str, *, code: str = "", text: str = "") -> None:
        """Leave it."""


class Listed(MemoryWorkList):
    """A work list of what is added."""

    def __init__(self) -> None:
        self.items: list[WorkItem] = []

    def add(self, items: Sequence[WorkItem]) -> None:
        self.items += items


class Counted:
    """Says of how many rows something was taken in at once."""

    def __init__(self, inner: BulkReadings):
        self._inner = inner
        self.taken = 0

    def take(self, read: ReadAlike, **given: object) -> TakenAlike:
        taken = self._inner.take(read, **given)  # type: ignore[arg-type]  # as it was asked
        self.taken += taken.rows
        return taken


Worlds = Callable[[], tuple[MeteringWorld, BulkReadings]]


@pytest.fixture(params=["memory", "postgres"])
def worlds(request: pytest.FixtureRequest) -> Worlds:
    """Return what gives a world and its bulk; of Postgres it is the same one every time."""
    if request.param == "memory":

        def held() -> tuple[MeteringWorld, BulkReadings]:
            world = metering_in_memory()
            store = world.readings._store  # type: ignore[attr-defined]  # it is the memory's
            return world, MemoryBulkReadings(store)

        return held
    database: Database = request.getfixturevalue("database")
    return lambda: (metering_in_postgres(database), PostgresBulkReadings(database))


def usual(register: str = "P1", index: int = 1500, **other: object) -> Case:
    """Return a point of ours, read a month ago and again."""
    case = Case(
        supplies=((0, "active", DAYS[0], None),),
        standing=((0, "P1", DAYS[2], 1000, False), (0, "P2", DAYS[2], 0, False)),
        plans=(),
        rows=((0, "0F", f"{register};{DAYS[3]};{index};10;{DAYS[3] + timedelta(31)}"),),
    )
    return attrs.evolve(case, **other)


def rows(*behind: str) -> Case:
    """Return the usual point with these rows."""
    return usual(rows=tuple((0, "0F", each) for each in behind))


NEXT = DAYS[3] + timedelta(31)

# Most of a month at 3 kW, half as much again believed, and one hour more for the clock's change.
MOST = 1000 + 3 * (30 * 24 + 1) * 3 // 2


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cases())
@example(usual())
@example(rows(f"P1;{DAYS[3]};1500;10;{NEXT}", f"P1;{DAYS[3]};1600;10;{NEXT}"))
@example(rows(f"P1;{DAYS[3]};1500;10;{NEXT}", f"P2;{DAYS[3]};500;40;{NEXT}"))
@example(rows(f"P1;{DAYS[3]};1500;10;{NEXT}", f"P2;{DAYS[4]};500;10;{NEXT}"))
@example(rows(f"P1;{DAYS[3]};1500;10;{NEXT}", f"P2;{DAYS[3]};500;10;"))
@example(rows(f"P1;{DAYS[3]};1500;10;", f"P2;{DAYS[3]};5x;10;"))
@example(usual(index=MOST))
@example(usual(index=MOST + 1))
@example(usual(plans=((0, DAYS[3], DAYS[4], PlanState.OPEN),)))
@example(usual(plans=((0, DAYS[2], DAYS[3], PlanState.OPEN),)))
@example(usual(plans=((0, DAYS[2], DAYS[4], PlanState.OPEN),)))
@example(usual(plans=((0, DAYS[2], DAYS[3] + timedelta(31), PlanState.MOVED),)))
@example(usual(plans=((0, DAYS[2], DAYS[3] + timedelta(31), PlanState.SETTLED),)))
def test_ends_as_row_by_row(worlds: Worlds, case: Case) -> None:
    first = next(NUMBERS)
    world, bulk = worlds()
    counted = Counted(bulk)

    found = lived(case, first, world, counted)

    event(f"taken at once: {counted.taken}")
    assert found == lived(case, first, metering_in_memory(), None)


def test_takes_what_is_usual_at_once(worlds: Worlds) -> None:
    world, bulk = worlds()
    counted = Counted(bulk)

    found = lived(usual(), next(NUMBERS), world, counted)

    assert (found.received.readings, counted.taken) == (1, 1)
    assert [plan.state for plan in found.plans] == [PlanState.OPEN]


@pytest.mark.parametrize(
    "case",
    [
        usual(register="P9"),
        usual(index=999),
        usual(index=MOST + 1),
        usual(supplies=()),
        usual(supplies=((0, "ended", DAYS[0], DAYS[2]),)),
        usual(standing=((0, "P1", DAYS[2], 2000, True),)),
        usual(standing=((0, "P1", DAYS[3], 1500, False),)),
        usual(plans=((0, DAYS[2], DAYS[4], PlanState.OPEN),)),
    ],
)
def test_leaves_what_is_not(worlds: Worlds, case: Case) -> None:
    world, bulk = worlds()
    counted = Counted(bulk)

    lived(case, next(NUMBERS), world, counted)

    assert counted.taken == 0
