"""Intervals of supplies that are billed alike: found as they are kept, read into arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, text

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.usage_facts import IntervalDay, measured_of
from energyretail.application.billing import NO_VALUE, ToldAlike
from energyretail.domain.pricing import Usage

__all__ = ["KNOWN_INTERVALS", "ToldGroups", "known_usage", "told_beside"]

_AT_ONCE: Final = 50
"""So many supplies come over the connection at once."""
_POSTGRES_EPOCH: Final = date(2000, 1, 1)
# The series of energy taken that was told last is the usual one, as companies sell in one market;
# where only energy fed in was told that is, and where nothing was there is none.
_LAST: Final = """
    SELECT {place} AS place, channel, zone, minutes FROM interval_day
    WHERE number <= :upto{only} ORDER BY number DESC LIMIT 1
"""
_USUAL: Final = text(f"""
    SELECT channel, zone, minutes FROM (
        ({_LAST.format(place=1, only=" AND flow = 'import'")})
        UNION ALL ({_LAST.format(place=2, only="")})
    ) AS last ORDER BY place LIMIT 1
""")

# The supplies that are asked for, by place, and the days of each: those from the one it is billed
# from to the last one billed, and up to `until`.
_ASKED: Final = """
    unnest(%(places)b::int[], %(points)b::text[], %(spans)b::int[]) AS asked (place, point, span)
    CROSS JOIN LATERAL (SELECT (%(starts)b::date[])[span] AS starts,
        (%(ends)b::date[])[span] AS ends, (%(untils)b::date[])[span] AS until) AS days
"""
# What was told of supplies, as it mostly is: of the usual series, each of the days billed once and
# in order, which is no truth where none of them was told. Who is not told of so is asked for again.
# All is read in the order of the index, so that nothing is sorted.
_TOLD_ONCE: Final = f"""
    SELECT place, seen, is_usual, is_whole, odd, estimated,
        CASE WHEN is_usual AND is_whole THEN wh END AS wh
    FROM {_ASKED} CROSS JOIN LATERAL (
        SELECT max(number) AS seen,
            bool_and(channel = %(channel)b AND flow = 'import' AND zone = %(zone)b
                AND minutes = %(minutes)b) AS is_usual,
            string_agg(date_send(day), ''::bytea) FILTER (WHERE billed)
                = (%(sent_days)b::bytea[])[span] AS is_whole,
            string_agg(int4send(day - starts) || int4send(length(wh)), ''::bytea)
                FILTER (WHERE billed AND length(wh) <> %(length)b) AS odd,
            string_agg(int4send(day - starts), ''::bytea)
                FILTER (WHERE billed AND quality <> 'actual') AS estimated,
            string_agg(wh, ''::bytea) FILTER (WHERE billed) AS wh
        FROM (
            SELECT channel COLLATE "C" AS channel, day, day < ends AS billed, flow,
                zone COLLATE "C" AS zone, minutes, quality, wh, number
            FROM interval_day
            WHERE point = asked.point AND day >= starts AND day < until AND number <= %(upto)b
            ORDER BY day, interval_day.channel, interval_day.flow, number
        ) AS kept
    ) AS told WHERE seen IS NOT NULL
"""
# What was told of any supply from the day it is billed from, by channel: whether its days up to
# the last one billed are all there and of one sort, what these have in common with those of other
# supplies, which of them are estimates, and the Wh of all in a row. The newest may be one of later
# days: the bill knew it too. The index has them by point and day, so that each is read once.
_TOLD: Final = f"""
    SELECT place, told.* FROM {_ASKED} CROSS JOIN LATERAL (
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
                WHERE point = asked.point AND day >= starts AND day < until AND number <= %(upto)b
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

# A channel, its Wh and which of its days are estimates.
_Told = tuple[str, bytes, bytes | None]


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
    """Return what was told of the supplies of rows, `upto` a number, by a query for all of them.

    Those few of which more was told than a series, each day once, are asked for again. What is
    sent is read as it comes into the arrays of its group, so that no more than a few supplies are
    held beside the arrays.
    """
    groups = [_Groups(row) for row in rows]
    with database.reading() as connection:
        usual = connection.execute(_USUAL, {"upto": upto}).one_or_none()
        if rows and usual is not None:
            _fill(groups, _Asking(connection, rows, usual, today, upto))
    return [each.told() for each in groups]


def _fill(groups: Sequence[_Groups], asking: _Asking) -> None:
    every = [(n, at) for n, row in enumerate(asking.rows) for at in range(len(row.places))]
    channel, again = asking.usual.channel, []
    for place, seen, is_usual, is_whole, odd, estimated, wh in asking.of(_TOLD_ONCE, every):
        n, at = every[place]
        if is_whole is None:
            groups[n].add(at, seen, None)
        elif is_usual and is_whole:
            groups[n].add(at, seen, asking.sort(odd), [(channel, wh, estimated)])
        else:
            again.append((n, at))
    for place, seen, whole, sort, channels, estimates, all_wh in asking.of(_TOLD, again):
        n, at = again[place]
        if whole is False:
            groups[n].leave(at)
        else:
            told = zip(channels or (), all_wh or (), estimates or (), strict=True)
            groups[n].add(at, seen, sort, list(told))


@attrs.frozen(eq=False)
class _Asking:
    """Asks for what was told of supplies of rows, by row and place in it, up to a number."""

    connection: Connection
    rows: Sequence[Row[Any]]
    usual: Row[Any]
    today: date
    upto: int

    def of(self, told: str, asked: Sequence[tuple[int, int]]) -> Iterator[tuple[Any, ...]]:
        """Yield what a query returns, by place among those that are asked for."""
        if not asked:
            return
        given = {
            "places": list(range(len(asked))),
            "points": [self.rows[n].cups[at][:20] for n, at in asked],
            "spans": [n + 1 for n, _ in asked],
            "starts": [row.bill_from for row in self.rows],
            "ends": [row.last_day for row in self.rows],
            "untils": [max(self.today, row.bill_from + timedelta(days=1)) for row in self.rows],
            "sent_days": [_sent(row.bill_from, row.last_day) for row in self.rows],
            "upto": self.upto,
            "length": 4 * 24 * 60 // self.usual.minutes,
            **self.usual._mapping,
        }
        driver = self.connection.connection.driver_connection
        assert driver is not None  # the connection is open
        with driver.cursor() as cursor:
            yield from cursor.stream(told, given, binary=True, size=_AT_ONCE)

    def sort(self, odd: bytes | None) -> str:
        """Return how the general query calls the usual series, `odd` the lengths of some days."""
        usual = f"{self.usual.channel} {self.usual.zone} {self.usual.minutes}"
        return f"{usual} {odd.hex()}" if odd else usual


def _sent(start: date, end: date) -> bytes:
    """Return the days from a day to the one before another, as the database sends them."""
    first, last = ((day - _POSTGRES_EPOCH).days for day in (start, end))
    return np.arange(first, last, dtype=">i4").tobytes()


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

    def add(self, at: int, seen: int, sort: str | None, told: Sequence[_Told] = ()) -> None:
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
    """Supplies told alike: the arrays of their channels, as they fill."""

    def __init__(self, most: int, days: int):
        self._most = most
        self._days = days
        self._at: list[int] = []
        self._seen: list[int] = []
        self._channels: dict[str, _Channel] = {}

    def add(self, at: int, seen: int, told: Sequence[_Told] = ()) -> None:
        self._at.append(at)
        self._seen.append(seen)
        for name, wh, estimated in told:
            if name not in self._channels:
                self._channels[name] = _Channel(self._most, self._days, len(wh) // 4)
            self._channels[name].add(wh, estimated)

    def told(self) -> tuple[ToldAlike | None, Sequence[int]]:
        """Return what was told, and of which: in their order."""
        order: Any = np.argsort(self._at)
        at = [self._at[n] for n in order]
        if not any(self._seen):
            return None, at
        if at == self._at:  # as they mostly come: nothing is copied
            order = slice(0, len(at))
        for channel in self._channels.values():
            channel.fill()
        told = ToldAlike(
            seen=np.array(self._seen, np.int64)[order],
            intervals={name: each.wh[order] for name, each in self._channels.items()},
            lacking={name: each.lacking[order] for name, each in self._channels.items()},
            estimated={name: each.estimated[order] for name, each in self._channels.items()},
        )
        return told, at


class _Channel:
    """The arrays of a channel of up to `most` supplies; some at a time are put into them."""

    def __init__(self, most: int, days: int, intervals: int):
        self.wh: NDArray[np.int32] = np.empty((most, intervals), np.int32)
        self.lacking: NDArray[np.bool_] = np.zeros(most, np.bool_)
        self.estimated: NDArray[np.bool_] = np.zeros((most, days), np.bool_)
        self._filled = 0
        self._waiting: list[bytes] = []

    def add(self, wh: bytes, estimated: bytes | None) -> None:
        if estimated:
            at = self._filled + len(self._waiting)
            self.estimated[at, np.frombuffer(estimated, ">i4")] = True
        self._waiting.append(wh)
        if len(self._waiting) == _AT_ONCE:
            self.fill()

    def fill(self) -> None:
        """Put what waits into the arrays."""
        end = self._filled + len(self._waiting)
        some = self.wh[self._filled : end]
        some[...] = np.frombuffer(b"".join(self._waiting), "<i4").reshape(some.shape)
        self.lacking[self._filled : end] = some.min(axis=1, initial=0) == NO_VALUE
        self._filled = end
        self._waiting.clear()


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
