"""The energy that a price is for: of registers, or of the bands of a calendar, in a part."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Final

import attrs

from energyretail.domain.pricing.calendars import BandCalendar
from energyretail.domain.pricing.derivation import Derivation, exact, product
from energyretail.domain.pricing.faults import noted, refuse, together
from energyretail.domain.pricing.usage import Usage, Use, covering, not_measured
from energyretail.domain.pricing.uses import Flow, IntervalUse, Profile, Quality
from energyretail.domain.shared import Invalid, MarketTime, Period

__all__ = [
    "SUM_OF_USES", "Banding", "Metered", "bands_in", "energies", "energy_taken", "intervals_of",
    "metered", "sum_of_uses", "taken", "uses_in",
]  # fmt: skip

SUM_OF_USES: Final = "energy"
"""Names the sum of what several uses hold."""


@attrs.frozen
class Banding:
    """The hours of `bands` of a calendar, which may have several versions through time."""

    calendars: tuple[BandCalendar, ...]
    bands: tuple[str, ...]

    def on(self, day: date) -> BandCalendar:
        """Return the version in force; raises Invalid ``pricing.calendar_gap``."""
        for calendar in self.calendars:
            if day in calendar.valid:
                return calendar
        name = self.calendars[0].name
        raise Invalid("pricing.calendar_gap", "no calendar in force", name=name, day=day)


@attrs.frozen
class Metered:
    """Energy in kWh with the readings it comes from; `estimated` when one of them is."""

    derivation: Derivation
    estimated: bool

    @property
    def kwh(self) -> Fraction:
        """The energy, exact."""
        return exact(self.derivation)


def metered(
    usage: Usage,
    registers: Iterable[str],
    period: Period,
    *,
    banding: Banding | None = None,
    profile: Profile | None = None,
) -> Metered:
    """Return the energy of `registers` in `period`; a use that is cut is divided exactly.

    By days, or by `profile`. With `banding` only the hours of its bands count.
    Raises Invalid ``pricing.usage_gap`` when a register was not measured on a day of `period`,
    ``pricing.usage_missing`` when there is no register at all, ``pricing.intervals_needed`` for
    bands of a register that is not measured by interval, ``pricing.interval_missing``, and
    ``pricing.interval_zone`` for one measured by days of another zone than the calendar's.
    """
    found = energies(
        usage, registers, period, lambda use, part: _energy(use, part, banding, profile)
    )
    parts = [energy for _, energy in found]
    return Metered(sum_of_uses(parts), any(use.quality is Quality.ESTIMATED for use, _ in found))


def sum_of_uses(parts: Sequence[Derivation]) -> Derivation:
    """Return the energy that several uses hold; of one it is its own."""
    return parts[0] if len(parts) == 1 else product(SUM_OF_USES, (), (), parts)


def energies(
    usage: Usage,
    registers: Iterable[str],
    period: Period,
    energy: Callable[[Use, Period], Derivation],
) -> list[tuple[Use, Derivation]]:
    """Return the uses of registers in `period`, in order, each with the `energy` of its days.

    Raises Invalid with all that lacks of any of them: ``pricing.usage_gap``, what `energy` raises;
    ``pricing.usage_missing`` where there is no register.
    """

    def of(register: str) -> list[tuple[Use, Derivation]]:
        found, gaps = covering(usage.of(register), period)
        faults = [not_measured("register was not measured", register, gap) for gap in gaps]
        with noted(faults):
            made = together(lambda pair: energy(*pair), found)
        refuse(faults)
        return list(zip((use for use, _ in found), made, strict=True))

    all_found = [pair for pairs in together(of, registers) for pair in pairs]
    if not all_found:
        raise Invalid("pricing.usage_missing", "energy is to be billed but none is given")
    return all_found


def uses_in(usage: Usage, register: str, period: Period) -> list[tuple[Use, Period]]:
    """Return the uses of a register in `period` with the days each tells of, in order.

    Raises Invalid ``pricing.usage_gap`` for all the days it was not measured.
    """
    found, gaps = covering(usage.of(register), period)
    refuse(not_measured("register was not measured", register, gap) for gap in gaps)
    return found


def taken(usage: Usage, period: Period, profile: Profile | None) -> tuple[Derivation, ...]:
    """Return the kWh of each use that tells of energy taken in `period`, of its days there.

    Raises Invalid ``pricing.interval_missing``, ``pricing.profile_missing``.
    """
    uses = [use for use in usage.uses if use.flow is Flow.IMPORT]
    parts = [(use, part) for use in uses if (part := use.period.meets(period)) is not None]
    return tuple(use.energy_in(part, profile) for use, part in parts)


def energy_taken(parts: tuple[Derivation, ...]) -> Fraction | None:
    """Return the kWh that all registers took, None where none measured any."""
    return sum(map(exact, parts), start=Fraction(0)) if parts else None


def _energy(use: Use, part: Period, banding: Banding | None, profile: Profile | None) -> Derivation:
    if banding is None:
        return use.energy_in(part, profile)
    intervals = intervals_of(use)
    which = f"{banding.on(part.start).name} {', '.join(banding.bands)}"
    return intervals.chosen(part, bands_in(banding, part, intervals), which)


def intervals_of(use: Use) -> IntervalUse:
    """Return a use that is measured by interval; raises Invalid ``pricing.intervals_needed``."""
    if not isinstance(use, IntervalUse):
        raise Invalid(
            "pricing.intervals_needed", "hours need intervals, not readings", register=use.register
        )
    return use


def bands_in(banding: Banding, part: Period, use: IntervalUse) -> tuple[bool, ...]:
    """Tell of each interval of a use in a part whether it is in the bands, in order.

    Raises Invalid ``pricing.interval_zone`` where the days of the use begin at other instants than
    those of the calendar: its intervals would be taken for those of other hours.
    """
    calendars = [(day, banding.on(day)) for day in part.each_day()]
    zones = dict.fromkeys(calendar.zone for _, calendar in calendars)
    refuse(_other_days(use, zone) for zone in zones if not _days_agree(use.zone, zone, part))
    days = (calendar.in_bands(day, use.minutes, banding.bands) for day, calendar in calendars)
    return tuple(chain.from_iterable(days))


def _days_agree(one: MarketTime, other: MarketTime, part: Period) -> bool:
    if one == other:
        return True
    return all(one.start_of(day) == other.start_of(day) for day in (*part.each_day(), part.until))


def _other_days(use: IntervalUse, zone: MarketTime) -> Invalid:
    return Invalid(
        "pricing.interval_zone",
        "the days of the intervals are not those of the calendar",
        register=use.register,
        zone=use.zone.zone,
        calendar=zone.zone,
    )
