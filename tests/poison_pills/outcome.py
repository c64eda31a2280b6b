"""What came of the pills, counted by plain SQL: no line of the product is asked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final

import attrs
import psycopg

__all__ = ["Outcome", "counted"]

_DOCS: Final = Path(__file__).parents[2]
_TRIES_MOST: Final = 8
_DOCUMENTS_A_DAY: Final = 15
_COUNTS: Final = {
    "billed": "SELECT count(*) FROM invoice WHERE kind = 'invoice'",
    "pills": "SELECT count(*) FROM pill",
    "parked": """
        SELECT count(*) FROM pill WHERE EXISTS (
            SELECT FROM work_item WHERE work_item.kind = 'billing' AND code <> '' AND text <> ''
                AND starts_with(work_item.key, pill.key || '/'))""",
    "parked_others": """
        SELECT count(*) FROM work_item WHERE NOT EXISTS (
            SELECT FROM pill WHERE starts_with(work_item.key, pill.key || '/'))""",
    "tries_max": """
        SELECT coalesce(max(tries), 0) FROM (
            SELECT count(*) AS tries FROM pill_tried GROUP BY key) AS tried""",
}
_WAYS: Final = "SELECT way_out FROM work_item WHERE kind = 'billing'"
_STILL_PARKED: Final = "SELECT count(*) FROM work_item WHERE kind = 'billing'"
_LOOP: Final = """
    SELECT count(*) FROM invoice
    WHERE (contract, lower(period)) = (
        SELECT contract, lower(period) FROM invoice ORDER BY contract LIMIT 1)"""
_LOOP_PARKED: Final = """
    SELECT count(*) FROM work_item
    WHERE kind = 'billing_correction' AND code = 'billing.too_many_items'"""

_Connection = psycopg.Connection[tuple[Any, ...]]


def counted(connection: _Connection) -> dict[str, int]:
    """Count what is in a database while the pills are in it."""
    found = {name: _count(connection, sql) for name, sql in _COUNTS.items()}
    ways = [way for (way,) in connection.execute(_WAYS)]
    return found | {"with_runbook": sum(map(_leads_somewhere, ways))}


@attrs.frozen(kw_only=True)
class Outcome:
    """What was found with the pills, and without them.

    Every pill is `parked` with a reason, of them `with_runbook` under a way out that leads to a
    heading of a page; `freed` were billed once they were mended, `still_parked` are left. A
    supply corrected without end has `loop_documents`, and `loop_parked` items.
    """

    pills: int
    billed: int
    parked: int
    parked_others: int
    tries_max: int
    with_runbook: int
    freed: int
    still_parked: int
    loop_documents: int
    loop_parked: int

    @classmethod
    def of(cls, connection: _Connection, poisoned: dict[str, int]) -> Outcome:
        """Count what is left, beside what was found while the pills were there."""
        billed = _count(connection, _COUNTS["billed"])
        return cls(
            **poisoned,
            freed=billed - poisoned["billed"],
            still_parked=_count(
                connection, "SELECT count(*) FROM work_item WHERE kind = 'billing'"
            ),
            loop_documents=_count(connection, _LOOP),
            loop_parked=_count(connection, _LOOP_PARKED),
        )

    def is_kept(self, *, supplies: int) -> bool:
        """Tell whether the promise is, of so many supplies."""
        return (
            self.billed == supplies - self.pills
            and self.parked == self.with_runbook == self.freed == self.pills
            and not self.parked_others
            and not self.still_parked
            and 0 < self.tries_max <= _TRIES_MOST
            and self.loop_documents == _DOCUMENTS_A_DAY
            and self.loop_parked == 1
        )

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in attrs.asdict(self).items())


def _count(connection: _Connection, sql: str) -> int:
    row = connection.execute(sql).fetchone()  # type: ignore[call-overload]  # text of this file
    return int(row[0])


def _leads_somewhere(way_out: str) -> bool:
    """Tell whether a text names a page of the documentation, and a heading that is on it."""
    named = re.search(r"(docs/[\w/-]+\.md)#(\w+)", way_out)
    if named is None:
        return False
    page = (_DOCS / named[1]).read_text("utf-8")
    return re.search(rf"^## {named[2]}$", page, re.MULTILINE) is not None
