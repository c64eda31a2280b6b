"""What was told of supplies beside their readings, in columns, over the rows of a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import attrs
import numpy as np
from numpy.typing import NDArray

from energyretail.adapters.memory.measured import told_rows
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.shared.usage_facts import SHARED_SORTS, IntervalDay, UsageFact
from energyretail.application.billing import NO_VALUE, ToldAlike
from energyretail.domain.billing import BillableSupply
from energyretail.domain.pricing import Flow, Quality
from energyretail.domain.shared import Period

__all__ = ["ToldBeside", "told_alike", "told_beside"]


@attrs.frozen(eq=False)
class ToldBeside:
    """The number of the newest fact of a supply, and the intervals of the days it is billed for.

    `facts` are those that it may share with others.
    """

    seen: int
    days: tuple[IntervalDay, ...]
    facts: tuple[UsageFact, ...]

    @property
    def signature(self) -> object:
        """What was told of supplies billed alike has this in common.

        That is of intervals neither their quality nor their source.
        """
        told = [(*_sort(each), each.day, len(each.wh)) for each in self.days]
        shared = [(*each.key, each.body) for each in self.facts]
        return self.seen > 0, tuple(told), tuple(shared)

    def estimated(self) -> dict[str, list[bool]]:
        """Tell which days of each channel are estimates, in order."""
        channels = dict.fromkeys(each.channel for each in self.days)
        return {
            name: [
                each.quality == Quality.ESTIMATED.value
                for each in self.days
                if each.channel == name
            ]
            for name in channels
        }

    def intervals(self) -> dict[str, NDArray[np.int32]]:
        """Return the Wh of each channel, in order."""
        channels = dict.fromkeys(each.channel for each in self.days)
        return {
            name: np.frombuffer(
                b"".join(each.wh for each in self.days if each.channel == name), "<i4"
            )
            for name in channels
        }


def told_beside(
    store: MemoryStore, supply: BillableSupply, period: Period, *, today: date
) -> ToldBeside | None:
    """Return what was told of a supply, None where it makes its bill one of its own.

    That is a fact that others do not share, energy fed in, days that are missing, another zone or
    step within the days.
    """
    span = Period(period.start, max(today, period.start + timedelta(days=1)))
    ever = Period(date.min, date.max)
    ever_told, _ = told_rows(store, supply.cups, ever)
    facts, rows = told_rows(store, supply.cups, span)
    shared = {fact.key: fact for fact in sorted(facts, key=lambda fact: fact.number)}
    newest = {row.key: row for row in sorted(rows, key=lambda row: row.number)}
    days = sorted((row for row in newest.values() if row.day in period), key=lambda row: row.key)
    channels = {row.channel for row in days}
    sorts = {_sort(row) for row in days}
    if (
        any(fact.sort not in SHARED_SORTS for fact in ever_told)
        or len(days) != len(channels) * period.days
        or len(sorts) != len(channels)
        or any(row.flow != Flow.IMPORT.value for row in days)
    ):
        return None
    seen = max((*(fact.number for fact in facts), *(row.number for row in rows)), default=0)
    return ToldBeside(seen, tuple(days), tuple(shared[key] for key in sorted(shared, key=_place)))


def _place(key: tuple[str, str, Period]) -> tuple[str, str, date]:
    sort, name, days = key
    return sort, name, days.start


def told_alike(found: Sequence[ToldBeside]) -> ToldAlike | None:
    """Return the columns of what was told of supplies alike, None where nothing was."""
    if not found[0].seen:
        return None
    rows, days = [each.intervals() for each in found], [each.estimated() for each in found]
    return ToldAlike(
        seen=np.array([each.seen for each in found], np.int64),
        intervals={name: np.array([row[name] for row in rows], np.int32) for name in rows[0]},
        lacking={name: np.array([NO_VALUE in row[name] for row in rows]) for name in rows[0]},
        estimated={name: np.array([row[name] for row in days], np.bool_) for name in days[0]},
    )


def _sort(day: IntervalDay) -> tuple[object, ...]:
    return day.channel, day.flow, day.zone, day.minutes
