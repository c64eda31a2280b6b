"""What a demo leaves behind: figures, the canonical state, and files to look at."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.document_checks import PostgresDocumentChecks
from energyretail.adapters.postgres.figures import PostgresFigures
from energyretail.adapters.postgres.state_export import canonical, state_rows, write_state
from energyretail.application.documents import BillsToMail, InvoicePages
from energyretail.application.erp import ErpEntry, every_entry
from energyretail.domain.billing import DayState
from energyretail.entrypoints.container import Container

__all__ = ["results_of"]

_READING_GRACE_DAYS = 45
_PAGES_AT_ONCE = 200


def results_of(container: Container, out: Path, *, erp_state_url: str) -> dict[str, Any]:
    """Write everything there is to see below `out` and return the figures.

    `erp_state_url` is where the ERP itself tells what it holds, past every adapter of ours.
    """
    database: Database = container.database()
    figures = PostgresFigures(database).figures()
    entries = tuple(every_entry(container.erp()))
    figures["collected_cents"] = figures.pop("credited_cents") - figures["returned_cents"]
    days = container.supply_days().counts(
        today=container.clock().today(), grace_days=_READING_GRACE_DAYS
    )
    figures["supply_days"] = {state.value: days[state] for state in DayState}
    figures["unexplained_supply_days"] = days[DayState.UNEXPLAINED]
    figures["document_problems"] = len(PostgresDocumentChecks(database).problems())
    figures["erp_postings"] = len(entries)
    figures["payment_files"] = _write_all(out / "payment_files", _payment_files(database))
    figures["bank_files"] = _write_all(out / "bank_files", _bank_files(database))
    figures["registry_messages"] = _write_all(
        out / "registry_messages", _registry_messages(container, database)
    )
    figures["meter_files"] = _write_all(out / "meter_files", _meter_files(database))
    figures["invoice_files"] = _write_all(out / "invoices", _invoices(container, database))
    _write_json(out / "open_items.json", _open_items(container))
    _write_json(out / "erp_state.json", httpx.get(erp_state_url).raise_for_status().json())
    figures["state_sha256"] = write_state(_state(database, entries), out / "state.jsonl")
    return figures


def _state(database: Database, entries: Iterable[ErpEntry]) -> Iterator[str]:
    rows = [*state_rows(database), *(_erp_row(entry) for entry in entries)]
    return iter(sorted(rows, key=_natural_key))


def _natural_key(line: str) -> tuple[str, str]:
    row = json.loads(line)
    return row["kind"], row["key"]


def _erp_row(entry: ErpEntry) -> str:
    postings = [
        [each.account, each.cents, each.currency, each.customer, each.item]
        for each in entry.postings
    ]
    facts = {"day": entry.day.isoformat(), "text": entry.text, "postings": postings}
    return canonical("erp_entry", entry.key, facts)


def _write_all(folder: Path, files: Iterable[tuple[str, bytes]]) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, content in files:
        path = folder / name
        path.write_bytes(content)
        written.append(str(path))
    return written


def _write_json(file: Path, content: Any) -> None:
    file.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")


def _open_items(container: Container) -> list[dict[str, Any]]:
    return [
        {
            "item": each.item,
            "customer": each.customer,
            "due_on": each.due_on.isoformat(),
            "open_cents": each.open.cents,
            "currency": each.open.currency,
        }
        for each in container.ledger_rows().open_items()
    ]


def _payment_files(database: Database) -> Iterator[tuple[str, bytes]]:
    with database.engine.connect() as connection:
        sql = 'SELECT file_name, content FROM payment_file ORDER BY msg_id COLLATE "C"'
        for row in connection.execute(text(sql)):
            yield row.file_name, bytes(row.content)


def _arrivals(database: Database, source: str) -> Iterator[tuple[str, bytes]]:
    with database.engine.connect() as connection:
        sql = 'SELECT key, raw FROM inbox WHERE source = :source ORDER BY key COLLATE "C"'
        for row in connection.execute(text(sql), {"source": source}):
            yield row.key, bytes(row.raw)


def _bank_files(database: Database) -> Iterator[tuple[str, bytes]]:
    """Yield the bank's files under the bank's own names: a key is file name and message id."""
    for key, raw in _arrivals(database, "bank"):
        yield _file_name(key.rpartition(":")[0]), raw


def _meter_files(database: Database) -> Iterator[tuple[str, bytes]]:
    for key, raw in _arrivals(database, "operator"):
        yield _file_name(key), raw


def _registry_messages(container: Container, database: Database) -> Iterator[tuple[str, bytes]]:
    for name, raw in _arrivals(database, "registry"):
        yield f"in-{_file_name(name)}.xml", raw
    with database.engine.connect() as connection:
        requests = connection.scalars(text("SELECT request FROM switch ORDER BY request")).all()
    for switch in container.switches().by_request(list(requests)):
        yield f"out-{switch.request}.xml", container.claim_writer()(switch.claim())


def _invoices(container: Container, database: Database) -> Iterator[tuple[str, bytes]]:
    bills: BillsToMail = container.bills_to_mail()
    pages: InvoicePages = container.invoice_pages()
    with database.engine.connect() as connection:
        sql = 'SELECT number FROM invoice ORDER BY number COLLATE "C"'
        numbers = list(connection.scalars(text(sql)))
    for start in range(0, len(numbers), _PAGES_AT_ONCE):
        for bill in bills.bills(numbers[start : start + _PAGES_AT_ONCE]):
            page = pages.page(
                bill.invoice, bill.customer, previous=bill.previous, deductions=bill.deductions
            )
            yield f"{bill.invoice.number}.html", page.encode()


def _file_name(key: str) -> str:
    return "".join(char if char.isalnum() or char in "._-" else "_" for char in key)
