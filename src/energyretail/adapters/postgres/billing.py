"""Issued documents as rows: headers, lines, taxes and the readings they saw."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from psycopg.types.range import Range
from sqlalchemy import Connection, Row, text
from sqlalchemy.exc import IntegrityError

from energyretail.adapters.postgres.bulk import copy_rows, new_ids
from energyretail.adapters.postgres.bulk_intervals import KNOWN_INTERVALS, known_usage
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.distribution import columns_by_account
from energyretail.adapters.shared.bill_json import (
    carried_json,
    carried_of,
    line_json,
    line_of,
    standing_json,
    standing_of,
    tax_json,
    tax_of,
    told_line_json,
    told_tax_json,
)
from energyretail.adapters.shared.form_json import form_of
from energyretail.domain.billing import (
    Basis,
    BillStage,
    IndexReading,
    Invoice,
    InvoiceKind,
    bill_kept,
    whole_counts,
)
from energyretail.domain.pricing import PricedBill, Prices, Quality
from energyretail.domain.shared import (
    Conflict,
    ContractNumber,
    Cups,
    CustomerNumber,
    Fault,
    InvoiceNumber,
    Money,
    Period,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

__all__ = [
    "SELECT_INVOICE",
    "PostgresInvoices",
    "conflict_of",
    "insert_invoices",
    "invoice_of",
    "reading_of",
]

# What a document's row is made of: the driver's name of the type, and the value.
_COLUMNS: dict[str, tuple[str, Callable[[Invoice], Any]]] = {
    "number": ("text", lambda i: i.number),
    "kind": ("text", lambda i: i.kind.value),
    "contract": ("text", lambda i: i.contract),
    "customer": ("text", lambda i: i.customer),
    "cups": ("text", lambda i: i.cups.value),
    "tariff": ("text", lambda i: i.tariff),
    "period": ("daterange", lambda i: Range(i.period.start, i.period.until)),
    "issued_on": ("date", lambda i: i.issued_on),
    "due_on": ("date", lambda i: i.due_on),
    "net_cents": ("int8", lambda i: i.net.cents),
    "tax_cents": ("int8", lambda i: i.tax.cents),
    "gross_cents": ("int8", lambda i: i.gross.cents),
    "currency": ("varchar", lambda i: i.gross.currency),
    "rounding_scope": ("text", lambda i: i.bill.policy.scope.value),
    "rounding_mode": ("text", lambda i: i.bill.policy.rounding.mode.name.lower()),
    "rounding_decimals": ("int4", lambda i: i.bill.policy.rounding.decimals),
    "rounding_price_decimals": ("int4", lambda i: i.bill.policy.price_decimals),
    "prices": ("text", lambda i: i.bill.prices.value),
    "carried_from": ("jsonb", lambda i: carried_json(i.bill.carried_from)),
    "counted": ("jsonb", lambda i: carried_json(i.bill.counted)),
    "original": ("text", lambda i: i.original),
    "price_digest": ("text", lambda i: i.price_digest),
    "stage": ("text", lambda i: i.stage.value),
    "energy_kwh": ("numeric", lambda i: i.bill.energy),
    "measured_seen": ("int8", lambda i: i.basis.measured),
    "published_seen": ("int8", lambda i: i.basis.published),
    "figures": ("jsonb", lambda i: i.basis.figures),
    "stands": ("jsonb", lambda i: standing_json(i.stands) if i.stands else None),
    "register_counts": ("int8[]", lambda i: _counts(i)),
    "estimated": ("bool", lambda i: any(r.quality is Quality.ESTIMATED for r in i.readings)),
}
_HEAD = {"id": "int8"} | {name: kind for name, (kind, _) in _COLUMNS.items()}
_LINE = {
    "invoice_id": "int8", "position": "int4", "component": "text", "amount_cents": "int8",
    "body": "jsonb",
}  # fmt: skip
_TAX = {
    "invoice_id": "int8", "position": "int4", "tax": "text", "rate": "numeric",
    "base_cents": "int8", "amount_cents": "int8", "body": "jsonb",
}  # fmt: skip
_READING = {
    "invoice_id": "int8", "register": "text", "taken_on": "date", "version": "int4",
    "index_kwh": "numeric", "quality": "text", "position": "int4",
}  # fmt: skip

_CANCEL = text("""
    UPDATE invoice SET cancelled_by = given.note
    FROM unnest(CAST(:originals AS text[]), CAST(:notes AS text[])) AS given (original, note)
    WHERE invoice.number = given.original AND invoice.kind <> 'credit_note'
        AND invoice.cancelled_by IS NULL
""")

_CONFIRM = text("""
    INSERT INTO invoice_confirmed (number, price_digest)
    SELECT number, digest
    FROM unnest(CAST(:numbers AS text[]), CAST(:digests AS text[]))
        WITH ORDINALITY AS given (number, digest, n)
    ORDER BY n ON CONFLICT DO NOTHING
""")

SELECT_INVOICE = f"""
    SELECT invoice.*, lower(period) AS starts, upper(period) AS ends,
        CASE WHEN form_id IS NULL THEN
            (SELECT coalesce(jsonb_agg(body ORDER BY position), '[]') FROM invoice_line
                WHERE invoice_id = invoice.id)
            ELSE (SELECT coalesce(jsonb_agg(body ORDER BY position), '[]') FROM told_line
                WHERE invoice_id = invoice.id) END AS lines,
        (SELECT coalesce(jsonb_agg(coalesce(body, jsonb_build_object('tax', tax,
                'rate', rate::text, 'base_cents', base_cents, 'amount_cents', amount_cents)
            ) ORDER BY position), '[]') FROM invoice_tax
            WHERE invoice_id = invoice.id) AS taxes,
        (SELECT coalesce(jsonb_agg(jsonb_build_array(
                register, taken_on, version, index_kwh::text, quality) ORDER BY position), '[]')
            FROM invoice_reading WHERE invoice_id = invoice.id) AS readings,
        ({KNOWN_INTERVALS}) AS intervals,
        (SELECT bill_form.body FROM bill_form WHERE bill_form.id = invoice.form_id) AS form
    FROM invoice
"""
_BY_NUMBERS = text(
    SELECT_INVOICE
    + " JOIN unnest(CAST(:numbers AS text[])) WITH ORDINALITY AS wanted (number, position)"
    " USING (number) ORDER BY wanted.position"
)
_OF_CONTRACT = text(SELECT_INVOICE + " WHERE contract = :contract ORDER BY id")

# In force when the document was issued: whatever was taken back later was still told then.
_PREVIOUS = text("""
    SELECT document.number, found.number AS previous
    FROM invoice AS document
    CROSS JOIN LATERAL (
        SELECT bill.number FROM invoice AS bill
        LEFT JOIN invoice AS note ON note.number = bill.cancelled_by
        WHERE bill.contract = document.contract AND bill.cups = document.cups
            AND bill.kind <> 'credit_note' AND bill.id < document.id
            AND upper(bill.period) <= lower(document.period)
            AND (note.id IS NULL OR note.id > document.id)
        ORDER BY upper(bill.period) DESC LIMIT 1
    ) AS found
    WHERE document.number = ANY(CAST(:numbers AS text[])) AND document.kind <> 'credit_note'
""")

_TOO_MANY = ("billing.too_many_items", "too much was issued for one supply and day")
_CLASHES = {
    "invoice_one_a_day": ("billing.billed_twice", "a day of the supply is billed already"),
    "charged_span_once": ("billing.billed_twice", "a day of a component is charged already"),
    "invoice_held_for_plan": ("billing.held_for_plan", "the bill ends inside a plan's span"),
    "invoice_rectified_once": ("billing.credited_twice", "the original is rectified already"),
    "issued_items_documents": _TOO_MANY,
    "issued_items_items": _TOO_MANY,
    "invoice_credited_once": ("billing.credited_twice", "the original is taken back already"),
    "invoice_rebilled_once": ("billing.rebilled_twice", "the original is replaced already"),
    "invoice_number": ("billing.number_twice", "a document has this number already"),
}


class PostgresInvoices:
    """Implements the Invoices port: a handful of statements whatever the number of documents."""

    def __init__(self, database: Database):
        self._database = database

    def add(self, invoices: Sequence[Invoice]) -> None:
        """Keep documents; what takes others out of force goes first, for it frees their days."""
        if not invoices:
            return
        connection = self._database.connection()
        notes = [i for i in invoices if i.kind is InvoiceKind.CREDIT_NOTE]
        rectified = [i for i in invoices if i.kind is InvoiceKind.RECTIFICATION]
        bills = [i for i in invoices if i.kind in (InvoiceKind.INVOICE, InvoiceKind.REBILL)]
        try:
            ids = {**_insert(connection, notes)}
            _cancel(connection, [*notes, *rectified])
            ids |= _insert(connection, rectified)
            ids |= _insert(connection, bills)
            _insert_details(connection, ids, [*notes, *rectified, *bills])
        except IntegrityError as error:
            raise conflict_of(error) from error

    def confirm(self, checked: Sequence[tuple[InvoiceNumber, str]]) -> None:
        """Note that documents stand under other prices."""
        if checked:
            numbers, digests = zip(*checked, strict=True)
            self._database.connection().execute(
                _CONFIRM, {"numbers": list(numbers), "digests": list(digests)}
            )

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Invoice, ...]:
        """Return documents in the order asked."""
        with self._database.reading() as connection:
            rows = connection.execute(_BY_NUMBERS, {"numbers": list(dict.fromkeys(numbers))})
            return tuple(invoice_of(row) for row in rows)

    def of_contract(self, contract: str) -> tuple[Invoice, ...]:
        """Return a contract's documents in the order they were issued."""
        with self._database.reading() as connection:
            rows = connection.execute(_OF_CONTRACT, {"contract": contract})
            return tuple(invoice_of(row) for row in rows)

    def previous(self, numbers: Sequence[str]) -> Mapping[str, Invoice]:
        """Return the bill before each, by two statements whatever the number of documents."""
        with self._database.reading() as connection:
            rows = connection.execute(_PREVIOUS, {"numbers": list(numbers)}).all()
        bills = {bill.number: bill for bill in self.by_numbers([row.previous for row in rows])}
        return {row.number: bills[row.previous] for row in rows}


def _counts(invoice: Invoice) -> list[int] | None:
    counts = whole_counts(invoice.readings)
    return None if counts is None else list(counts)


def insert_invoices(
    connection: Connection, invoices: Sequence[Invoice], ids: Sequence[int]
) -> None:
    """Append plain invoices under row keys that were taken for them, with all that is of them."""
    _insert_details(connection, _insert(connection, invoices, ids), invoices)


def _insert(
    connection: Connection, invoices: Sequence[Invoice], ids: Sequence[int] | None = None
) -> dict[str, int]:
    if not invoices:
        return {}
    ids = new_ids(connection, "invoice", len(invoices)) if ids is None else ids
    values = [of for _, of in _COLUMNS.values()]
    rows = ((id_, *(of(i) for of in values)) for id_, i in zip(ids, invoices, strict=True))
    copy_rows(connection, "invoice", _HEAD, rows)
    return {i.number: id_ for id_, i in zip(ids, invoices, strict=True)}


def _cancel(connection: Connection, by: Sequence[Invoice]) -> None:
    if not by:
        return
    given = {"originals": [i.original for i in by], "notes": [i.number for i in by]}
    if connection.execute(_CANCEL, given).rowcount != len(by):
        raise Conflict("billing.credited_twice", "an original is not in force")


def conflict_of(error: IntegrityError) -> Exception:
    name = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
    return Conflict(*_CLASHES[name]) if name in _CLASHES else error


def _insert_details(
    connection: Connection, ids: Mapping[str, int], invoices: Sequence[Invoice]
) -> None:
    lines = (
        (ids[i.number], n, line.component, line.amount.cents, line_json(line), i.contract)
        for i in invoices
        for n, line in enumerate(i.lines, 1)
    )
    taxes = (
        (ids[i.number], n, t.tax, t.rate, t.base.cents, t.amount.cents, tax_json(t), i.contract)
        for i in invoices
        for n, t in enumerate(i.taxes, 1)
    )
    readings = (
        (
            ids[i.number],
            r.register,
            r.taken_on,
            r.version,
            r.index_kwh,
            r.quality.value,
            n,
            i.contract,
        )
        for i in invoices
        for n, r in enumerate(i.readings, 1)
    )
    _copy_of_contract(connection, "invoice_line", _LINE, lines)
    _copy_of_contract(connection, "invoice_tax", _TAX, taxes)
    _copy_of_contract(connection, "invoice_reading", _READING, readings)


def _copy_of_contract(
    connection: Connection, table: str, columns: Mapping[str, str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Append rows whose last value, the contract, is kept where tables are cut by it."""
    of_account = dict.fromkeys(columns_by_account(connection, table), "text")
    kept = rows if of_account else (row[:-1] for row in rows)
    copy_rows(connection, table, {**columns, **of_account}, kept)


def invoice_of(row: Row[Any]) -> Invoice:
    """Return the document of a row of the select above."""
    return Invoice(
        number=InvoiceNumber(row.number),
        kind=InvoiceKind(row.kind),
        contract=ContractNumber(row.contract),
        customer=CustomerNumber(row.customer),
        cups=Cups(row.cups),
        tariff=row.tariff,
        bill=_bill_of(row),
        readings=tuple(reading_of(*reading) for reading in row.readings),
        issued_on=row.issued_on,
        due_on=row.due_on,
        original=InvoiceNumber(row.original) if row.original else None,
        price_digest=row.price_digest,
        stands=_standing_of(row),
        stage=BillStage(row.stage),
        basis=Basis(row.measured_seen, row.published_seen, tuple(row.figures)),
    )


def _standing_of(row: Row[Any]) -> PricedBill | None:
    return None if row.stands is None else standing_of(row.stands, _bill_of(row))


def _bill_of(row: Row[Any]) -> PricedBill:
    if row.form is not None:
        return _filled(row)
    rounding = Rounding(RoundingMode[row.rounding_mode.upper()], row.rounding_decimals)
    return PricedBill(
        currency=row.currency,
        period=Period(row.starts, row.ends),
        lines=tuple(line_of(line, row.currency) for line in row.lines),
        taxes=tuple(tax_of(tax, row.currency) for tax in row.taxes),
        net=Money.of_cents(row.net_cents, row.currency),
        tax=Money.of_cents(row.tax_cents, row.currency),
        gross=Money.of_cents(row.gross_cents, row.currency),
        policy=RoundingPolicy(
            RoundingScope(row.rounding_scope), rounding, row.rounding_price_decimals
        ),
        prices=Prices(row.prices),
        carried_from=(given := carried_of(row.carried_from)),
        carried_over=given.plus(carried_of(row.counted)),
        energy=row.energy_kwh,
    )


def _filled(row: Row[Any]) -> PricedBill:
    """Return the bill that a form makes of the readings of its document.

    Raises Fault ``billing.form_differs`` where that is not in every number what is kept of it.
    """
    readings = tuple(reading_of(*reading) for reading in row.readings)
    form = _form_of(row.form)
    try:
        bill = bill_kept(form, readings, known_usage(row.intervals))
    except LookupError:
        bill = None  # a number is left open that was not read
    if bill is None or _told(bill) != _kept(row):
        raise Fault(
            "billing.form_differs", "a form makes another bill than was issued", number=row.number
        )
    return bill


def _told(bill: PricedBill) -> tuple[object, ...]:
    return (
        *(bill.net.cents, bill.tax.cents, bill.gross.cents, bill.energy),
        *(told_line_json(line) for line in bill.lines),
        *(told_tax_json(tax) for tax in bill.taxes),
    )


def _kept(row: Row[Any]) -> tuple[object, ...]:
    totals = row.net_cents, row.tax_cents, row.gross_cents, row.energy_kwh
    return *totals, *row.lines, *row.taxes


# Documents read together are mostly of a few forms.
_form_of = lru_cache(maxsize=256)(form_of)


def reading_of(
    register: str, taken_on: str, version: int, index_kwh: str, quality: str
) -> IndexReading:
    """Return a reading as the selects build it in JSON."""
    return IndexReading(
        register, date.fromisoformat(taken_on), version, Decimal(index_kwh), Quality(quality)
    )
