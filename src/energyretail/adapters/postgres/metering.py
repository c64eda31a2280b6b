"""Readings and their plans as rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.database import Database
from energyretail.domain.metering import (
    DeliveredReading,
    EstimateBasis,
    MeteredSupply,
    PlannedReading,
    PlanState,
    Quality,
    Reading,
)
from energyretail.domain.shared import Conflict, Cups

__all__ = [
    "LOCK_KIND",
    "PostgresReadingPlans",
    "PostgresReadings",
    "PostgresSuppliesToRead",
    "reading_of",
]

# One walk over the natural key's index, in its order.
_CURRENT = text(
    """
    SELECT * FROM (
        SELECT *, max(taken_on) FILTER (WHERE quality = 'actual' AND taken_on < :since)
            OVER (PARTITION BY left(cups, 20), register) AS begun_on
        FROM (
            SELECT DISTINCT ON (left(cups, 20), register, taken_on)
                *, trim_scale(index_kwh) AS shown_kwh
            FROM reading WHERE left(cups, 20) = ANY(:points)
            ORDER BY left(cups, 20), register, taken_on, version DESC
        ) AS newest
    ) AS begun
    WHERE begun_on IS NULL OR taken_on >= begun_on
    ORDER BY left(cups, 20), register, taken_on
    """
)

_HEARD = text(
    """
    SELECT row.position
    FROM unnest(CAST(:points AS text[]), CAST(:register AS text[]), CAST(:taken_on AS date[]),
        CAST(:index_kwh AS numeric[]), CAST(:quality AS text[])) WITH ORDINALITY
        AS row (point, register, taken_on, index_kwh, quality, position)
    WHERE EXISTS (
        SELECT FROM reading
        WHERE (left(reading.cups, 20), reading.register, reading.taken_on)
            = (row.point, row.register, row.taken_on)
            AND (reading.index_kwh, reading.quality) = (row.index_kwh, row.quality)
            AND reading.estimate_method IS NULL)
    ORDER BY row.position
    """
)

_ADD = text(
    """
    INSERT INTO reading (cups, register, taken_on, version, index_kwh, quality, source,
        received_on, estimate_method, estimate_basis)
    SELECT cups, register, taken_on, version, index_kwh, quality, source,
        :received_on, estimate_method, estimate_basis
    FROM unnest(CAST(:cups AS text[]), CAST(:register AS text[]), CAST(:taken_on AS date[]),
        CAST(:version AS int[]), CAST(:index_kwh AS numeric[]), CAST(:quality AS text[]),
        CAST(:source AS text[]), CAST(:estimate_method AS text[]), CAST(:estimate_basis AS text[]))
        AS row (cups, register, taken_on, version, index_kwh, quality, source,
            estimate_method, estimate_basis)
    """
)

_PLAN = text(
    """
    INSERT INTO planned_reading (cups, planned_on, told_with, state)
    SELECT * FROM unnest(CAST(:cups AS text[]), CAST(:planned_on AS date[]),
        CAST(:told_with AS date[]), CAST(:state AS text[]))
    ON CONFLICT (left(cups, 20), planned_on) DO UPDATE
        SET told_with = excluded.told_with, state = excluded.state
    """
)

# Points share 256 locks, for a file of a hundred thousand of them must not fill the table of
# locks that all sessions share; taken in one order, so that two files never wait for each other.
_LOCK = text(
    """
    SELECT pg_advisory_xact_lock(:kind, bucket) FROM (
        SELECT DISTINCT hashtext(point) & 255 AS bucket
        FROM unnest(CAST(:points AS text[])) AS asked (point) ORDER BY bucket
    ) AS wanted
    """
)
LOCK_KIND = int.from_bytes(b"READ", "big")

_SUPPLY = """
    SELECT cups, tariff, started_on, ended_on, (
        SELECT max(CAST(split_part(value, ' ', 1) AS numeric)) FROM jsonb_each_text(powers)
    ) AS power_kw
    FROM supply
"""


class PostgresReadings:
    """Implements the Readings port."""

    def __init__(self, database: Database):
        self._database = database

    def lock(self, points: Sequence[Cups]) -> None:
        """Wait for the points until the open transaction ends."""
        if points:
            given = {"points": _points(points), "kind": LOCK_KIND}
            self._database.connection().execute(_LOCK, given)

    def current(self, points: Sequence[Cups], *, since: date) -> tuple[Reading, ...]:
        """Return current readings, from each register's last actual one before a day on."""
        if not points:
            return ()
        with self._database.reading() as connection:
            rows = connection.execute(_CURRENT, {"points": _points(points), "since": since})
            return tuple(reading_of(row) for row in rows)

    def heard(self, rows: Sequence[DeliveredReading]) -> tuple[DeliveredReading, ...]:
        """Return the rows taken in before, in whatever version."""
        if not rows:
            return ()
        columns = {
            "points": [row.cups.point for row in rows],
            "register": [row.register for row in rows],
            "taken_on": [row.taken_on for row in rows],
            "index_kwh": [row.index_kwh for row in rows],
            "quality": [row.origin.quality.value for row in rows],
        }
        with self._database.reading() as connection:
            return tuple(rows[at - 1] for at in connection.scalars(_HEARD, columns))

    def save(self, readings: Sequence[Reading], *, on: date) -> None:
        """Add readings; raises Conflict when one stands under a natural key."""
        if not readings:
            return
        columns = {
            "cups": [each.cups.value for each in readings],
            "register": [each.register for each in readings],
            "taken_on": [each.taken_on for each in readings],
            "version": [each.version for each in readings],
            "index_kwh": [each.index_kwh for each in readings],
            "quality": [each.quality.value for each in readings],
            "source": [each.source for each in readings],
            "estimate_method": [each.basis.method if each.basis else None for each in readings],
            "estimate_basis": [each.basis.text if each.basis else None for each in readings],
        }
        try:
            self._database.connection().execute(_ADD, columns | {"received_on": on})
        except IntegrityError as error:
            if "reading_natural_key" not in str(error.orig):
                raise
            raise Conflict("metering.reading.exists", "one stands under the key") from error


class PostgresReadingPlans:
    """Implements the ReadingPlans port."""

    def __init__(self, database: Database):
        self._database = database

    def of(self, points: Sequence[Cups]) -> tuple[PlannedReading, ...]:
        """Return the plans of the points."""
        where = "left(cups, 20) = ANY(:points)"
        return self._select(where, {"points": _points(points)}) if points else ()

    def overdue(self, *, by: date) -> tuple[PlannedReading, ...]:
        """Return the open plans up to a day."""
        return self._select("state = 'open' AND planned_on <= :by", {"by": by})

    def save(self, plans: Sequence[PlannedReading]) -> None:
        """Write plans over those of the same point and day."""
        if not plans:
            return
        columns = {
            "cups": [plan.cups.value for plan in plans],
            "planned_on": [plan.planned_on for plan in plans],
            "told_with": [plan.told_with for plan in plans],
            "state": [plan.state.value for plan in plans],
        }
        self._database.connection().execute(_PLAN, columns)

    def _select(self, where: str, values: dict[str, Any]) -> tuple[PlannedReading, ...]:
        order = "ORDER BY left(cups, 20), planned_on"
        query = text(f"SELECT * FROM planned_reading WHERE {where} {order}")
        with self._database.reading() as connection:
            return tuple(_plan(row) for row in connection.execute(query, values))


class PostgresSuppliesToRead:
    """Implements the SuppliesToRead port over the contracts' supplies."""

    def __init__(self, database: Database):
        self._database = database

    def at(self, points: Sequence[Cups]) -> tuple[MeteredSupply, ...]:
        """Return our supplies at the points."""
        where = "left(cups, 20) = ANY(:points) AND state IN ('requested', 'active', 'ended')"
        return self._select(where, {"points": _points(points)}) if points else ()

    def unread(self, *, by: date) -> tuple[MeteredSupply, ...]:
        """Return running supplies begun up to a day that nobody has read since."""
        where = """state = 'active' AND started_on <= :by AND NOT EXISTS (
            SELECT FROM planned_reading AS plan
            WHERE left(plan.cups, 20) = left(supply.cups, 20)
                AND plan.planned_on > supply.started_on)"""
        return self._select(where, {"by": by})

    def _select(self, where: str, values: dict[str, Any]) -> tuple[MeteredSupply, ...]:
        order = 'ORDER BY left(cups, 20) COLLATE "C", started_on NULLS LAST'
        with self._database.reading() as connection:
            rows = connection.execute(text(f"{_SUPPLY} WHERE {where} {order}"), values)
            return tuple(_supply(row) for row in rows)


def _points(points: Sequence[Cups]) -> list[str]:
    return [point.point for point in points]


def reading_of(row: Row[Any]) -> Reading:
    """Return the reading of a row that shows its index as `shown_kwh`, without zeros behind."""
    basis = None
    if row.estimate_method is not None:
        basis = EstimateBasis(row.estimate_method, row.estimate_basis)
    return Reading(
        cups=Cups(row.cups),
        register=row.register,
        taken_on=row.taken_on,
        index_kwh=row.shown_kwh,
        quality=Quality(row.quality),
        source=row.source,
        version=row.version,
        basis=basis,
    )


def _plan(row: Row[Any]) -> PlannedReading:
    return PlannedReading(Cups(row.cups), row.planned_on, row.told_with, PlanState(row.state))


def _supply(row: Row[Any]) -> MeteredSupply:
    power_kw = Decimal(row.power_kw)
    return MeteredSupply(Cups(row.cups), row.tariff, power_kw, row.started_on, row.ended_on)
