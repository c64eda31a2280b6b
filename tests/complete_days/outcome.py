"""What became of every day of supply, counted twice: by the product, and by rows day by day."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import attrs
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.supply_days import PostgresSupplyDays
from energyretail.domain.billing import DayState
from energyretail.domain.markets import SPAIN
from supply_days import BILLED, NOT_DUE, PARKED, TWICE, UNEXPLAINED, count_days

__all__ = ["Outcome"]

_GRACE_DAYS: Final = 45
_ROWS: Final = {
    "supply": "SELECT contract || '/' || cups AS key, started_on, ended_on FROM supply",
    "invoice": """
        SELECT number AS key, kind AS document, contract, cups, cancelled_by,
            lower(period) AS "from", upper(period) AS "to" FROM invoice""",
    "reading": """
        SELECT cups || '/' || register || '/' || taken_on || '/' || version AS key
        FROM reading""",
    "work_item": "SELECT kind || '/' || key AS key, code FROM work_item",
}
# Six weeks from the end of supply to the document that reaches it.
_ENDED: Final = text("""
    SELECT count(*) AS ended, count(*) FILTER (WHERE EXISTS (
            SELECT FROM invoice WHERE invoice.contract = supply.contract
                AND invoice.cups = supply.cups AND kind <> 'credit_note' AND cancelled_by IS NULL
                AND upper(period) = ended_on AND issued_on <= ended_on + 42)) AS in_time
    FROM supply WHERE ended_on <= :today
""")
_MOVED: Final = text("""
    SELECT count(*) FROM (
        SELECT FROM supply GROUP BY left(cups, 20) HAVING count(*) > 1) AS point
""")
_ESTIMATED: Final = text("""
    SELECT count(DISTINCT left(cups, 20)) FROM reading
    WHERE quality = 'estimated' AND source <> 'drawn'
""")


@attrs.frozen(kw_only=True)
class Outcome:
    """How many days have each fate; `differing` is how far the product's own count is from it.

    Of the supplies that `ended`, so many had their `final_in_42_days`; `moved` points have a
    second customer, and `estimated` ones had no reading when one was planned. `reasons` is how
    many codes there are on the work list of billing and of readings.
    """

    days: int
    billed: int
    parked: int
    not_due: int
    unexplained: int
    twice: int
    differing: int
    ended: int
    final_in_42_days: int
    moved: int
    estimated: int
    reasons: int

    @classmethod
    def of(cls, database: Database, *, today: date) -> Outcome:
        """Count what is in a database."""
        rows = _rows(database)
        found = count_days(rows, today=today)
        shown = PostgresSupplyDays(database, reading=SPAIN.reading).counts(
            today=today, grace_days=_GRACE_DAYS
        )
        pairs = [
            (BILLED, DayState.BILLED),
            (PARKED, DayState.PARKED),
            (NOT_DUE, DayState.NOT_DUE),
            (UNEXPLAINED, DayState.UNEXPLAINED),
        ]
        with database.engine.connect() as connection:
            ended = connection.execute(_ENDED, {"today": today}).one()
            moved = connection.scalar(_MOVED) or 0
            estimated = connection.scalar(_ESTIMATED) or 0
        items = rows["work_item"].items()
        return cls(
            days=found.total(),
            billed=found[BILLED],
            parked=found[PARKED],
            not_due=found[NOT_DUE],
            unexplained=found[UNEXPLAINED],
            twice=found[TWICE],
            differing=sum(abs(found[ours] - shown[theirs]) for ours, theirs in pairs),
            ended=ended.ended,
            final_in_42_days=ended.in_time,
            moved=moved,
            estimated=estimated,
            reasons=len({item["code"] for _, item in items}),
        )

    @property
    def is_kept(self) -> bool:
        """Whether the promise is, of a portfolio in which everything it is about happened."""
        happened = (self.billed, self.parked, self.not_due, self.ended, self.moved, self.estimated)
        return (
            all(happened)
            and not (self.unexplained or self.twice or self.differing)
            and self.final_in_42_days == self.ended
        )

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in attrs.asdict(self).items())


def _rows(database: Database) -> dict[str, dict[str, Any]]:
    """Return rows as the canonical state has them, of them what the fate of days goes by."""
    found: dict[str, dict[str, Any]] = {}
    with database.engine.connect() as connection:
        for kind, sql in _ROWS.items():
            found[kind] = {
                row.key: {name: _told(value) for name, value in row._mapping.items()}
                for row in connection.execute(text(sql))
            }
    return found


def _told(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value
