"""What a retailer wants to see of its company, counted by the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import text

from energyretail.adapters.postgres.database import Database

__all__ = ["PostgresFigures"]

_COUNTS: Final[Mapping[str, str]] = {
    "quotes": "SELECT count(*) FROM quote",
    "contracts_accepted": "SELECT count(*) FROM contract",
    "contracts_signed": "SELECT count(*) FROM contract WHERE signed_on IS NOT NULL",
    "contracts_active": "SELECT count(*) FROM contract WHERE state = 'active'",
    "supplies_active": "SELECT count(*) FROM supply WHERE state = 'active'",
    "invoices_issued": "SELECT count(*) FROM invoice",
    # Bills, and the advances that no bill has taken off; less what waits for the next plan.
    "invoiced_cents": """
        SELECT coalesce((SELECT sum(gross_cents) FROM invoice), 0)
            + coalesce((SELECT sum(gross_cents) FROM advance), 0)
            - coalesce((SELECT sum(gross_cents) FROM deduction WHERE kind = 'advance'), 0)
            - coalesce((SELECT sum(amount_cents) FROM posting WHERE account = 'carried'), 0)""",
    "credited_cents": """
        SELECT coalesce(-sum(amount_cents), 0) FROM posting JOIN entry ON entry.id = entry_id
        WHERE account = 'receivable' AND entry.key LIKE 'bank:%' AND amount_cents < 0""",
    "returned_cents": """
        SELECT coalesce(sum(amount_cents), 0) FROM posting JOIN entry ON entry.id = entry_id
        WHERE account = 'receivable' AND entry.key LIKE 'bank:%' AND amount_cents > 0""",
    "open_cents": "SELECT coalesce(sum(amount_cents), 0) FROM posting WHERE account = 'receivable'",
    "ledger_imbalance_cents": "SELECT coalesce(sum(amount_cents), 0) FROM posting",
    "estimates": "SELECT count(DISTINCT (cups, taken_on)) FROM reading WHERE quality = 'estimated'",
    "estimates_replaced": """
        SELECT count(DISTINCT (old.cups, old.taken_on)) FROM reading AS old JOIN reading AS new
            USING (cups, register, taken_on)
        WHERE old.quality = 'estimated' AND new.quality = 'actual' AND new.version > old.version""",
    "erp_postings": """
        SELECT count(*) FROM outbox WHERE channel = 'erp' AND kind = 'entry' AND state = 'sent'""",
    "mails_sent": "SELECT count(*) FROM outbox WHERE channel = 'mail' AND state = 'sent'",
    "parked": "SELECT count(*) FROM outbox WHERE state = 'parked'",
    "work_items": "SELECT count(*) FROM work_item",
}

_GROUPS: Final[Mapping[str, str]] = {
    "contracts": "SELECT state AS name, count(*) FROM contract GROUP BY state",
    "switches": "SELECT state AS name, count(*) FROM switch GROUP BY state",
    "rejections": """
        SELECT code AS name, count(*) FROM work_item
        WHERE kind = 'switch' AND code LIKE 'switching.rejected.%' GROUP BY code""",
    "documents": "SELECT kind AS name, count(*) FROM invoice GROUP BY kind",
    "returns": """
        SELECT reason AS name, count(*) FROM collection WHERE reason IS NOT NULL GROUP BY reason""",
    "energy_kwh": """
        SELECT register AS name, round(sum(
                CASE WHEN kwh < 0 THEN kwh + 1000000 ELSE kwh END))::bigint AS count
        FROM (
            SELECT first.register, last.index_kwh - first.index_kwh AS kwh
            FROM invoice JOIN invoice_reading AS first ON first.invoice_id = invoice.id
                AND first.taken_on = lower(period)
            JOIN invoice_reading AS last ON last.invoice_id = invoice.id
                AND last.taken_on = upper(period) AND last.register = first.register
            WHERE kind <> 'credit_note' AND cancelled_by IS NULL) AS used
        GROUP BY register""",
    "work_list": "SELECT kind || ' ' || code AS name, count(*) FROM work_item GROUP BY kind, code",
}


class PostgresFigures:
    """Counts the company."""

    def __init__(self, database: Database):
        self._database = database

    def figures(self) -> dict[str, Any]:
        """Return every figure by name: counts, amounts in cents, and groups of counts."""
        with self._database.engine.connect() as connection:
            counts = {name: int(connection.scalar(text(sql)) or 0) for name, sql in _COUNTS.items()}
            groups = {
                name: {row.name: row.count for row in connection.execute(text(f"{sql} ORDER BY 1"))}
                for name, sql in _GROUPS.items()
            }
        return counts | groups
