"""The rows of bills rated alike, table by table, as the bytes of a binary COPY."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray
from psycopg.adapt import PyFormat, Transformer
from psycopg.types.json import Jsonb
from psycopg.types.range import Range

from energyretail.adapters.postgres.binary_rows import (
    Field,
    RowOf,
    constant,
    day_number,
    int4s,
    int8_arrays,
    int8s,
    numerics,
    packed,
    texts,
)
from energyretail.adapters.postgres.ledger_rows import ENTRY_COLUMNS, POSTING_COLUMNS
from energyretail.application.billing import IssuedAlike
from energyretail.domain import pricing
from energyretail.domain.billing import (
    InvoiceKind,
    price_digest,
    stage_of,
)
from energyretail.domain.ledger import Account

__all__ = ["TABLES", "Batch"]

_HEAD: Final = (
    "id", "number", "kind", "contract", "customer", "cups", "tariff", "period", "issued_on",
    "due_on", "net_cents", "tax_cents", "gross_cents", "currency", "rounding_scope",
    "rounding_mode", "rounding_decimals", "rounding_price_decimals", "prices", "price_digest",
    "stage", "energy_kwh", "measured_seen", "published_seen", "figures", "register_counts",
    "estimated", "form_id",
)  # fmt: skip
_LINE: Final = (
    "invoice_id", "position", "component", "amount_cents", "quantity", "price", "form_position",
)  # fmt: skip
_TAX: Final = ("invoice_id", "position", "tax", "rate", "base_cents", "amount_cents")
_READING: Final = (
    "invoice_id", "register", "taken_on", "version", "index_kwh", "quality", "position",
)  # fmt: skip


@attrs.frozen(eq=False)
class Batch:
    """Invoices alike: what differs as columns, and the fields that several tables have.

    Rows of tables that are cut by account end with its column where `is_cut`. `holders` are the
    customers, of which `customers` is the field.
    """

    issued: IssuedAlike
    form: int
    ids: NDArray[np.int64]
    entries: NDArray[np.int64]
    numbers: Field
    contracts: Field
    customers: Field
    holders: Sequence[str]
    is_cut: bool
    postings: tuple[tuple[Account, NDArray[np.int64]], ...]

    @classmethod
    def of(
        cls,
        issued: IssuedAlike,
        form: int,
        ids: NDArray[np.int64],
        entries: NDArray[np.int64],
        *,
        is_cut: bool,
    ) -> Batch:
        found = issued.rated.numbers
        none = np.zeros(len(ids), np.int64)
        holders = _some(issued.rated.supplies.customers, issued.rated.at)
        return cls(
            issued=issued,
            form=form,
            ids=ids,
            entries=entries,
            numbers=_texts(issued.numbers),
            contracts=_texts(_some(issued.rated.supplies.contracts, issued.rated.at)),
            is_cut=is_cut,
            customers=_texts(holders),
            holders=holders,
            postings=tuple(
                (share.account, sum((found[at] * times for at, times in share.terms), none))
                for share in issued.shares
            ),
        )

    def of_contract(self) -> list[Field]:
        """Return the last field of rows of a contract, where there is one."""
        return [self.contracts] if self.is_cut else []

    def of_holder(self) -> list[Field]:
        """Return the last field of rows of a customer's account, where there is one."""
        return [self.customers] if self.is_cut else []

    @property
    def kernel(self) -> pricing.Kernel:
        return self.issued.rated.kernel

    def number(self, at: int | None) -> NDArray[np.int64]:
        """Return a column of the kernel."""
        assert at is not None
        column: NDArray[np.int64] = self.issued.rated.numbers[at]
        return column

    @property
    def posted(self) -> NDArray[np.bool_]:
        """Tell which of them have an entry."""
        amounts: NDArray[np.bool_] = np.any([found != 0 for _, found in self.postings], axis=0)
        return amounts

    def entry_keys(self) -> Iterator[str]:
        """Yield the keys of the entries."""
        for number, posted in zip(self.issued.numbers, self.posted, strict=True):
            if posted:
                yield f"invoice:{number}"


def _heads(batch: Batch) -> bytes:
    issued, kernel = batch.issued, batch.kernel
    supplies, at = issued.rated.supplies, issued.rated.at
    terms, found = issued.rated.program.form.terms, issued.found
    gross, tax = batch.number(kernel.gross), batch.number(kernel.tax)
    rounding = terms.rounding.rounding
    energy = constant(None) if kernel.energy is None else _shown(batch.number(kernel.energy))
    fields = {
        "id": int8s(batch.ids),
        "number": batch.numbers,
        "kind": _text(InvoiceKind.INVOICE.value),
        "contract": batch.contracts,
        "customer": batch.customers,
        "cups": _texts(_some(supplies.cups, at)),
        "tariff": _text(found.supply.tariff),
        "period": _sent(Range(found.period.start, found.period.until)),
        "issued_on": _sent(issued.issued_on),
        "due_on": _sent(issued.due_on),
        "net_cents": int8s(gross - tax),
        "tax_cents": int8s(tax),
        "gross_cents": int8s(gross),
        "currency": _text(terms.currency),
        "rounding_scope": _text(terms.rounding.scope.value),
        "rounding_mode": _text(rounding.mode.name.lower()),
        "rounding_decimals": _int4(rounding.decimals),
        "rounding_price_decimals": _int4(terms.rounding.price_decimals),
        "prices": _text(terms.prices.value),
        "price_digest": _text(price_digest(found.tariff, found.period)),
        "stage": _text(stage_of(found.period, supplied=found.supply.supplied).value),
        "energy_kwh": energy,
        "measured_seen": int8s(_seen(batch)),
        "published_seen": constant(found.basis.published.to_bytes(8, "big")),
        "figures": _sent(Jsonb(list(found.basis.figures))),
        "register_counts": int8_arrays([each[at] for each in supplies.counted()]),
        "estimated": _sent(_estimated(batch)),
        "form_id": constant(batch.form.to_bytes(8, "big")),
    }
    return packed([RowOf([fields[name] for name in _HEAD])], len(batch.ids))


def _seen(batch: Batch) -> NDArray[np.int64]:
    told = batch.issued.rated.supplies.told
    if told is None:
        return np.zeros(len(batch.ids), np.int64)
    seen: NDArray[np.int64] = told.seen[batch.issued.rated.at]
    return seen


def _estimated(batch: Batch) -> bool:
    return any(each.quality is pricing.Quality.ESTIMATED for each in batch.issued.found.readings)


def _lines(batch: Batch) -> bytes:
    lines = zip(batch.issued.rated.program.form.lines, batch.kernel.lines, strict=True)
    rows = [
        RowOf(
            [
                int8s(batch.ids),
                _int4(position),
                _text(line.draft.component),
                int8s(batch.number(place.amount)),
                constant(None) if place.quantity is None else _shown(batch.number(place.quantity)),
                constant(None) if place.price is None else _shown(batch.number(place.price)),
                constant(None),
                *batch.of_contract(),
            ]
        )
        for position, (line, place) in enumerate(lines, 1)
    ]
    return packed([*rows, *_roundings(batch)], len(batch.ids))


def _roundings(batch: Batch) -> Iterator[RowOf]:
    """Yield the lines of rounding, each where there is something to round."""
    position = np.full(len(batch.ids), len(batch.kernel.lines))
    for place, rounding in enumerate(batch.kernel.roundings, len(batch.kernel.lines) + 1):
        amount = batch.number(rounding.amount)
        position = position + (amount != 0)
        fields = [
            int8s(batch.ids),
            int4s(position),
            _text(pricing.ROUNDING),
            int8s(amount),
            constant(None),
            numerics(amount, decimals=2, places=2),
            _int4(place),
            *batch.of_contract(),
        ]
        yield RowOf(fields, amount != 0)


def _taxes(batch: Batch) -> bytes:
    rows = [
        RowOf(
            [
                int8s(batch.ids),
                _int4(position),
                _text(tax.tax),
                _sent(tax.rate),
                int8s(batch.number(tax.base)),
                int8s(batch.number(tax.amount)),
                *batch.of_contract(),
            ]
        )
        for position, tax in enumerate(batch.kernel.taxes, 1)
    ]
    return packed(rows, len(batch.ids))


def _readings(batch: Batch) -> bytes:
    supplies, at = batch.issued.rated.supplies, batch.issued.rated.at
    rows = []
    for position, reading in enumerate(batch.issued.found.readings, 1):
        which = reading.register, reading.taken_on
        rows.append(
            RowOf(
                [
                    int8s(batch.ids),
                    _text(reading.register),
                    _sent(reading.taken_on),
                    int4s(supplies.versions[which][at]),
                    numerics(supplies.indexes[which][at], decimals=3),
                    _text(reading.quality.value),
                    _int4(position),
                    *batch.of_contract(),
                ]
            )
        )
    return packed(rows, len(batch.ids))


def _entries(batches: Sequence[Batch]) -> bytes:
    """Return the entries of all in the order of their ids, in which an index grows best."""
    ids, posted = (
        np.concatenate(columns)
        for columns in zip(*((batch.entries, batch.posted) for batch in batches), strict=True)
    )
    order = np.argsort(ids)
    numbers = [number for batch in batches for number in batch.issued.numbers]
    counts = [len(batch.entries) for batch in batches]
    days = [day_number(batch.issued.issued_on) for batch in batches]
    periods = [str(batch.issued.found.period) for batch in batches]
    of = zip(numbers, np.repeat(periods, counts).tolist(), strict=True)
    fields = [
        int8s(ids[order]),
        _texts([f"invoice:{number}" for number in numbers], order),
        int4s(np.repeat(days, counts)[order]),
        _texts([f"invoice {number} {period}" for number, period in of], order),
    ]
    if batches[0].is_cut:
        fields.append(_texts([name for batch in batches for name in batch.holders], order))
    return packed([RowOf(fields, posted[order])], len(ids))


def _postings(batch: Batch) -> bytes:
    rows = []
    position = np.zeros(len(batch.ids), np.int64)
    for account, amounts in batch.postings:
        position = position + (amounts != 0)
        owed = account is Account.RECEIVABLE
        fields = [
            int8s(batch.entries),
            int4s(position),
            _text(account.value),
            int8s(amounts),
            _text(batch.issued.rated.program.form.terms.currency),
            batch.customers if owed else constant(None),
            batch.numbers if owed else constant(None),
            *batch.of_holder(),
        ]
        rows.append(RowOf(fields, amounts != 0))
    return packed(rows, len(batch.ids))


_Parts = Callable[[Sequence[Batch]], Sequence[Callable[[], bytes]]]


def _each(rows: Callable[[Batch], bytes]) -> _Parts:
    return lambda batches: [partial(rows, batch) for batch in batches]


def _together(rows: Callable[[Sequence[Batch]], bytes]) -> _Parts:
    return lambda batches: [partial(rows, batches)]


# In the order in which one document writes them: what goes wrong is told alike. Each with its
# columns, and how the parts of its rows are made of batches.
TABLES: Final = {
    "invoice": (_HEAD, _each(_heads)),
    "invoice_line": (_LINE, _each(_lines)),
    "invoice_tax": (_TAX, _each(_taxes)),
    "invoice_reading": (_READING, _each(_readings)),
    "entry": (ENTRY_COLUMNS, _together(_entries)),
    "posting": (POSTING_COLUMNS, _each(_postings)),
}
_DUMPERS: Final = Transformer()


def _sent(value: Any) -> Field:
    return constant(bytes(_DUMPERS.get_dumper(value, PyFormat.BINARY).dump(value) or b""))


def _text(value: str) -> Field:
    return constant(value.encode())


def _int4(value: int | None) -> Field:
    return constant(None if value is None else value.to_bytes(4, "big", signed=True))


def _texts(values: Sequence[str], order: NDArray[np.intp] | None = None) -> Field:
    encoded = np.array([value.encode() for value in values], dtype=np.bytes_)
    return texts(encoded if order is None else encoded[order])


def _shown(millionths: NDArray[np.int64]) -> Field:
    return numerics(millionths, decimals=6)


def _some(values: Sequence[str], at: Sequence[int]) -> list[str]:
    return [values[place] for place in at]
