"""Every table of the domain can be walked: ways are made of rows, and are as short as can be."""

from __future__ import annotations

import enum

import pytest

from energyretail.domain import contracts, payments, supply, switching
from energyretail.domain.shared import Invalid, Refused, Transition, TransitionTable

TABLES = (
    contracts.CONTRACT_TABLE,
    payments.COLLECTIONS,
    payments.MANDATES,
    payments.PAYMENT_FILES,
    supply.SUPPLY_TABLE,
    switching.GAIN,
)
Table = TransitionTable[enum.Enum, enum.Enum]


def distances(table: Table, start: enum.Enum) -> dict[enum.Enum, int]:
    """Return how many rows each state is away, relaxed until nothing changes."""
    found = {start: 0}
    for _ in table.rows:
        for row in table.rows:
            if row.source in found:
                near = min(found.get(row.target, 99), found[row.source] + 1)
                found[row.target] = near
    return found


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
class TestTables:
    def test_name_the_triggers_that_lead_on_and_no_others(self, table: Table) -> None:
        known = dict.fromkeys(row.trigger for row in table.rows)
        for state in type(table.initial):
            allowed = {trigger for trigger in known if table.allows(state, trigger)}
            assert set(table.triggers(state)) == allowed
            assert (table.triggers(state) == ()) == (state in table.finals())

    def test_find_a_shortest_way_wherever_one_leads(self, table: Table) -> None:
        for start in type(table.initial):
            near = distances(table, start)
            for target in type(table.initial):
                way = table.path(target, start)
                assert (len(way) if way is not None else None) == near.get(target)

    def test_are_walked_along_the_way(self, table: Table) -> None:
        for target in type(table.initial):
            state = table.initial
            for row in table.path(target) or ():
                assert row in table.rows
                assert row.source is state
                state = table.after(state, row.trigger)
            assert state is target

    def test_print_a_row_a_line(self, table: Table) -> None:
        lines = table.text().splitlines()

        assert len(lines) == len(table.rows)
        for line, row in zip(lines, table.rows, strict=True):
            assert line.startswith(f"{row.source.value} --{row.trigger.value}--> ")
            assert line.endswith(row.rule)

    def test_refuse_every_pair_without_a_row(self, table: Table) -> None:
        for state in type(table.initial):
            for trigger in type(table.rows[0].trigger):
                if not table.allows(state, trigger):
                    with pytest.raises(Refused, match=rf"{table.name}\.not_allowed"):
                        table.after(state, trigger)


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Turn(enum.Enum):
    GO = "go"


def test_no_way_leads_back_from_a_final_state() -> None:
    rows = (
        Transition(Colour.RED, Turn.GO, Colour.GREEN, "first"),
        Transition(Colour.GREEN, Turn.GO, Colour.BLUE, "then"),
    )
    table = TransitionTable("colours", Colour.RED, rows)

    assert table.path(Colour.RED, Colour.BLUE) is None
    assert table.path(Colour.RED) == ()
    assert table.path(Colour.BLUE) == rows
    assert table.text() == "red --go--> green   first\ngreen --go--> blue  then\n"
    with pytest.raises(Invalid, match=r"transitions\.unreachable"):
        TransitionTable("colours", Colour.RED, rows[:1])
