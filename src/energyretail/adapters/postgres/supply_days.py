"""What became of every supply day, told by one set query over supplies, readings and bills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import text

from energyretail.adapters.postgres.billing_supplies import STARTED
from energyretail.adapters.postgres.database import Database
from energyretail.application.billing import SupplyDaySpan
from energyretail.domain.billing import DaySpan, DayState
from energyretail.domain.metering import ReadingRules
from energyretail.domain.shared import Period

__all__ = ["PostgresSupplyDays"]

# A day is read in full as in `domain.billing.boundaries`; where a tariff's registers are unknown
# (NULL) any reading will do, for its supply is to be parked. The days of a running instalment
# plan wait for its end, or that of the supply. A work item explains the unbilled
# days from the one in its key on, which wait for it; billed once, they need no explanation. What
# was never read is on the list of the readings, and explains all days from the first one on: the
# first day itself, or a later one where nothing was read in full since.
_SPANS = f"""
    SELECT started.contract, started.cups, span.state, span.reason,
        lower(span.days) AS starts, upper(span.days) AS ends,
        (started.key || '/' || lower(span.days)) COLLATE "C" AS span_key
    FROM ({STARTED}) AS started
    LEFT JOIN LATERAL (
        SELECT string_to_array(known.registers, ' ') AS registers
        FROM unnest(CAST(:tariffs AS text[]), CAST(:registers AS text[]))
            WITH ORDINALITY AS known (tariff, registers, position)
        WHERE starts_with(started.tariff, known.tariff) ORDER BY position LIMIT 1
    ) AS wanted ON true
    CROSS JOIN LATERAL (
        SELECT coalesce(max(taken_on), started.started_on) AS last_read FROM (
            SELECT taken_on FROM reading WHERE left(reading.cups, 20) = left(started.cups, 20)
                AND taken_on BETWEEN started.started_on AND started.bill_to
            GROUP BY taken_on
            HAVING coalesce(array_agg(register) @> wanted.registers, true)
        ) AS boundary
    ) AS boundaries
    CROSS JOIN LATERAL (
        SELECT greatest(boundaries.last_read, started.started_on,
            least(started.bill_to, :today - CAST(:grace_days AS int))) AS read_until
    ) AS due_by_reading
    CROSS JOIN LATERAL (
        SELECT greatest(started.started_on, least(due_by_reading.read_until, (
            SELECT min(lower(span)) FROM instalment_plan AS plan
            WHERE plan.contract = started.contract AND plan.settled_on IS NULL
                AND lower(span) < due_by_reading.read_until
                AND upper(span) > due_by_reading.read_until
                AND started.ended_on IS DISTINCT FROM due_by_reading.read_until
        ))) AS due_until
    ) AS due
    CROSS JOIN LATERAL (
        SELECT coalesce(range_agg(period), '{{}}') AS days FROM invoice
        WHERE invoice.contract = started.contract AND invoice.cups = started.cups
            AND kind <> 'credit_note' AND cancelled_by IS NULL
    ) AS billed
    CROSS JOIN LATERAL (
        SELECT 'billed' AS state, '' AS reason, unnest(
            billed.days * datemultirange(daterange(started.started_on, started.bill_to))) AS days
        UNION ALL
        SELECT 'not_due', '', unnest(
            datemultirange(daterange(due.due_until, started.bill_to)) - billed.days)
        UNION ALL
        SELECT CASE WHEN coalesce(item.code, unread.code) IS NULL THEN 'unexplained'
                ELSE 'parked' END,
            coalesce(item.code, unread.code, ''), gap
        FROM unnest(
            datemultirange(daterange(started.started_on, due.due_until)) - billed.days) AS gap
        LEFT JOIN work_item AS item ON item.kind = 'billing'
            AND item.key = started.key || '/' || to_char(lower(gap), 'YYYY-MM-DD')
        LEFT JOIN LATERAL (
            SELECT code FROM work_item
            WHERE kind = 'reading_missing' AND lower(gap) = started.started_on
                AND left(work_item.key, 20) = left(started.cups, 20)
                AND (right(work_item.key, 10) = to_char(started.started_on, 'YYYY-MM-DD')
                    OR right(work_item.key, 10) > to_char(started.started_on, 'YYYY-MM-DD')
                    AND boundaries.last_read = started.started_on)
            ORDER BY work_item.key COLLATE "C" LIMIT 1
        ) AS unread ON item.code IS NULL
    ) AS span
"""
_COUNTS = text(f"""
    SELECT state, sum(ends - starts)::bigint AS days FROM ({_SPANS}) AS spans GROUP BY state
""")
_PAGE = text(f"""
    SELECT * FROM ({_SPANS}) AS spans WHERE state = :state AND span_key > :after
    ORDER BY span_key LIMIT :limit
""")


class PostgresSupplyDays:
    """Implements the SupplyDays port; `reading` names the registers of every access tariff."""

    def __init__(self, database: Database, *, reading: ReadingRules):
        self._database = database
        self._known = {
            "tariffs": [tariff for tariff, _ in reading.registers],
            "registers": [" ".join(names) for _, names in reading.registers],
        }

    def counts(self, *, today: date, grace_days: int) -> Mapping[DayState, int]:
        """Return how many days are in each state."""
        given = {**self._known, "today": today, "grace_days": grace_days}
        with self._database.reading() as connection:
            found = {DayState(row.state): row.days for row in connection.execute(_COUNTS, given)}
        return dict.fromkeys(DayState, 0) | found

    def spans(
        self, *, state: DayState, today: date, grace_days: int, after: str, limit: int
    ) -> tuple[SupplyDaySpan, ...]:
        """Return spans of one state."""
        given = {
            **self._known,
            "today": today,
            "grace_days": grace_days,
            "state": state.value,
            "after": after,
            "limit": limit,
        }
        with self._database.reading() as connection:
            return tuple(
                SupplyDaySpan(
                    row.contract,
                    row.cups,
                    DaySpan(Period(row.starts, row.ends), DayState(row.state), row.reason),
                )
                for row in connection.execute(_PAGE, given)
            )
