"""Readings of a whole file kept by set, where surely nobody doubts them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.binary_rows import RowOf, int4s, numerics, packed, texts
from energyretail.adapters.postgres.bulk import copy_bytes
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.metering import LOCK_KIND
from energyretail.application.metering import ReadAlike, TakenAlike
from energyretail.domain.metering import ReadingRules
from energyretail.domain.shared import Conflict, Cups, add_months

__all__ = ["PostgresBulkReadings"]

_POSTGRES_EPOCH: Final = date(2000, 1, 1).toordinal()
_POINTS: Final = ("place", "cups", "taken_on", "next_on")
_ROWS: Final = ("place", "register", "index_kwh")

_TABLES: Final = (
    text("""
        CREATE TEMPORARY TABLE IF NOT EXISTS told_point (
            place int NOT NULL, cups text COLLATE "C" NOT NULL, taken_on date NOT NULL,
            next_on date NOT NULL,
            point text COLLATE "C" GENERATED ALWAYS AS (left(cups, 20)) STORED
        ) ON COMMIT DELETE ROWS
    """),
    text("""
        CREATE TEMPORARY TABLE IF NOT EXISTS told_register (
            place int NOT NULL, register text COLLATE "C" NOT NULL, index_kwh numeric NOT NULL
        ) ON COMMIT DELETE ROWS
    """),
    # Several files may be taken in within one transaction.
    text("TRUNCATE told_point, told_register"),
)
# As `Readings.lock` does, over the points of the whole file at once.
_LOCK: Final = text("""
    SELECT pg_advisory_xact_lock(:kind, bucket) FROM (
        SELECT DISTINCT hashtext(point) & 255 AS bucket FROM (
            SELECT left(cups, 20) COLLATE "default" FROM told_point
            UNION ALL SELECT * FROM unnest(CAST(:beside AS text[]))
        ) AS asked (point) ORDER BY bucket
    ) AS wanted
""")
# Of a point with one supply that takes the day, no reading of the day or after it, an actual one
# before it if any, and no plan that the next day would change, every row is judged by itself.
_TAKE: Final = text("""
    WITH supplied AS MATERIALIZED (
        SELECT told.place, min(supply.tariff) AS tariff, min((
            SELECT max(CAST(split_part(value, ' ', 1) AS numeric))
            FROM jsonb_each_text(supply.powers))) AS power_kw
        FROM told_point AS told JOIN supply ON left(supply.cups, 20) = told.point
            AND supply.state IN ('requested', 'active', 'ended')
        GROUP BY told.place
        HAVING count(*) = 1 AND bool_and((started_on IS NULL OR started_on <= taken_on)
            AND (ended_on IS NULL OR taken_on <= ended_on))
    ), allowed AS MATERIALIZED (
        SELECT tariff, register COLLATE "C" AS register
        FROM (SELECT DISTINCT tariff FROM supplied) AS one CROSS JOIN LATERAL (
            SELECT names
            FROM unnest(CAST(:codes AS text[]), CAST(:registers AS text[])) WITH ORDINALITY
                AS access (code, names, place)
            WHERE starts_with(one.tariff, code) ORDER BY place LIMIT 1
        ) AS access CROSS JOIN unnest(string_to_array(names, ' ')) AS known (register)
    ), judged AS MATERIALIZED (
        SELECT place, told.cups, told.point, register, told.taken_on, told.next_on,
            row.index_kwh,
            allowed.register IS NOT NULL AND row.index_kwh < :full AND (
                last.taken_on IS NULL OR last.quality = 'actual'
                AND last.taken_on < told.taken_on AND last.index_kwh <= row.index_kwh
                AND row.index_kwh - last.index_kwh
                    <= power_kw * ((told.taken_on - last.taken_on) * 24 + 1) * :overuse
            ) AS fits
        FROM told_register AS row JOIN told_point AS told USING (place) JOIN supplied USING (place)
            LEFT JOIN allowed USING (tariff, register)
            LEFT JOIN LATERAL (
                SELECT taken_on, quality, index_kwh FROM reading
                WHERE left(reading.cups, 20) = told.point AND reading.register = row.register
                ORDER BY taken_on DESC, version DESC LIMIT 1
            ) AS last ON true
    ), plain AS MATERIALIZED (
        SELECT place, cups, taken_on, next_on FROM judged
        WHERE taken_on <= :today
        GROUP BY place, cups, point, taken_on, next_on
        HAVING bool_and(fits IS TRUE) AND NOT EXISTS (
            SELECT FROM planned_reading AS plan
            WHERE left(plan.cups, 20) = judged.point AND (told_with > taken_on
                OR state = 'open' AND planned_on > taken_on AND planned_on <> next_on
                OR state = 'moved' AND planned_on = next_on))
    ), kept AS (
        INSERT INTO reading (cups, register, taken_on, version, index_kwh, quality, source,
            received_on)
        SELECT cups, register, taken_on, 1, index_kwh, 'actual', :source, :today
        FROM judged JOIN plain USING (place, cups, taken_on, next_on)
        ORDER BY place, register
    ), planned AS (
        INSERT INTO planned_reading (cups, planned_on, told_with, state)
        SELECT cups, next_on, taken_on, 'open' FROM plain ORDER BY place
        ON CONFLICT (left(cups, 20), planned_on) DO NOTHING
    )
    SELECT place FROM plain
""")


class PostgresBulkReadings:
    """Implements the BulkReadings port: two COPYs into tables of the session, and one statement."""

    def __init__(self, database: Database):
        self._database = database

    def take(
        self,
        read: ReadAlike,
        *,
        beside: Sequence[Cups],
        source: str,
        today: date,
        rules: ReadingRules,
    ) -> TakenAlike:
        """Keep what is plain: see the port BulkReadings."""
        connection = self._database.connection()
        for statement in _TABLES:
            connection.execute(statement)
        _tell(connection, read, today, rules)
        points = [point.point for point in beside]
        connection.execute(_LOCK, {"kind": LOCK_KIND, "beside": points})
        given = {
            "codes": [code for code, _ in rules.registers],
            "registers": [" ".join(names) for _, names in rules.registers],
            "full": 10**rules.digits,
            "overuse": rules.overuse,
            "source": source,
            "today": today,
        }
        try:
            plain = connection.scalars(_TAKE, given).all()
        except IntegrityError as error:
            if "reading_natural_key" not in str(error.orig):
                raise
            raise Conflict("metering.reading.exists", "one stands under the key") from error
        kept = np.zeros(len(read.cups), np.bool_)
        kept[np.array(plain, np.int64)] = True
        return TakenAlike(int(kept[read.owner].sum()), np.flatnonzero(~kept).tolist())


def _tell(connection: Connection, read: ReadAlike, today: date, rules: ReadingRules) -> None:
    """Copy points and rows into the tables of the session.

    The rows of a point whose days are not plausible are left out: it is locked, and that is all.
    """
    taken_on, next_on = read.taken_on, _next_days(read, today)
    timely: NDArray[np.bool_] = (taken_on <= today.toordinal()) & (
        (read.next_on == 0) | (read.next_on - taken_on <= rules.cycle_days_max)
    )
    rows = timely[read.owner]
    places = np.arange(len(read.cups))
    fields = [
        int4s(places),
        texts(read.cups),
        int4s(taken_on - _POSTGRES_EPOCH),
        int4s(next_on - _POSTGRES_EPOCH),
    ]
    copy_bytes(connection, "told_point", _POINTS, [packed([RowOf(fields)], len(places))])
    fields = [
        int4s(read.owner[rows]),
        texts(read.registers[rows]),
        numerics(read.indexes[rows], decimals=3),
    ]
    copy_bytes(connection, "told_register", _ROWS, [packed([RowOf(fields)], int(rows.sum()))])


def _next_days(read: ReadAlike, today: date) -> NDArray[np.int64]:
    """Return the next days, a month later where none was named."""
    days, back = np.unique(np.minimum(read.taken_on, today.toordinal()), return_inverse=True)
    later = [add_months(date.fromordinal(int(day)), 1).toordinal() for day in days]
    return np.where(read.next_on > 0, read.next_on, np.array(later, np.int64)[back])
