"""What a delivered file changes: new readings, plans, and the rows we do not believe."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date

import attrs

from energyretail.domain.metering.deliveries import DeliveredReading, Delivery
from energyretail.domain.metering.events import ReadingReplaced
from energyretail.domain.metering.mending import mend
from energyretail.domain.metering.planning import PlannedReading, announce
from energyretail.domain.metering.readings import Quality, Reading, current
from energyretail.domain.metering.rules import MeteredSupply, ReadingRules
from energyretail.domain.metering.validation import Candidate, Objection, objections
from energyretail.domain.shared import Cups, add_months

__all__ = ["Doubted", "Intake", "take_in"]

# A row with one of these says nothing about days; with a doubtful index alone it does.
_WRONG_DAYS = frozenset(
    {
        "metering.reading.not_our_supply",
        "metering.reading.future",
        "metering.reading.next_implausible",
    }
)


@attrs.frozen
class Doubted:
    """A row that was not believed, with every reason."""

    delivered: DeliveredReading
    objections: tuple[Objection, ...]


@attrs.frozen
class Intake:
    """What to write: readings to add, plans to write over, rows to park.

    `readings` are rows that were believed; `mended` are fresh estimates for those they
    contradict. `known` counts the rows that say what stands already.
    """

    readings: tuple[Reading, ...]
    mended: tuple[Reading, ...]
    plans: tuple[PlannedReading, ...]
    doubted: tuple[Doubted, ...]
    known: int


def take_in(
    delivery: Delivery,
    *,
    source: str,
    standing: Iterable[Reading],
    plans: Iterable[PlannedReading],
    supplies: Sequence[MeteredSupply],
    today: date,
    rules: ReadingRules,
) -> tuple[Intake, tuple[ReadingReplaced, ...]]:
    """Decide on every row, each seeing those before it, and answer in natural-key order.

    Actual indexes come first, in order of (cups, register, day), and are judged by actual ones
    alone. They supersede the estimate of their day, and every other that they contradict is
    made anew: the next version, and one event a supply point and day. The operator's estimates
    are judged by what stands then. An index that stands already changes nothing.
    """
    judge = _Judge(_Series(standing), _by_point(supplies), source, today, rules)
    rows = sorted(delivery.rows, key=_order)
    judge.hear(row for row in rows if row.origin.quality is Quality.ACTUAL)
    mended = judge.mend()
    judge.hear(row for row in rows if row.origin.quality is Quality.ESTIMATED)
    added = sorted(judge.added, key=lambda reading: reading.key)
    doubted = sorted(judge.doubted, key=lambda doubt: _order(doubt.delivered))
    intake = Intake(
        readings=tuple(added),
        mended=mended,
        plans=_replan(judge.dated, plans),
        doubted=tuple(doubted),
        known=len(rows) - len(added) - len(doubted),
    )
    return intake, _replaced((*added, *mended))


def _order(row: DeliveredReading) -> tuple[str, str, date, int]:
    return row.cups.point, row.register, row.taken_on, row.line


def _stands(candidate: Candidate) -> bool:
    """Tell whether the row brings nothing: its index stands, or it guesses what was read."""
    stands, row = candidate.same_day, candidate.delivered
    if stands is None:
        return False
    if stands.quality is Quality.ACTUAL and row.origin.quality is Quality.ESTIMATED:
        return True
    return stands.index_kwh == row.index_kwh and stands.quality is row.origin.quality


def _reading(candidate: Candidate, source: str) -> Reading:
    row, superseded = candidate.delivered, candidate.same_day
    return Reading(
        cups=row.cups,
        register=row.register,
        taken_on=row.taken_on,
        index_kwh=row.index_kwh,
        quality=row.origin.quality,
        source=source,
        version=superseded.version + 1 if superseded else 1,
    )


def _replaced(added: Iterable[Reading]) -> tuple[ReadingReplaced, ...]:
    days: dict[tuple[Cups, date], list[str]] = {}
    for reading in added:
        if reading.version > 1:
            days.setdefault((reading.cups, reading.taken_on), []).append(reading.register)
    return tuple(
        ReadingReplaced(cups.value, day, tuple(sorted(set(registers))))
        for (cups, day), registers in sorted(days.items())
    )


def _replan(
    rows: Iterable[DeliveredReading], plans: Iterable[PlannedReading]
) -> tuple[PlannedReading, ...]:
    """Return every plan the rows change, once each and in natural-key order.

    A row that names no next day is taken to mean a month later; of two registers read on one
    day that name different ones, the later is taken.
    """
    standing: dict[Cups, dict[date, PlannedReading]] = {}
    for plan in plans:
        standing.setdefault(plan.cups, {})[plan.planned_on] = plan
    told: dict[tuple[date, Cups], date] = {}
    for row in rows:
        next_on = row.next_on or add_months(row.taken_on, 1)
        key = (row.taken_on, row.cups)
        told[key] = max(next_on, told.get(key, next_on))
    changed: dict[tuple[Cups, date], PlannedReading] = {}
    for (taken_on, cups), next_on in sorted(told.items()):
        own = standing.setdefault(cups, {})
        for plan in announce(own.values(), cups, taken_on=taken_on, next_on=next_on):
            own[plan.planned_on] = changed[(cups, plan.planned_on)] = plan
    return tuple(changed[key] for key in sorted(changed))


def _by_point(supplies: Iterable[MeteredSupply]) -> dict[Cups, list[MeteredSupply]]:
    points: dict[Cups, list[MeteredSupply]] = {}
    for supply in supplies:
        points.setdefault(supply.cups, []).append(supply)
    return points


def _supply_on(
    ours: dict[Cups, list[MeteredSupply]], cups: Cups, day: date
) -> MeteredSupply | None:
    own = ours.get(cups, [])
    taking = (supply for supply in own if supply.takes(day))
    return next(taking, own[0] if own else None)


@attrs.define
class _Judge:
    """Rows heard so far, and what became of them."""

    series: _Series
    ours: dict[Cups, list[MeteredSupply]]
    source: str
    today: date
    rules: ReadingRules
    added: list[Reading] = attrs.Factory(list)
    doubted: list[Doubted] = attrs.Factory(list)
    dated: list[DeliveredReading] = attrs.Factory(list)

    def hear(self, rows: Iterable[DeliveredReading]) -> None:
        for row in rows:
            supply = _supply_on(self.ours, row.cups, row.taken_on)
            candidate = self.series.candidate(row, supply, today=self.today, rules=self.rules)
            broken = objections(candidate)
            if not _WRONG_DAYS.intersection(objection.code for objection in broken):
                self.dated.append(row)
            if broken:
                self.doubted.append(Doubted(row, broken))
            elif not _stands(candidate):
                self.added.append(self.series.add(_reading(candidate, self.source)))

    def mend(self) -> tuple[Reading, ...]:
        """Make the estimates anew that the readings added so far contradict."""
        newest = {(each.cups, each.register): each for each in self.added}
        mended: list[Reading] = []
        for (cups, register), reading in newest.items():
            supply = _supply_on(self.ours, cups, reading.taken_on)
            if supply is not None:
                mended += mend(self.series.of(cups, register), supply, self.rules)
        return tuple(self.series.add(reading) for reading in mended)


class _Series:
    """The current readings of each register in order of days; grows as rows are believed."""

    def __init__(self, standing: Iterable[Reading]):
        self._readings: dict[tuple[Cups, str], list[Reading]] = {}
        for reading in current(standing):
            self._readings.setdefault((reading.cups, reading.register), []).append(reading)

    def candidate(
        self,
        row: DeliveredReading,
        supply: MeteredSupply | None,
        *,
        today: date,
        rules: ReadingRules,
    ) -> Candidate:
        own = self._readings.get((row.cups, row.register), [])
        at = bisect_left(own, row.taken_on, key=lambda reading: reading.taken_on)
        same = own[at] if at < len(own) and own[at].taken_on == row.taken_on else None
        before, after = own[:at], own[at + (same is not None) :]
        if row.origin.quality is Quality.ACTUAL:
            before, after = _actual(before), _actual(after)
        return Candidate(
            delivered=row,
            today=today,
            rules=rules,
            supply=supply,
            before=before[-1] if before else None,
            same_day=same,
            after=after[0] if after else None,
        )

    def of(self, cups: Cups, register: str) -> Sequence[Reading]:
        return tuple(self._readings.get((cups, register), ()))

    def add(self, reading: Reading) -> Reading:
        own = self._readings.setdefault((reading.cups, reading.register), [])
        at = bisect_left(own, reading.taken_on, key=lambda each: each.taken_on)
        standing = at < len(own) and own[at].taken_on == reading.taken_on
        own[at : at + standing] = [reading]
        return reading


def _actual(readings: Iterable[Reading]) -> list[Reading]:
    return [each for each in readings if each.quality is Quality.ACTUAL]
