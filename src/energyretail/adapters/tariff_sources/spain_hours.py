"""The hours of the Spanish toll periods on the peninsula as calendars of the tariff format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from energyretail.adapters.tariff_sources.imported import Document
from energyretail.adapters.tariff_sources.rows import Row
from energyretail.domain.shared import Invalid

__all__ = ["PERIOD_COLUMNS", "SIX_PERIODS", "calendar_of_rows"]

PERIOD_COLUMNS: Final = (
    "day_type", "from_hour", "to_hour_exclusive", "energy_period", "power_period",
)  # fmt: skip

_SOURCE: Final = "CNMC Circular 3/2020 art. 7, BOE-A-2020-1066"
# Of the national holidays those with a fixed date that no region may replace, and 6 January.
# The yearly resolutions of the labour directorate were checked for these years only.
_CHECKED: Final = {"from": "2025-01-01", "to": "2028-01-01"}
_HOLIDAYS: Final = (
    ("Año Nuevo", "01-01"), ("Epifanía del Señor", "01-06"), ("Fiesta del Trabajo", "05-01"),
    ("Asunción de la Virgen", "08-15"), ("Fiesta Nacional de España", "10-12"),
    ("Todos los Santos", "11-01"), ("Día de la Constitución", "12-06"),
    ("Inmaculada Concepción", "12-08"), ("Natividad del Señor", "12-25"),
)  # fmt: skip
_WORKING: Final = ["mon", "tue", "wed", "thu", "fri"]

# Season of the peninsula: its months as spans, the period of its dear hours and of the others.
_SEASONS: Final = (
    ("alta", (("12-01", "03-01"), ("07-01", "08-01")), "P1", "P2"),
    ("media alta", (("03-01", "04-01"), ("11-01", "12-01")), "P2", "P3"),
    ("media", (("06-01", "07-01"), ("08-01", "10-01")), "P3", "P4"),
    ("baja", (("04-01", "06-01"), ("10-01", "11-01")), "P4", "P5"),
)
_DEAR: Final = (("09:00", "14:00"), ("18:00", "22:00"))
_OTHERS: Final = (("08:00", "09:00"), ("14:00", "18:00"), ("22:00", "24:00"))

_DAY_TYPES: Final = {
    "working": _WORKING,
    "weekend_or_national_fixed_holiday_or_6_Jan": ["sat", "sun", "holiday"],
}


def _six_periods() -> Document:
    seasons, rules = [], []
    for season, spans, dear, other in _SEASONS:
        names = [f"{season} {number}" for number, _ in enumerate(spans, start=1)]
        seasons += [
            {"name": name, "from": start, "to": end}
            for name, (start, end) in zip(names, spans, strict=True)
        ]
        rules += [
            {"band": band, "seasons": names, "days": _WORKING, "from": start, "to": end}
            for band, hours in ((dear, _DEAR), (other, _OTHERS))
            for start, end in hours
        ]
    # What is left are the nights, Saturdays, Sundays and holidays.
    return _calendar("six periods", [*rules, {"band": "P6"}], seasons)


def calendar_of_rows(rows: Iterable[Row]) -> Document:
    """Return the calendar of 2.0TD from its published hours.

    Raises Invalid ``tariff_source.day_type`` for a sort of day it does not know.
    """
    return _calendar("2.0TD", [_rule(row) for row in rows], [])


def _rule(row: Row) -> Document:
    kind = row.text("day_type")
    if kind not in _DAY_TYPES:
        raise Invalid("tariff_source.day_type", "no such sort of day", place=row.place, value=kind)
    return {
        "band": row.text("energy_period"),
        "days": _DAY_TYPES[kind],
        "from": f"{row.text('from_hour'):0>2}:00",
        "to": f"{row.text('to_hour_exclusive'):0>2}:00",
    }


def _calendar(name: str, rules: list[Document], seasons: list[Document]) -> Document:
    calendar: Document = {"name": name, "source": _SOURCE, "valid": dict(_CHECKED)}
    calendar["holidays"] = [{"name": title, "fixed": day} for title, day in _HOLIDAYS]
    if seasons:
        calendar["seasons"] = seasons
    return {**calendar, "rules": rules}


SIX_PERIODS: Final = _six_periods()
"""3.0TD and 6.xTD on the peninsula; the islands, Ceuta and Melilla have other months and hours."""
