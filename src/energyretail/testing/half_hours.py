"""Half-hours of a portfolio, drawn by set: days of a pool, and the indexes that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import attrs
from sqlalchemy import Connection, text

__all__ = ["HalfHours", "fill_half_hours"]


@attrs.frozen
class HalfHours:
    """What supplies measure by the half-hour: days of a pool of `patterns` drawn ones.

    One day in `estimated_every` is an estimate, in one in `missing_every` a half-hour is missing;
    zero for none, and none before `odd_from`.
    """

    channel: str = "A+"
    patterns: int = 1000
    estimated_every: int = 100
    missing_every: int = 1000
    odd_from: date = date.min


# A pool by how many half-hours a day has; less is used at night than in the evening. Four
# little-endian bytes each, of which those up to 65,535 Wh need two.
_POOL: Final = text("""
    CREATE TEMPORARY TABLE drawn_day ON COMMIT DROP AS
    SELECT pattern, halves, sum(used) AS total,
        decode(string_agg(lpad(to_hex(used & 255), 2, '0') || lpad(to_hex(used >> 8), 2, '0')
            || '0000', '' ORDER BY half), 'hex') AS wh
    FROM (VALUES (46), (48), (50)) AS day (halves)
    CROSS JOIN generate_series(0, CAST(:patterns AS int) - 1) AS pattern
    CROSS JOIN LATERAL (
        SELECT half, CAST(20 + abs(hashint8extended(pattern * 64 + half, CAST(:seed AS bigint))
            % (CASE WHEN half BETWEEN 34 AND 44 THEN 700 ELSE 250 END)) AS int) AS used
        FROM generate_series(1, halves) AS half
    ) AS drawn
    GROUP BY pattern, halves
""")
_DAYS: Final = """
    SELECT supply.cups, number, day, halves, pattern, pool.total
    FROM (SELECT cups, CAST(substr(contract, 2) AS bigint) AS number FROM supply) AS supply
    CROSS JOIN LATERAL (
        SELECT CAST(:from_day AS date) + n AS day
        FROM generate_series(0, CAST(:until_day AS date) - CAST(:from_day AS date) - 1) AS n
    ) AS days
    JOIN drawn_day AS pool
        ON halves = extract(epoch FROM CAST(day + 1 AS timestamp) AT TIME ZONE :zone
            - CAST(day AS timestamp) AT TIME ZONE :zone) / 1800
        AND pattern = abs(hashint8extended(number * 100000 + (day - DATE '2000-01-01'),
            CAST(:seed AS bigint)) % CAST(:patterns AS int))
    WHERE number BETWEEN :first AND :last
"""
_INTERVALS: Final = text("""
    INSERT INTO interval_day (point, channel, flow, day, zone, minutes, quality, source, wh)
    SELECT left(cups, 20), :channel, 'import', day, :zone, 30,
        CASE WHEN place % nullif(CAST(:estimated AS bigint), 0) = 1
            THEN 'estimated' ELSE 'actual' END,
        'drawn',
        CASE WHEN place % nullif(CAST(:missing AS bigint), 0) = 2
            THEN overlay(wh PLACING CAST('\\x00000080' AS bytea) FROM 1 FOR 4) ELSE wh END
    FROM (
        SELECT used.*,
            CASE WHEN day >= CAST(:odd_from AS date) THEN
                abs(hashint8extended(-number * 100000 - (day - DATE '2000-01-01'),
                    CAST(:seed AS bigint)) % 1000000) END AS place
        FROM used ORDER BY cups, day
    ) AS placed JOIN drawn_day USING (halves, pattern)
""")
# All of it was counted by the first register.
_INDEXES: Final = text("""
    WITH counted AS (
        SELECT cups, taken_on, sum(total) / 1000.0 AS kwh
        FROM used JOIN unnest(CAST(:days AS date[])) AS read (taken_on) ON day < taken_on
        GROUP BY cups, taken_on
    ), told AS (
        SELECT reading.ctid AS place, first.index_kwh + CASE reading.register
            WHEN :counting THEN coalesce(counted.kwh, 0) ELSE 0 END AS index_kwh
        FROM reading
        JOIN used ON used.cups = reading.cups AND used.day = CAST(:from_day AS date)
        JOIN reading AS first ON first.cups = reading.cups
            AND first.register = reading.register AND first.taken_on = CAST(:from_day AS date)
        LEFT JOIN counted
            ON counted.cups = reading.cups AND counted.taken_on = reading.taken_on
    )
    UPDATE reading SET index_kwh = told.index_kwh FROM told WHERE reading.ctid = told.place
""")
_USED: Final = text(f"CREATE TEMPORARY TABLE used ON COMMIT DROP AS {_DAYS}")
# Without figures of what was just filled the planner would look at all of it for each row.
_POOL_KNOWN: Final = text("ANALYZE drawn_day, supply, reading")
_USED_KEY: Final = text("CREATE INDEX ON used (cups, day)")
_USED_KNOWN: Final = text("ANALYZE used")
_CLEARED: Final = text("DROP TABLE used, drawn_day")


def fill_half_hours(
    connection: Connection, half_hours: HalfHours, given: Mapping[str, Any]
) -> None:
    """Add half-hours to the supplies of some numbers, and have their indexes tell the same."""
    days = given["days"]
    told = {
        **given,
        "channel": half_hours.channel,
        "patterns": half_hours.patterns,
        "estimated": half_hours.estimated_every,
        "missing": half_hours.missing_every,
        "odd_from": half_hours.odd_from,
        "from_day": days[0],
        "until_day": days[-1],
        "zone": "Europe/Madrid",
        "counting": given["registers"][0],
        "days": list(days),
    }
    pool, used = (_POOL, _POOL_KNOWN), (_USED, _USED_KEY, _USED_KNOWN)
    for statement in (*pool, *used, _INTERVALS, _INDEXES, _CLEARED):
        wanted = {name: told[name] for name in statement.compile().params}
        connection.execute(statement, wanted)
    connection.execute(text("ANALYZE interval_day"))
