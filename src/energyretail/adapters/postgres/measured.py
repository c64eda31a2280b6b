"""What is measured, published and offered, as rows; each book a handful of statements a call."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.clashes import clash_of
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.shared.figure_rows import (
    FigureRow,
    figures_of,
    refuse_other_sort,
    rows_of,
    with_days_changed,
)
from energyretail.adapters.shared.usage_facts import (
    IntervalDay,
    UsageFact,
    days_of,
    facts_of,
    measured_of,
)
from energyretail.application.billing import TariffDocument
from energyretail.application.shared import Page, page_of
from energyretail.domain.billing import Measured
from energyretail.domain.pricing import PublishedFigures, Tariff
from energyretail.domain.shared import Cups, Period

__all__ = ["UPTO", "PostgresFigureBook", "PostgresTariffBook", "PostgresUsageBook"]

# Whoever adds facts or figures goes alone until the end of the transaction: numbers are then
# seen in their order, and a bill that saw one has seen all the smaller ones.
_ALONE: Final = text("SELECT pg_advisory_xact_lock(hashtextextended('measured', 20260301))")

_TAKE_FACTS: Final = text("""
    INSERT INTO usage_fact (point, sort, name, days, body)
    SELECT :point, sort, name, daterange(starts, ends), body
    FROM unnest(CAST(:sorts AS text[]), CAST(:names AS text[]), CAST(:starts AS date[]),
        CAST(:ends AS date[]), CAST(:bodies AS text[]))
        WITH ORDINALITY AS given (sort, name, starts, ends, body, n)
    WHERE given.body IS DISTINCT FROM (
        SELECT fact.body FROM usage_fact AS fact
        WHERE fact.point = :point AND fact.sort = given.sort AND fact.name = given.name
            AND fact.days = daterange(starts, ends)
        ORDER BY number DESC LIMIT 1)
    ORDER BY n
""")

_TAKE_DAYS: Final = text("""
    INSERT INTO interval_day (point, channel, flow, day, zone, minutes, quality, source, wh)
    SELECT :point, channel, flow, day, zone, minutes, quality, source, wh
    FROM unnest(CAST(:channels AS text[]), CAST(:flows AS text[]), CAST(:days AS date[]),
        CAST(:zones AS text[]), CAST(:steps AS int[]), CAST(:qualities AS text[]),
        CAST(:sources AS text[]), CAST(:values AS bytea[]))
        WITH ORDINALITY AS given (channel, flow, day, zone, minutes, quality, source, wh, n)
    WHERE ROW(given.flow, given.zone, given.minutes, given.quality, given.source, given.wh)
        IS DISTINCT FROM (
            SELECT ROW(kept.flow, kept.zone, CAST(kept.minutes AS int), kept.quality, kept.source,
                kept.wh)
            FROM interval_day AS kept
            WHERE kept.point = :point AND kept.day = given.day AND kept.channel = given.channel
            ORDER BY number DESC LIMIT 1)
    ORDER BY n
""")

_WANTED: Final = """
    unnest(CAST(:points AS text[]), CAST(:starts AS date[]), CAST(:ends AS date[]))
        AS wanted (point, starts, ends)
"""
# Facts and days are read one after the other: neither must show what the other does not.
UPTO: Final = text("""
    SELECT coalesce(greatest((SELECT max(number) FROM usage_fact),
        (SELECT max(number) FROM interval_day)), 0)
""")
# A peak counts for long after its month: see LOOKS_BACK.
_FACTS: Final = text(f"""
    SELECT DISTINCT ON (fact.point, sort, name, days)
        fact.point, sort, name, lower(days) AS starts, upper(days) AS ends, body, number
    FROM {_WANTED} JOIN usage_fact AS fact USING (point)
    WHERE days && daterange(CASE sort WHEN 'peak' THEN starts - 400 ELSE starts END, ends)
        AND number <= :upto
    ORDER BY fact.point, sort, name, days, number DESC
""")
_DAYS: Final = text(f"""
    SELECT DISTINCT ON (kept.point, day, channel)
        kept.point, channel, flow, day, zone, minutes, quality, source, wh, number
    FROM {_WANTED} JOIN interval_day AS kept USING (point)
    WHERE day >= starts AND day < ends AND number <= :upto
    ORDER BY kept.point, day, channel, number DESC
""")

# An index kept by days and by intervals, as nobody can tell it any more, is the one told last.
_SORTS_TOLD_LAST: Final = """
    SELECT DISTINCT ON (name) sort, name FROM market_figure
    WHERE name = ANY(CAST(:names AS text[])) AND sort IN ('index', 'interval_index')
    ORDER BY name, number DESC
"""
_FIGURES: Final = text(f"""
    WITH told_last AS MATERIALIZED ({_SORTS_TOLD_LAST})
    SELECT kept.sort, name, lower(days) AS starts, upper(days) AS ends, body, number
    FROM market_figure AS kept LEFT JOIN told_last USING (name)
    WHERE name = ANY(CAST(:names AS text[]))
        AND (kept.sort NOT IN ('index', 'interval_index') OR kept.sort = told_last.sort)
        AND (kept.sort <> 'interval_index' OR days && daterange(:starts, :ends))
    ORDER BY number
""")
_KNOWN_INDICES: Final = text(_SORTS_TOLD_LAST)
_ADD_FIGURES: Final = text("""
    INSERT INTO market_figure (sort, name, days, body)
    SELECT sort, name, daterange(starts, ends), body
    FROM unnest(CAST(:sorts AS text[]), CAST(:names AS text[]), CAST(:starts AS date[]),
        CAST(:ends AS date[]), CAST(:bodies AS text[]))
        WITH ORDINALITY AS given (sort, name, starts, ends, body, n)
    ORDER BY n
""")

_DOCUMENT: Final = """
    SELECT code, version, CAST(document AS text) AS document, added_on
    FROM tariff_document AS kept WHERE version =
        (SELECT max(version) FROM tariff_document AS other WHERE other.code = kept.code)
"""
_CURRENT: Final = text(f"{_DOCUMENT} AND code = :code")
_PAGE: Final = text(
    f'{_DOCUMENT} AND code COLLATE "C" > :after ORDER BY code COLLATE "C" LIMIT :limit'
)
_ADD_DOCUMENT: Final = text("""
    INSERT INTO tariff_document (code, version, document, added_on)
    VALUES (:code, :version, CAST(:document AS jsonb), :added_on)
""")
_CLASHES: Final = {
    "tariff_document_once": ("billing.tariff.clash", "another document of the code came at once")
}
_ONE_DAY: Final = timedelta(days=1)


class PostgresUsageBook:
    """Implements the UsageBook port."""

    def __init__(self, database: Database):
        self._database = database

    def take(self, cups: Cups, told: Measured) -> int:
        """Keep what is new, by two statements whatever there is."""
        facts, days = list(facts_of(told)), list(days_of(told))
        connection = self._database.connection()
        connection.execute(_ALONE)
        return _take_facts(connection, cups, facts) + _take_days(connection, cups, days)

    def over(self, wanted: Mapping[Cups, Period]) -> Mapping[Cups, Measured]:
        """Return what is known of each point, by three queries whatever their number."""
        points = {cups: _point(cups) for cups in wanted}
        given: dict[str, Any] = {
            "points": list(points.values()),
            "starts": [span.start for span in wanted.values()],
            "ends": [span.until for span in wanted.values()],
        }
        facts: dict[str, list[UsageFact]] = {}
        days: dict[str, list[IntervalDay]] = {}
        with self._database.reading() as connection:
            given["upto"] = connection.execute(UPTO).scalar_one()
            for row in connection.execute(_FACTS, given):
                facts.setdefault(row.point, []).append(_fact_of(row))
            for point, *told in connection.execute(_DAYS, given):
                days.setdefault(point, []).append(IntervalDay(*told))
        return {
            cups: measured_of(facts.get(point, ()), days.get(point, ()))
            for cups, point in points.items()
        }


def _point(cups: Cups) -> str:
    return cups.value[:20]


def _take_facts(connection: Connection, cups: Cups, facts: Sequence[UsageFact]) -> int:
    if not facts:
        return 0
    given = {"point": _point(cups), **_columns(facts)}
    return connection.execute(_TAKE_FACTS, given).rowcount


def _columns(rows: Sequence[UsageFact | FigureRow]) -> dict[str, list[Any]]:
    return {
        "sorts": [row.sort for row in rows],
        "names": [row.name for row in rows],
        "starts": [row.days.start for row in rows],
        "ends": [row.days.end for row in rows],
        "bodies": [row.body for row in rows],
    }


def _take_days(connection: Connection, cups: Cups, days: Sequence[IntervalDay]) -> int:
    if not days:
        return 0
    given: dict[str, Any] = {
        "point": _point(cups),
        "channels": [each.channel for each in days],
        "flows": [each.flow for each in days],
        "days": [each.day for each in days],
        "zones": [each.zone for each in days],
        "steps": [each.minutes for each in days],
        "qualities": [each.quality for each in days],
        "sources": [each.source for each in days],
        "values": [each.wh for each in days],
    }
    return connection.execute(_TAKE_DAYS, given).rowcount


def _fact_of(row: Row[Any]) -> UsageFact:
    return UsageFact(row.sort, row.name, Period(row.starts, row.ends), row.body, row.number)


class PostgresFigureBook:
    """Implements the FigureBook port."""

    def __init__(self, database: Database):
        self._database = database

    def take(self, figures: PublishedFigures) -> int:
        """Keep what is new, by a handful of statements whatever there is."""
        told = list(rows_of(figures))
        if not told:
            return 0
        connection = self._database.connection()
        connection.execute(_ALONE)
        names = list({row.name for row in told})
        known = connection.execute(_KNOWN_INDICES, {"names": names})
        refuse_other_sort(told, {(row.sort, row.name) for row in known})
        span = Period(min(row.days.start for row in told), _last(told))
        current = {row.key: row for row in _rows(connection, names, span)}
        changed = (with_days_changed(row, current.get(row.key)) for row in told)
        news = [row for row in changed if row is not None]
        if news:
            connection.execute(_ADD_FIGURES, _columns(news))
        return len(news)

    def named(self, names: Collection[str], days: Period) -> PublishedFigures:
        """Return the figures of these names, by one query."""
        # Days of a market are not days of UTC.
        around = Period(days.start - _ONE_DAY, days.until + _ONE_DAY)
        with self._database.reading() as connection:
            return figures_of(_rows(connection, list(names), around))


def _last(rows: Sequence[FigureRow]) -> date | None:
    ends = [row.days.end for row in rows]
    return None if None in ends else max(end for end in ends if end is not None)


def _rows(connection: Connection, names: list[str], span: Period) -> list[FigureRow]:
    given = {"names": names, "starts": span.start, "ends": span.end}
    return [
        FigureRow(row.sort, row.name, Period(row.starts, row.ends), row.body, row.number)
        for row in connection.execute(_FIGURES, given)
    ]


class PostgresTariffBook:
    """Implements the TariffBook port; `read` reads a document of the tariff format."""

    def __init__(self, database: Database, read: Callable[[object], Tariff]):
        self._database = database

        @lru_cache(maxsize=1000)
        def parsed(document: str) -> Tariff:
            return read(json.loads(document))

        self._parsed = parsed

    def add(self, document: TariffDocument) -> int:
        """Keep a document as the next version of its code."""
        code = document.tariff.code
        before = self.current(code)
        if before is not None and before.document == document.document:
            return before.version
        version = before.version + 1 if before else 1
        given = {
            "code": code,
            "version": version,
            "document": json.dumps(document.document),
            "added_on": document.added_on,
        }
        try:
            self._database.connection().execute(_ADD_DOCUMENT, given)
        except IntegrityError as error:
            raise clash_of(error, _CLASHES) from error
        return version

    def current(self, code: str) -> TariffDocument | None:
        """Return the newest document of a code."""
        with self._database.reading() as connection:
            row = connection.execute(_CURRENT, {"code": code}).one_or_none()
        return None if row is None else self._document(row)

    def page(self, *, after: str, limit: int) -> Page[TariffDocument]:
        """Return the newest document of codes beyond `after`."""
        with self._database.reading() as connection:
            rows = connection.execute(_PAGE, {"after": after, "limit": limit + 1}).all()
        return page_of(map(self._document, rows), limit=limit, key=lambda each: each.tariff.code)

    def _document(self, row: Row[Any]) -> TariffDocument:
        tariff = self._parsed(row.document)
        return TariffDocument(tariff, json.loads(row.document), row.added_on, row.version)
