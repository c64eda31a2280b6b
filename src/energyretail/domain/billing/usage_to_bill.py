"""The usage a bill is rated by: index differences or intervals, and all else that was measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from functools import reduce

import attrs

from energyretail.domain import pricing
from energyretail.domain.billing.supplies import BillableSupply
from energyretail.domain.shared import MarketTime, Period, Power, Refused, exact_sum

__all__ = [
    "NO_BASIS", "Basis", "basis_of", "circumstances_of", "names_read", "refuse_differing",
    "usage_to_bill",
]  # fmt: skip


@attrs.frozen
class Basis:
    """What a bill rests on beside readings and prices, so that news of it is noticed.

    `measured` and `published` are the numbers of the newest fact of its supply point and of the
    newest figure it read, of its days; `figures` names the indices, conversions and profiles.
    """

    measured: int = 0
    published: int = 0
    figures: tuple[str, ...] = ()


NO_BASIS = Basis()


def basis_of(
    supply: BillableSupply,
    *,
    tariff: pricing.Tariff,
    period: Period,
    figures: pricing.PublishedFigures,
) -> Basis:
    """Return what a bill of `period` rests on."""
    names = names_read(supply, tariff=tariff, days=period)
    return Basis(supply.measured.seen, figures.newest(names, period), names)


def names_read(supply: BillableSupply, *, tariff: pricing.Tariff, days: Period) -> tuple[str, ...]:
    """Return the names of all published figures that bills of some of `days` may read, in order."""
    measured = supply.measured
    conversions = {v.conversion for v in measured.volumes if v.since < days.until}
    profile = {measured.profile} if tariff.division is pricing.Division.PROFILE else set()
    return tuple(sorted((tariff.index_names | conversions | profile) - {""}))


def usage_to_bill(
    supply: BillableSupply,
    indexed: Iterable[pricing.RegisterUse],
    period: Period,
    *,
    tariff: pricing.Tariff,
    figures: pricing.PublishedFigures = pricing.NO_FIGURES,
) -> pricing.Usage:
    """Return the usage of a supply over `period`; `indexed` are its index differences.

    Energy taken is that of the intervals where the tariff is priced by interval, and that of the
    registers where it is not: what was measured twice is billed once. Energy fed in is that of
    its intervals. An index of a volume becomes energy by its conversion. Raises Refused
    ``billing.intervals_missing``, ``billing.conversion_changes``, ``billing.item_before_supply``
    (a line to pass on begins before this supply), Invalid ``pricing.conversion_unknown``.
    """
    measured = supply.measured.since(supply.supplied.start).over(period)
    taken = measured.registers_of(pricing.Flow.IMPORT)
    if tariff.by_interval and not taken:
        raise Refused(
            "billing.intervals_missing",
            "the tariff is priced by interval and none was measured",
            cups=supply.cups,
            period=period,
        )
    for line in measured.passed_on:
        if line.period.start < supply.supplied.start:
            raise Refused(
                "billing.item_before_supply",
                "a line to pass on begins before this supply",
                label=line.label,
                begins=line.period.start,
            )
    uses: list[pricing.Use] = [
        use for use in measured.uses if tariff.by_interval or use.flow is pricing.Flow.EXPORT
    ]
    if not tariff.by_interval:
        uses += (_converted(supply, use, figures) for use in indexed)
    return attrs.evolve(
        measured,
        uses=tuple(uses),
        powers=tuple(_powers(supply.powers, measured.powers)),
        profile=figures.profile(supply.measured.profile),
    )


def circumstances_of(
    supply: BillableSupply,
    period: Period,
    *,
    tariff: pricing.Tariff,
    figures: pricing.PublishedFigures = pricing.NO_FIGURES,
    invoiced_on: date | None = None,
) -> pricing.Circumstances:
    """Return what a bill of `period` depends on besides its usage.

    The declared share of use is the one in force on the last day billed.
    """
    return pricing.Circumstances(
        since=supply.supplied.start,
        qualifying_percent=supply.measured.since(supply.supplied.start).qualifying_on(period.last),
        carried_over=supply.carried_over,
        indices=tuple(
            _of_the_days(index, period, tariff.zone) for index in figures.named(tariff.index_names)
        ),
        invoiced_on=invoiced_on,
    )


def _of_the_days(
    index: pricing.DatedPrice | pricing.IntervalIndex, period: Period, zone: MarketTime
) -> pricing.DatedPrice | pricing.IntervalIndex:
    """Return the intervals of an index in a period, by the hour where each hour has one price.

    So a bill is the same whatever is known of other days, in whatever steps.
    """
    if isinstance(index, pricing.DatedPrice):
        return index
    step, origin = timedelta(minutes=index.minutes), index.start.astimezone(UTC)
    first, last = (
        max(0, -((origin - zone.start_of(day).astimezone(UTC)) // step))
        for day in (period.start, period.until)
    )
    values, start, in_hour = index.values[first:last], origin + first * step, 60 // index.minutes
    hours = [values[at : at + in_hour] for at in range(0, len(values), in_hour)]
    if start.minute or len(values) % in_hour or any(len(set(hour)) > 1 for hour in hours):
        return attrs.evolve(index, start=start, values=values)
    by_hour = tuple(hour[0] for hour in hours)
    return attrs.evolve(index, start=start, minutes=60, values=by_hour)


def refuse_differing(
    usage: pricing.Usage, indexed: Iterable[pricing.RegisterUse], period: Period
) -> None:
    """Raise Refused ``billing.intervals_differ`` where intervals and indexes tell two energies.

    An index is read in whole kWh, so each register may differ by one. Where one of the readings
    is estimated the intervals are believed.
    """
    by_interval = [use for use in usage.uses if isinstance(use, pricing.IntervalUse)]
    taken = [use for use in by_interval if use.flow is pricing.Flow.IMPORT]
    read = tuple(indexed)
    qualities = {*(use.quality for use in read), *(use.quality for use in taken)}
    if not taken or pricing.Quality.ESTIMATED in qualities:
        return
    measured = _total(kwh for use in taken for kwh in use.values(_met(use, period)))
    counted = _total(use.energy.kwh for use in read)
    registers = len({use.register for use in read})
    if abs(measured - counted) > registers:
        raise Refused(
            "billing.intervals_differ",
            "the intervals hold another energy than the indexes",
            intervals_kwh=measured,
            indexes_kwh=counted,
            period=period,
        )


def _met(use: pricing.Use, period: Period) -> Period:
    met = use.period.meets(period)
    assert met is not None  # only uses that meet the period are on its bill
    return met


def _total(values: Iterable[Decimal]) -> Decimal:
    return reduce(exact_sum, values, Decimal(0))


def _converted(
    supply: BillableSupply, use: pricing.RegisterUse, figures: pricing.PublishedFigures
) -> pricing.Use:
    name, last = (
        supply.measured.conversion_of(use.register, day)
        for day in (use.period.start, use.period.last)
    )
    if name != last:
        raise Refused(
            "billing.conversion_changes",
            "a register counts otherwise between two readings",
            register=use.register,
            period=use.period,
        )
    if not name:
        return use
    return pricing.VolumeUse(
        register=use.register,
        period=use.period,
        volume=use.energy.kwh,  # what the index counted, whatever its unit
        conversion=figures.conversion(name),
        quality=use.quality,
        readings=use.readings,
        flow=use.flow,
    )


def _powers(
    contracted: Iterable[tuple[str, Power]], told: tuple[pricing.Subscribed, ...]
) -> Iterator[pricing.Subscribed]:
    """Yield the powers told, and before the first of a register the one that was contracted."""
    yield from told
    for register, power in contracted:
        first = min((each.period.start for each in told if each.register == register), default=None)
        if first is None or first > date.min:
            yield pricing.Subscribed(register, power, Period(date.min, first))
