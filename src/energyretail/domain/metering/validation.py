"""Rules that say why a delivered index is not believed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import attrs

from energyretail.domain.metering.deliveries import DeliveredReading
from energyretail.domain.metering.readings import Quality, Reading, consumption
from energyretail.domain.metering.rules import MeteredSupply, ReadingRules

__all__ = ["READING_RULES", "Candidate", "Objection", "ReadingRule", "objections"]


@attrs.frozen
class Objection:
    """A broken rule: its stable code and the reason for people."""

    code: str
    text: str


@attrs.frozen
class Candidate:
    """A delivered index and what it must agree with.

    `before` and `after` are the neighbouring current readings of its register: for an actual
    index the actual ones, since no guess proves a reading wrong. `same_day` is the current one
    of its own day, whatever its quality. `supply` is None for a supply point that is not ours.
    """

    delivered: DeliveredReading
    today: date
    rules: ReadingRules
    supply: MeteredSupply | None
    before: Reading | None = None
    same_day: Reading | None = None
    after: Reading | None = None


@attrs.frozen
class ReadingRule:
    """A named rule; `breach` says in words how it is broken, or None."""

    code: str
    breach: Callable[[Candidate], str | None]


def objections(candidate: Candidate) -> tuple[Objection, ...]:
    """Return every broken rule, in the order of the rules; none means it is believed."""
    broken = ((rule.code, rule.breach(candidate)) for rule in READING_RULES)
    return tuple(Objection(code, text) for code, text in broken if text is not None)


def _not_our_supply(candidate: Candidate) -> str | None:
    day = candidate.delivered.taken_on
    ours = candidate.supply is not None and candidate.supply.takes(day)
    return None if ours else f"we do not supply the point on {day}"


def _unknown_register(candidate: Candidate) -> str | None:
    if candidate.supply is None:
        return None
    known = candidate.rules.registers_of(candidate.supply.tariff)
    register = candidate.delivered.register
    return None if register in known else f"register {register} is none of {', '.join(known)}"


def _future(candidate: Candidate) -> str | None:
    late = candidate.delivered.taken_on > candidate.today
    return f"taken after today, {candidate.today}" if late else None


def _too_many_digits(candidate: Candidate) -> str | None:
    if _showable(candidate):
        return None
    return f"the register shows {candidate.rules.digits} digits"


def _differs(candidate: Candidate) -> str | None:
    stands, row = candidate.same_day, candidate.delivered
    if stands is None or Quality.ESTIMATED in (stands.quality, row.origin.quality):
        return None
    same = stands.index_kwh == row.index_kwh
    return None if same else f"an actual reading of that day shows {stands.index_kwh}"


def _lower_than_last(candidate: Candidate) -> str | None:
    before, index = candidate.before, candidate.delivered.index_kwh
    if before is None or not _showable(candidate) or index >= before.index_kwh:
        return None
    if _fits_after(candidate, before, index):
        return None  # a rollover: the energy it means is plausible
    return f"{index} is lower than {before.index_kwh} of {before.taken_on}, with no rollover"


def _too_high(candidate: Candidate) -> str | None:
    before, index = candidate.before, candidate.delivered.index_kwh
    if before is None or not _showable(candidate) or index < before.index_kwh:
        return None
    if _fits_after(candidate, before, index):
        return None
    most = _most_kwh(candidate, before.taken_on, candidate.delivered.taken_on)
    return f"{index - before.index_kwh} kWh since {before.taken_on}, at most {most} are plausible"


def _unit_fault(candidate: Candidate) -> str | None:
    before, index = candidate.before, candidate.delivered.index_kwh
    if before is None or (_showable(candidate) and _fits_after(candidate, before, index)):
        return None
    for factor in (10, 1000):
        meant = index / factor
        # Nothing but a rise counts here: a rollover as well would explain almost any figure.
        if meant >= before.index_kwh and _fits_after(candidate, before, meant):
            return f"{index} fits when divided by {factor}"
    return None


def _higher_than_next(candidate: Candidate) -> str | None:
    after, index = candidate.after, candidate.delivered.index_kwh
    if after is None or not _showable(candidate):
        return None
    use = consumption(index, after.index_kwh, digits=candidate.rules.digits).kwh
    if use <= _most_kwh(candidate, candidate.delivered.taken_on, after.taken_on):
        return None
    return f"{index} does not go with {after.index_kwh} of {after.taken_on}"


def _next_implausible(candidate: Candidate) -> str | None:
    row, most = candidate.delivered, candidate.rules.cycle_days_max
    if row.next_on is None or (row.next_on - row.taken_on).days <= most:
        return None
    return f"the next reading is planned for {row.next_on}, more than {most} days later"


def _showable(candidate: Candidate) -> bool:
    return _shows(candidate, candidate.delivered.index_kwh)


def _shows(candidate: Candidate, index: Decimal) -> bool:
    return index < Decimal(10) ** candidate.rules.digits


def _fits_after(candidate: Candidate, before: Reading, index: Decimal) -> bool:
    """Tell whether `index` is a plausible successor; one no register shows is none."""
    if not _shows(candidate, index):
        return False
    use = consumption(before.index_kwh, index, digits=candidate.rules.digits).kwh
    return use <= _most_kwh(candidate, before.taken_on, candidate.delivered.taken_on)


def _most_kwh(candidate: Candidate, start: date, end: date) -> Decimal:
    if candidate.supply is None:
        return Decimal(10) ** candidate.rules.digits
    # One hour more than the days have: the autumn change of the clock adds one.
    hours = (end - start).days * 24 + 1
    return candidate.supply.power_kw * hours * candidate.rules.overuse


READING_RULES = (
    ReadingRule("metering.reading.not_our_supply", _not_our_supply),
    ReadingRule("metering.reading.unknown_register", _unknown_register),
    ReadingRule("metering.reading.future", _future),
    ReadingRule("metering.reading.too_many_digits", _too_many_digits),
    ReadingRule("metering.reading.differs", _differs),
    ReadingRule("metering.reading.lower_than_last", _lower_than_last),
    ReadingRule("metering.reading.too_high", _too_high),
    ReadingRule("metering.reading.unit_fault", _unit_fault),
    ReadingRule("metering.reading.higher_than_next", _higher_than_next),
    ReadingRule("metering.reading.next_implausible", _next_implausible),
)
