"""Intervals of supplies that are billed alike: found as they are kept, read into arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.usage_facts import MISSING, IntervalDay, measured_of
from energyretail.application.billing import ToldAlike
from energyretail.domain.pricing import Usage

__all__ = ["KNOWN_INTERVALS", "TOLD", "TOLD_PLAINLY", "intervals_of", "known_usage", "told_alike"]

# What was told of a supply that has `started`, up to the day `read.last_day`: the number of the
# newest, and what its intervals have in common with those of others. The newest may be one of
# later days: the bill knew it too.
TOLD: Final = """
    SELECT
        (SELECT coalesce(max(number), 0) FROM interval_day
            WHERE point = left(started.cups, 20) AND day >= bill_from
                AND day < greatest(CAST(:today AS date), bill_from + 1)) AS seen,
        count(*) AS days, count(DISTINCT channel) AS channels,
        bool_or(flow <> 'import') IS TRUE AS fed_in,
        md5(string_agg(CAST(ROW(channel, day, zone, minutes, quality, source, length(wh)) AS text),
            '' ORDER BY channel COLLATE "C", day)) AS series
    FROM (
        SELECT DISTINCT ON (day, channel) * FROM interval_day
        WHERE point = left(started.cups, 20) AND day >= bill_from AND day < read.last_day
        ORDER BY day, channel, number DESC
    ) AS kept
"""
TOLD_PLAINLY: Final = """
    NOT told.fed_in AND told.days = told.channels * (read.last_day - bill_from)
"""

_ROWS: Final = """
    SELECT place, channel, string_agg(wh, ''::bytea ORDER BY day)
    FROM unnest(%s::bigint[], %s::text[], %s::date[], %s::date[], %s::bigint[])
        AS wanted (place, point, starts, ends, seen)
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (day, channel) day, channel, wh FROM interval_day
        WHERE point = wanted.point AND day >= starts AND day < ends AND number <= seen
        ORDER BY day, channel, number DESC
    ) AS kept
    GROUP BY place, channel
"""

# The intervals a document saw: none that was told later, and none is ever taken back.
KNOWN_INTERVALS: Final = """
    SELECT coalesce(jsonb_agg(jsonb_build_array(channel, flow, day, zone, minutes, quality, source,
        encode(wh, 'hex'), number) ORDER BY channel COLLATE "C", day), '[]')
    FROM (
        SELECT DISTINCT ON (day, channel) * FROM interval_day
        WHERE invoice.form_id IS NOT NULL AND invoice.measured_seen > 0
            AND point = left(invoice.cups, 20) AND number <= invoice.measured_seen
            AND day >= lower(invoice.period) AND day < upper(invoice.period)
        ORDER BY day, channel, number DESC
    ) AS kept
"""

_Channels = Mapping[str, NDArray[np.int32]]


def intervals_of(database: Database, rows: Sequence[Row[Any]]) -> Mapping[int, _Channels]:
    """Return the intervals of groups of supplies by channel, by one query whatever their number.

    A group is named by the place of its first supply. A row is read as it comes into the array of
    its group, so that no more than one of them is held beside the arrays.
    """
    told = [row for row in rows if row.series is not None]
    wanted = [
        (place, cups[:20], row.bill_from, row.last_day, seen)
        for row in told
        for place, cups, seen in zip(row.places, row.cups, row.seen, strict=True)
    ]
    at = {place: (row.places[0], n) for row in told for n, place in enumerate(row.places)}
    counts = {row.places[0]: len(row.places) for row in told}
    arrays: dict[int, dict[str, NDArray[np.int32]]] = {group: {} for group in counts}
    with database.reading() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # the connection is open
        with driver.cursor() as cursor:
            columns = [list(column) for column in zip(*wanted, strict=True)]
            for place, channel, sent in (
                cursor.stream(_ROWS, columns, binary=True) if wanted else ()
            ):
                found = np.frombuffer(sent, "<i4")
                group, n = at[place]
                if channel not in arrays[group]:
                    shape = counts[group], len(found)
                    arrays[group][channel] = np.full(shape, MISSING, np.int32)
                arrays[group][channel][n] = found
    return arrays


def told_alike(row: Row[Any], arrays: _Channels) -> tuple[ToldAlike | None, NDArray[np.bool_]]:
    """Return what was told of a group, and which of its supplies have no interval missing."""
    whole = np.ones(len(row.places), dtype=np.bool_)
    if not any(row.seen):
        return None, whole
    for each in arrays.values():
        whole &= each.min(axis=1) > MISSING
    if not whole.all():
        arrays = {name: each[whole] for name, each in arrays.items()}
    return ToldAlike(np.array(row.seen, np.int64)[whole], arrays), whole


def known_usage(found: Sequence[Sequence[Any]]) -> Usage:
    """Return the intervals that `KNOWN_INTERVALS` tells."""
    days = (
        IntervalDay(
            channel=channel,
            flow=flow,
            day=date.fromisoformat(day),
            zone=zone,
            minutes=minutes,
            quality=quality,
            source=source,
            wh=bytes.fromhex(wh),
            number=number,
        )
        for channel, flow, day, zone, minutes, quality, source, wh, number in found
    )
    return measured_of((), days).usage
