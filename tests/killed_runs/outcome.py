"""What a bill run left behind, counted by plain SQL: no line of the product is asked."""

from __future__ import annotations

from typing import Any

import attrs
import psycopg

__all__ = ["Outcome"]

_COUNTS = {
    "billed": "SELECT count(*) FROM invoice",
    # Neither billed, nor on the list of somebody who has to look at it.
    "lost": """
        SELECT count(*) FROM supply WHERE NOT EXISTS (
            SELECT FROM invoice WHERE (contract, cups) = (supply.contract, supply.cups)
        ) AND NOT EXISTS (
            SELECT FROM work_item WHERE starts_with(key, supply.contract || '/' || supply.cups))""",
    # Documents that bill a day another one before it bills, whichever periods they state.
    "double": """
        SELECT count(*) FROM (
            SELECT lower(period) < max(upper(period)) OVER (
                PARTITION BY contract, cups ORDER BY lower(period), id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS again
            FROM invoice) AS document WHERE again""",
    "gaps": """
        SELECT coalesce(sum(coalesce(last - numbers, 0)
            + abs(coalesce(taken, 0) - coalesce(last, 0))), 0) FROM (
            SELECT split_part(number, '-', 1) AS series, count(DISTINCT number) AS numbers,
                max(split_part(number, '-', 2)::bigint) AS last
            FROM invoice GROUP BY 1
        ) AS given FULL JOIN (
            SELECT split_part(series, ':', 2) AS series, last AS taken FROM number_series
            WHERE series LIKE 'invoice:%'
        ) AS taken USING (series)""",
    "ledger_cents": "SELECT coalesce(sum(amount_cents), 0) FROM posting",
    "unbalanced": """
        SELECT count(*) FROM (SELECT FROM posting GROUP BY entry_id
            HAVING sum(amount_cents) <> 0) AS entry""",
    "not_owed": """
        SELECT (SELECT coalesce(sum(gross_cents), 0) FROM invoice)
            - (SELECT coalesce(sum(amount_cents), 0) FROM posting WHERE account = 'receivable')""",
    "not_told": """
        SELECT abs((SELECT count(*) FROM invoice)
            - (SELECT count(*) FROM outbox WHERE kind = 'invoice'))
            + abs((SELECT count(*) FROM entry)
            - (SELECT count(*) FROM outbox WHERE kind = 'entry'))""",
}


@attrs.frozen
class Outcome:
    """What was found: `billed` documents, and everything else should be zero."""

    billed: int
    lost: int
    double: int
    gaps: int
    ledger_cents: int
    unbalanced: int
    not_owed: int
    not_told: int

    @classmethod
    def of(cls, url: str) -> Outcome:
        """Count what is in a database."""
        found: dict[str, Any] = {}
        with psycopg.connect(url) as connection:
            for name, sql in _COUNTS.items():
                row = connection.execute(sql).fetchone()
                assert row is not None
                found[name] = int(row[0])
        return cls(**found)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is lost, double, missing or out of balance."""
        return not any(attrs.astuple(self)[1:])

    def is_whole(self, *, supplies: int) -> bool:
        """Tell whether that is so and each of so many supplies, all with one bill due, has it.

        What waits on the work list is not lost, but neither is it billed.
        """
        return self.is_sound and self.billed == supplies

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in attrs.asdict(self).items())
