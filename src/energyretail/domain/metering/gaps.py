"""Estimates for the planned readings that nobody delivered in time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import attrs

from energyretail.domain.metering.estimation import estimate
from energyretail.domain.metering.planning import PlannedReading, PlanState, settle
from energyretail.domain.metering.readings import Reading, current
from energyretail.domain.metering.rules import MeteredSupply, ReadingRules
from energyretail.domain.shared import Cups

__all__ = ["GapsFilled", "WithoutBase", "fill_gaps"]


@attrs.frozen(order=True)
class WithoutBase:
    """A register that nobody ever read: there is no index to begin an estimate with."""

    cups: Cups
    register: str
    planned_on: date


@attrs.frozen
class GapsFilled:
    """What to write: estimates to add, plans to write over, registers to park."""

    readings: tuple[Reading, ...]
    plans: tuple[PlannedReading, ...]
    without_base: tuple[WithoutBase, ...]


def fill_gaps(
    overdue: Iterable[PlannedReading],
    *,
    plans: Iterable[PlannedReading],
    supplies: Iterable[MeteredSupply],
    standing: Iterable[Reading],
    rules: ReadingRules,
) -> GapsFilled:
    """Settle every overdue plan, with an estimate for each register that has no reading.

    A register read on the planned day or later needs none, nor does a point that was no
    longer, or not yet, ours that day. `plans` are all plans of the points concerned,
    `standing` their current readings. Everything comes back in natural-key order.
    """
    points = _points(plans, supplies, standing)
    readings: list[Reading] = []
    without_base: list[WithoutBase] = []
    changed: dict[tuple[Cups, date], PlannedReading] = {}
    for plan in sorted(overdue, key=lambda each: (each.cups, each.planned_on)):
        point = points.setdefault(plan.cups, _Point())
        supply = _supply_on(point.supplies, plan.planned_on)
        if supply is None:
            settled: tuple[PlannedReading, ...] = (attrs.evolve(plan, state=PlanState.SETTLED),)
        else:
            settled = settle(plan, point.plans.values())
            guesses, lacking = _guesses(plan, supply, point.series, rules)
            readings += guesses
            without_base += lacking
            for guess in guesses:
                point.series[guess.register].append(guess)
        point.plans.update({each.planned_on: each for each in settled})
        changed |= {(each.cups, each.planned_on): each for each in settled}
    written = tuple(changed[key] for key in sorted(changed))
    return GapsFilled(tuple(readings), written, tuple(without_base))


@attrs.define
class _Point:
    """What stands at one supply point while its gaps are filled."""

    supplies: list[MeteredSupply] = attrs.Factory(list)
    plans: dict[date, PlannedReading] = attrs.Factory(dict)
    series: dict[str, list[Reading]] = attrs.Factory(dict)


def _points(
    plans: Iterable[PlannedReading],
    supplies: Iterable[MeteredSupply],
    standing: Iterable[Reading],
) -> dict[Cups, _Point]:
    points: dict[Cups, _Point] = {}
    for plan in plans:
        points.setdefault(plan.cups, _Point()).plans[plan.planned_on] = plan
    for supply in supplies:
        points.setdefault(supply.cups, _Point()).supplies.append(supply)
    for reading in current(standing):
        series = points.setdefault(reading.cups, _Point()).series
        series.setdefault(reading.register, []).append(reading)
    return points


def _supply_on(supplies: Iterable[MeteredSupply], day: date) -> MeteredSupply | None:
    started = (supply for supply in supplies if supply.started_on is not None)
    return next((supply for supply in started if supply.takes(day)), None)


def _guesses(
    plan: PlannedReading,
    supply: MeteredSupply,
    series: Mapping[str, Sequence[Reading]],
    rules: ReadingRules,
) -> tuple[list[Reading], list[WithoutBase]]:
    guesses: list[Reading] = []
    lacking: list[WithoutBase] = []
    for register in rules.registers_of(supply.tariff):
        past = series.get(register, ())
        if any(each.taken_on >= plan.planned_on for each in past):
            continue
        guess = estimate(past, supply, on=plan.planned_on, rules=rules)
        if guess is None:
            lacking.append(WithoutBase(plan.cups, register, plan.planned_on))
        else:
            guesses.append(guess)
    return guesses, lacking
