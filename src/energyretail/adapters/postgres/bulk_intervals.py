"""Intervals of supplies that are billed alike: found as they are kept, read into arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.usage_facts import MISSING, IntervalDay, measured_of
from energyretail.application.billing import ToldAlike
from energyretail.domain.pricing import Usage

__all__ = ["IS_MEASURED", "KNOWN_INTERVALS", "ToldGroups", "known_usage", "told_beside"]

_AT_ONCE: Final = 50
"""So many supplies come over the connection at once."""
# Whether intervals of a supply that has `started` may be known to a bill of today.
IS_MEASURED: Final = """
    EXISTS (SELECT FROM interval_day WHERE point = left(started.cups, 20) AND day >= bill_from
        AND day < greatest(CAST(:today AS date), bill_from + 1) AND number <= :upto)
"""

# What was told of each supply from the day it is billed from, by channel: whether its days up to
# the last one billed are all there and of one sort, what these have in common with those of other
# supplies, which of them are estimates, and the Wh of all in a row. The newest may be one of later
# days, up to `until`: the bill knew it too. The index has them by point and day, so that each is
# read once.
_TOLD: Final = """
    SELECT place, told.* FROM
        unnest(%b::bigint[], %b::text[], %b::date[], %b::date[], %b::date[])
            AS wanted (place, point, starts, ends, until)
    CROSS JOIN LATERAL (
        SELECT max(seen) AS seen,
            bool_and(days = ends - starts AND is_plain) FILTER (WHERE days > 0) AS whole,
            string_agg(concat_ws(' ', channel, zone, minutes, encode(odd, 'hex')), ','
                ORDER BY channel) FILTER (WHERE days > 0) AS sort,
            array_agg(channel ORDER BY channel) FILTER (WHERE days > 0) AS channels,
            array_agg(estimated ORDER BY channel) FILTER (WHERE days > 0) AS estimated,
            array_agg(wh ORDER BY channel) FILTER (WHERE days > 0) AS wh
        FROM (
            SELECT channel, max(number) AS seen, count(*) FILTER (WHERE billed) AS days,
                min(zone) FILTER (WHERE billed) AS zone,
                min(minutes) FILTER (WHERE billed) AS minutes,
                bool_and(flow = 'import') FILTER (WHERE billed)
                    AND min(zone) FILTER (WHERE billed) = max(zone) FILTER (WHERE billed)
                    AND min(minutes) FILTER (WHERE billed) = max(minutes) FILTER (WHERE billed)
                    AS is_plain,
                string_agg(int4send(day - starts) || int4send(length(wh)), ''::bytea)
                    FILTER (WHERE billed AND length(wh) * minutes <> 4 * 24 * 60) AS odd,
                string_agg(int4send(day - starts), ''::bytea)
                    FILTER (WHERE billed AND quality <> 'actual') AS estimated,
                string_agg(wh, ''::bytea) FILTER (WHERE billed) AS wh
            FROM (
                SELECT DISTINCT ON (channel COLLATE "C", day) channel COLLATE "C" AS channel, day,
                    day < ends AS billed, flow, zone COLLATE "C" AS zone, minutes, quality, wh,
                    number
                FROM interval_day
                WHERE point = wanted.point AND day >= starts AND day < until AND number <= %b
                ORDER BY channel COLLATE "C", day, number DESC
            ) AS kept GROUP BY channel
        ) AS by_channel
    ) AS told
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

# The Wh of each channel, and which of its days are estimates.
_Told = Iterable[tuple[str, NDArray[np.int32], bytes | None]]


@attrs.frozen(eq=False)
class ToldGroups:
    """The supplies of a row of a page, by what was told of them: each by its place in the row.

    `alike` are those billed together and what was told of them, `others` those billed one by one.
    """

    alike: Sequence[tuple[ToldAlike | None, Sequence[int]]]
    others: Sequence[int]


def told_beside(
    database: Database, rows: Sequence[Row[Any]], *, today: date, upto: int
) -> Sequence[ToldGroups]:
    """Return what was told of the supplies of rows, `upto` a number, by one query for all of them.

    What is sent is read as it comes into the arrays of its group, so that no more than a few
    supplies are held beside the arrays.
    """
    asked = [
        (n, place)
        for n, row in enumerate(rows)
        for place, is_measured in enumerate(row.is_measured)
        if is_measured
    ]
    groups = [_Groups(row) for row in rows]
    for place, seen, whole, sort, channels, estimated, sent in _sent(
        database, rows, asked, today, upto
    ):
        n, of_row = asked[place]
        wh = [np.frombuffer(each, "<i4") for each in sent or ()]
        if whole is False or any(each.min() == MISSING for each in wh):
            groups[n].leave(of_row)
        else:
            told = zip(channels or (), wh, estimated or (), strict=True)
            groups[n].add(of_row, seen, sort, told)
    return [each.told() for each in groups]


def _sent(
    database: Database,
    rows: Sequence[Row[Any]],
    asked: Sequence[tuple[int, int]],
    today: date,
    upto: int,
) -> Iterator[tuple[Any, ...]]:
    if not asked:
        return
    spans = [
        (row.bill_from, row.last_day, max(today, row.bill_from + timedelta(days=1))) for row in rows
    ]
    wanted = [(rows[n].cups[place][:20], *spans[n]) for n, place in asked]
    columns = [list(range(len(wanted))), *map(list, zip(*wanted, strict=True))]
    with database.reading() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # the connection is open
        with driver.cursor() as cursor:
            yield from cursor.stream(_TOLD, [*columns, upto], binary=True, size=_AT_ONCE)


class _Groups:
    """The supplies of a row of a page, grouped as they are told of; most are of no intervals."""

    def __init__(self, row: Row[Any]):
        self._facts_seen = row.facts_seen
        self._days = (row.last_day - row.bill_from).days
        self._found: dict[str, _Group] = {}
        self._others: list[int] = []
        self._untold = dict.fromkeys(range(len(row.places)))

    def leave(self, at: int) -> None:
        """Have a supply billed one by one."""
        del self._untold[at]
        self._others.append(at)

    def add(self, at: int, seen: int, sort: str | None, told: _Told) -> None:
        """Put a supply to those that were told alike."""
        del self._untold[at]
        self._group(f"told {sort}").add(at, max(seen, self._facts_seen[at]), told)

    def told(self) -> ToldGroups:
        """Return all, those of no intervals too."""
        for at in self._untold:
            # What was told of later days alone is news of a bill that counts none of it.
            seen = self._facts_seen[at]
            self._group(f"told {None}" if seen else "").add(at, seen)
        return ToldGroups([group.told() for group in self._found.values()], self._others)

    def _group(self, key: str) -> _Group:
        if key not in self._found:
            self._found[key] = _Group(len(self._facts_seen), self._days)
        return self._found[key]


class _Group:
    """The arrays of supplies told alike, as they fill: none has an interval that is missing."""

    def __init__(self, most: int, days: int):
        self._most = most
        self._days = days
        self._at: list[int] = []
        self._seen: list[int] = []
        self._wh: dict[str, NDArray[np.int32]] = {}
        self._estimated: dict[str, NDArray[np.bool_]] = {}

    def add(self, at: int, seen: int, told: _Told = ()) -> None:
        n = len(self._at)
        self._at.append(at)
        self._seen.append(seen)
        for channel, wh, estimated in told:
            if channel not in self._wh:
                self._wh[channel] = np.empty((self._most, len(wh)), np.int32)
                self._estimated[channel] = np.zeros((self._most, self._days), np.bool_)
            self._wh[channel][n] = wh
            if estimated:
                self._estimated[channel][n, np.frombuffer(estimated, ">i4")] = True

    def told(self) -> tuple[ToldAlike | None, Sequence[int]]:
        """Return what was told, and of which: in their order."""
        order: Any = np.argsort(self._at)
        at = [self._at[n] for n in order]
        if not any(self._seen):
            return None, at
        if at == self._at:  # as they mostly come: nothing is copied
            order = slice(0, len(at))
        told = ToldAlike(
            seen=np.array(self._seen, np.int64)[order],
            intervals={name: wh[order] for name, wh in self._wh.items()},
            estimated={name: days[order] for name, days in self._estimated.items()},
        )
        return told, at


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
