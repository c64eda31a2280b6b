"""Spanish calendars as dated data: national holidays, and the hours of the 2.0TD registers."""

from __future__ import annotations

from datetime import date

from energyretail.domain.pricing import WEEKDAYS, BandCalendar, BandRule
from energyretail.domain.shared import HolidayRule, MarketTime, Period, WorkingDays

__all__ = ["HOURS_2_0TD", "MADRID", "NATIONAL_WORKING_DAYS"]

MADRID = MarketTime("Europe/Madrid")

_LABOUR = "Real Decreto 2001/1983 art. 45; RDLeg 2/2015 art. 37.2"
_IN_FORCE = Period(date(1984, 1, 1))
# The yearly resolutions of the labour directorate were checked for these years only: no bill
# is made for hours of other years.
_CHECKED = Period(date(2025, 1, 1), date(2028, 1, 1))


def _fixed(name: str, month: int, day: int) -> HolidayRule:
    return HolidayRule(name, _IN_FORCE, _LABOUR, fixed=(month, day))


# The regions may replace Epiphany by a day of their own, so it is kept apart; none did in
# these years. A holiday on a Sunday moves to Monday by regional choice only: not national.
_EPIPHANY = _fixed("Epifanía del Señor", 1, 6)
_GOOD_FRIDAY = HolidayRule("Viernes Santo", _IN_FORCE, _LABOUR, days_after_easter=-2)
_FIXED_NATIONAL = (
    _fixed("Año Nuevo", 1, 1),
    _fixed("Fiesta del Trabajo", 5, 1),
    _fixed("Asunción de la Virgen", 8, 15),
    _fixed("Fiesta Nacional de España", 10, 12),
    _fixed("Todos los Santos", 11, 1),
    _fixed("Día de la Constitución", 12, 6),
    _fixed("Inmaculada Concepción", 12, 8),
    _fixed("Natividad del Señor", 12, 25),
)

NATIONAL_WORKING_DAYS = WorkingDays("ES national", (*_FIXED_NATIONAL, _EPIPHANY, _GOOD_FRIDAY))

# Art. 7 of the circular: Saturdays, Sundays, 6 January and the national holidays that have a
# fixed date and cannot be replaced count as P3 all day; so Good Friday is a normal day.
_WORKING = frozenset(WEEKDAYS[:5])


def _working(start: int, end: int, band: str) -> BandRule:
    return BandRule(band, 60 * start, 60 * end, _WORKING)


HOURS_2_0TD = BandCalendar(
    name="2.0TD",
    zone=MADRID,
    valid=_CHECKED,
    source="CNMC Circular 3/2020 art. 7",
    rules=(
        _working(0, 8, "P3"),
        _working(8, 10, "P2"),
        _working(10, 14, "P1"),
        _working(14, 18, "P2"),
        _working(18, 22, "P1"),
        _working(22, 24, "P2"),
        BandRule("P3"),
    ),
    holidays=(*_FIXED_NATIONAL, _EPIPHANY),
)
