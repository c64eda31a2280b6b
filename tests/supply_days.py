"""What became of every supply day, found day by day in the rows of a company's state.

Knows the rule and none of the code that keeps it: a day is billed by one document in force, or
parked with the reason of a work item, or not yet due.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Final

__all__ = ["BILLED", "NOT_DUE", "PARKED", "TWICE", "UNEXPLAINED", "count_days", "fates"]

BILLED, PARKED, NOT_DUE = "billed", "parked", "not_due"
UNEXPLAINED, TWICE = "unexplained", "billed_twice"
_REGISTERS: Final = {"P1", "P2", "P3"}
# A day so long ago should have been estimated.
_GRACE: Final = timedelta(days=45)

Row = Mapping[str, Any]
Rows = Mapping[str, Mapping[str, Row]]


def count_days(rows: Rows, *, today: date) -> Counter[str]:
    """Return how many supply days before `today` have each fate."""
    return Counter(fates(rows, today=today).values())


def fates(rows: Rows, *, today: date) -> dict[tuple[str, date], str]:
    """Return the fate of every supply day before `today`, by supply and day.

    `rows` are those of the canonical state, by kind and key; companies with instalment plans are
    not looked at, for a plan holds the days of its months.
    """
    assert not rows.get("instalment_plan")
    read, billed = _days_read(rows), _documents_by_day(rows)
    reasons = {key for key in rows.get("work_item", {}) if key.startswith("billing/")}
    unread = _never_read(rows)
    found: dict[tuple[str, date], str] = {}
    for key, supply in rows.get("supply", {}).items():
        if supply["started_on"] is None:
            continue
        start = date.fromisoformat(supply["started_on"])
        end = min(today, _day(supply["ended_on"]) or today)
        known = [day for day in read[_point(key)] if start <= day <= end]
        due_until = max([start, min(end, today - _GRACE), *known])
        waits_from = start
        for day in _days(start, end):
            if documents := billed[key, day]:
                found[key, day] = BILLED if documents == 1 else TWICE
                waits_from = day + timedelta(days=1)
            elif day >= due_until:
                found[key, day] = NOT_DUE
            else:
                # A work item stands for all the days that wait for its own.
                parked = f"billing/{key}/{waits_from}" in reasons or (
                    waits_from == start
                    and any(_explains(item, start, known) for item in unread[_point(key)])
                )
                found[key, day] = PARKED if parked else UNEXPLAINED
    return found


def _documents_by_day(rows: Rows) -> Counter[tuple[str, date]]:
    """Count the documents in force that bill a day of a supply."""
    found: Counter[tuple[str, date]] = Counter()
    for row in rows.get("invoice", {}).values():
        if row["document"] != "credit_note" and row["cancelled_by"] is None:
            span = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
            found.update((f"{row['contract']}/{row['cups']}", day) for day in _days(*span))
    return found


def _days_read(rows: Rows) -> Mapping[str, list[date]]:
    """Return the days on which every register of a point was read, by point."""
    registers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for key in rows.get("reading", {}):
        cups, register, taken_on, _ = key.split("/")
        registers[cups[:20], taken_on].add(register)
    found: dict[str, list[date]] = defaultdict(list)
    for (point, taken_on), names in registers.items():
        if names >= _REGISTERS:
            found[point].append(date.fromisoformat(taken_on))
    return found


def _explains(item: date, start: date, known: list[date]) -> bool:
    """Tell whether what nobody read on a day is why nothing is billed from the first day on."""
    return item == start or (item > start and max(known, default=start) == start)


def _never_read(rows: Rows) -> dict[str, set[date]]:
    """Return the points with a register that nobody read, and the days somebody should have."""
    found: dict[str, set[date]] = defaultdict(set)
    for key in rows.get("work_item", {}):
        kind, _, named = key.partition("/")
        if kind == "reading_missing":
            day = date.fromisoformat(named[-10:])
            found[named[:20]].add(day)
    return found


def _point(supply: str) -> str:
    return supply.partition("/")[2][:20]


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range((end - start).days))


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
