"""What is given for a bill and no component takes: refused, as it would be left out in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from energyretail.domain.pricing.circumstances import Circumstances, Counter, DiscountGiven
from energyretail.domain.pricing.components import Component, Extra, PassThrough
from energyretail.domain.pricing.tariff import Tariff
from energyretail.domain.pricing.usage import Usage
from energyretail.domain.pricing.uses import Flow
from energyretail.domain.shared import Invalid, Period

__all__ = ["not_placed"]


def not_placed(
    tariff: Tariff, usage: Usage, period: Period, circumstances: Circumstances
) -> Iterator[Invalid]:
    """Yield all that was used or is to be billed, or was counted, and that no component takes.

    Energy taken (``pricing.register_unpriced``), reactive energy (``reactive_unpriced``), items
    (``item_unplaced``, ``item_outside``), indices (``index_unread``), what earlier bills counted
    (``carried_unknown``, ``carried_since``, ``carried_twice``, ``carried_negative``), a contract
    after the bill (``since_late``), days in advance before its end (``advance_days``). Powers and
    peaks that nothing uses are what a meter tells anyway.
    """
    yield from _energy(tariff, usage)
    yield from _items(tariff, usage, period)
    yield from _indices(tariff, circumstances)
    yield from _carried(tariff, period, circumstances)
    yield from _days(period, circumstances)


def _energy(tariff: Tariff, usage: Usage) -> Iterator[Invalid]:
    for register in usage.registers_of(Flow.IMPORT):
        if not any(c.covers(register, Flow.IMPORT) for c in tariff.components):
            yield Invalid(
                "pricing.register_unpriced",
                "no component prices the energy of a register",
                tariff=tariff.code,
                register=register,
            )
    for use in usage.reactive:
        if not any(c.covers_reactive(use.register) for c in tariff.components):
            yield Invalid(
                "pricing.reactive_unpriced",
                "no component prices the reactive energy of a register",
                tariff=tariff.code,
                register=use.register,
            )


def _items(tariff: Tariff, usage: Usage, period: Period) -> Iterator[Invalid]:
    passing = {c.name: c for c in tariff.components if isinstance(c, PassThrough)}
    for line in usage.passed_on:
        # Whose invoice it is has a calendar of its own: the bill of the line's last day takes it.
        yield from _item(passing, line.component, line.label, line.period.last, period)
    selling = {c.name: c for c in tariff.components if isinstance(c, Extra)}
    for extra in usage.extras:
        day = period.last if extra.on is None else extra.on
        yield from _item(selling, extra.component, extra.label, day, period)


def _item(
    takers: Mapping[str, Component], name: str, label: str, day: date, period: Period
) -> Iterator[Invalid]:
    if name not in takers:
        yield Invalid("pricing.item_unplaced", "no component takes it", component=name, label=label)
    elif day not in period or day not in takers[name].valid:
        yield Invalid("pricing.item_outside", "it is for other days", component=name, label=label)


def _indices(tariff: Tariff, circumstances: Circumstances) -> Iterator[Invalid]:
    read = tariff.index_names
    for index in circumstances.indices:
        if index.name not in read:
            yield Invalid("pricing.index_unread", "no component reads it", index=index.name)


def _carried(tariff: Tariff, period: Period, circumstances: Circumstances) -> Iterator[Invalid]:
    components = {component.name: component for component in tariff.components}
    carried = circumstances.carried_over
    entries: tuple[Counter | DiscountGiven, ...] = (*carried.counters, *carried.discounts)
    seen: set[tuple[str, date | None]] = set()
    for each in entries:
        component = components.get(each.component)
        if component is None or not component.hands_on(each):
            yield Invalid("pricing.carried_unknown", "no component counted it", **_told_apart(each))
            continue
        if isinstance(each, DiscountGiven):
            yield from _given(each)
        else:
            yield from _counted(component, each, period, circumstances)
        key = (each.component, each.since if isinstance(each, Counter) else None)
        if key in seen:
            yield Invalid("pricing.carried_twice", "it is counted twice", **_told_apart(each))
        seen.add(key)


def _given(given: DiscountGiven) -> Iterator[Invalid]:
    if given.amount < 0:
        yield Invalid(
            "pricing.carried_negative", "a discount gave zero or more", **_told_apart(given)
        )


def _counted(
    component: Component, counter: Counter, period: Period, circumstances: Circumstances
) -> Iterator[Invalid]:
    if counter.since > period.start:
        # What a later bill counts cannot be known to this one.
        yield Invalid(
            "pricing.carried_since", "its year begins after the bill does", **_told_apart(counter)
        )
    elif not component.begins_year(counter.since, circumstances):
        yield Invalid(
            "pricing.carried_since", "no year it counts begins then", **_told_apart(counter)
        )


def _told_apart(carried: Counter | DiscountGiven) -> dict[str, object]:
    since = {"since": carried.since} if isinstance(carried, Counter) else {}
    return {"carried": carried.component, **since}


def _days(period: Period, circumstances: Circumstances) -> Iterator[Invalid]:
    since, advance = circumstances.since, circumstances.advance
    if since is not None and since > period.start:
        yield Invalid(
            "pricing.since_late",
            "the contract begins after the first billed day",
            since=since,
            period=period,
        )
    if advance is not None and advance.start < period.until:
        yield Invalid(
            "pricing.advance_days",
            "days charged in advance come after those billed",
            advance=advance,
            period=period,
        )
