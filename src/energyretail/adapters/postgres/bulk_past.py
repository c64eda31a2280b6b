"""What supplies that are billed alike were billed before: a record a bill, added up in columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row

from energyretail.adapters.postgres.billing_supplies import IN_FORCE
from energyretail.application.billing import PastBills, PastSums
from energyretail.domain.shared import Period

__all__ = ["PAST", "PAST_COLUMNS", "past_bills", "some_of"]

_EPOCH: Final = date(2000, 1, 1)

# A record of fixed size, so that all can be read as columns: what a bill cannot be compared by is
# told as nothing. An array of whole numbers is sent as a head of 20 bytes, and 12 bytes each.
_RECORD: Final = """
    int4send(lower(bill.period) - DATE '2000-01-01')
    || int4send(upper(bill.period) - DATE '2000-01-01')
    || int8send((bill.energy_kwh * 1000000)::bigint) || int8send(bill.gross_cents)
    || boolsend(ends_open) || array_send(bill.register_counts)
"""
_HEAD: Final = [
    ("start", ">i4"), ("until", ">i4"), ("energy", ">i8"), ("gross", ">i8"), ("ends_open", "?"),
    ("dimensions", "V20"),
]  # fmt: skip
_NUMBER: Final = [("size", ">i4"), ("count", ">i8")]
_NOTHING: Final = "decode(repeat('00', CAST(45 + 12 * looked.registers AS int)), 'hex')"

_COMPARABLE: Final = """
    (bill.stands IS NULL AND bill.tariff = looked.tariff
        AND scale(trim_scale(bill.energy_kwh)) <= 6
        AND cardinality(bill.register_counts) = looked.registers
        AND array_position(bill.register_counts, NULL) IS NULL) IS TRUE
"""
# Whether a reading of its last day is an estimate: one that only begins with one has settled it.
_ENDS_OPEN: Final = """
    (bill.estimated AND EXISTS (
        SELECT FROM invoice_reading AS used WHERE used.invoice_id = bill.id
            AND used.taken_on = upper(bill.period) AND used.quality = 'estimated'))
"""
# The bills in force of a supply that is `looked` at, where they are asked for, in their order.
PAST: Final = f"""
    SELECT count(*) AS bills, coalesce(bool_and(comparable), true) AS comparable,
        string_agg(CASE WHEN comparable THEN {_RECORD} ELSE {_NOTHING} END, ''::bytea) AS sent
    FROM (
        SELECT bill.*, {_COMPARABLE} AS comparable, {_ENDS_OPEN} AS ends_open
        FROM invoice AS bill
        WHERE looked.plain AND CAST(:past_days AS int) IS NOT NULL
            AND bill.contract = looked.contract AND bill.cups = looked.cups
            AND {IN_FORCE.format(of="bill")} AND upper(bill.period) <= looked.bill_from
            AND upper(bill.period) > looked.bill_from - CAST(:past_days AS int)
        ORDER BY upper(bill.period)
    ) AS bill
"""
PAST_COLUMNS: Final = """
    array_agg(past.bills ORDER BY place) AS past_bills,
    array_agg(past.comparable ORDER BY place) AS past_comparable,
    coalesce(string_agg(past.sent, ''::bytea ORDER BY place), ''::bytea) AS past_sent
"""


@attrs.frozen(eq=False)
class _Bills:
    """Records of bills, `of` which place of the columns each, and whether it `is_open`."""

    records: NDArray[Any]
    of: NDArray[np.intp]
    is_open: NDArray[np.bool_]
    supplies: int


def past_bills(row: Row[Any]) -> PastBills:
    """Return what the supplies of a row of a page were billed before."""
    bills = _bills(row)
    comparable = np.array(row.past_comparable, np.bool_)
    settled, open_ = (_sums(bills, ~bills.is_open), _sums(bills, bills.is_open))
    in_a_row = [_in_a_row(days, row.bill_from) for days in open_.spans]
    return PastBills(
        comparable=comparable & np.array(in_a_row, np.bool_)[open_.which],
        settled=settled,
        open=open_,
    )


def some_of(past: PastBills, at: Sequence[int]) -> PastBills:
    """Return what those at some places were billed before."""
    sums = [
        attrs.evolve(
            each,
            which=each.which[at],
            energy=each.energy[at],
            gross=each.gross[at],
            counted=[column[at] for column in each.counted],
        )
        for each in (past.settled, past.open)
    ]
    return PastBills(comparable=past.comparable[at], settled=sums[0], open=sums[1])


def _bills(row: Row[Any]) -> _Bills:
    """Read the records; open are those after the last that ends with actual readings."""
    of_one = np.dtype([*_HEAD, ("counted", _NUMBER, (len(row.registers),))])
    records = np.frombuffer(row.past_sent, of_one)
    counts = np.array(row.past_bills, np.intp)
    of = np.repeat(np.arange(len(counts)), counts)
    if len(of) != len(records):
        raise RuntimeError("a bill was told in another form than the others")
    place = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
    settled = np.zeros(len(counts), np.intp)
    np.maximum.at(settled, of, np.where(records["ends_open"], 0, place + 1))
    return _Bills(records, of, place >= settled[of], len(counts))


def _sums(bills: _Bills, those: NDArray[np.bool_]) -> PastSums:
    records, of = bills.records[those], bills.of[those]
    spans, which = _spans(records, np.bincount(of, minlength=bills.supplies))
    counted = records["counted"]["count"]
    energy, gross, *registers = (
        _added(column, of, bills.supplies)
        for column in (records["energy"], records["gross"], *counted.T)
    )
    return PastSums(spans=spans, which=which, energy=energy, gross=gross, counted=registers)


def _added(column: NDArray[np.int64], of: NDArray[np.intp], supplies: int) -> NDArray[np.int64]:
    added = np.zeros(supplies, np.int64)
    np.add.at(added, of, column.astype(np.int64))
    return added


def _spans(
    records: NDArray[Any], counts: NDArray[np.intp]
) -> tuple[Sequence[Sequence[Period]], NDArray[np.intp]]:
    """Return the days of bills, and which are whose: most supplies were billed for the same."""
    days = np.stack([records["start"], records["until"]], axis=1).astype(">i4").tobytes()
    ends = (np.cumsum(counts) * 8).tolist()
    told = dict[bytes, int]()
    which = [
        told.setdefault(days[start:end], len(told))
        for start, end in zip([0, *ends], ends, strict=False)
    ]
    return [_periods(each) for each in told], np.array(which, np.intp)


def _periods(sent: bytes) -> tuple[Period, ...]:
    """Return periods in order; that of a bill not comparable has no days, and is left out."""
    days = [_EPOCH + timedelta(days=each) for each in np.frombuffer(sent, ">i4").tolist()]
    pairs = zip(days[::2], days[1::2], strict=True)
    return tuple(Period(start, until) for start, until in pairs if start < until)


def _in_a_row(days: Sequence[Period], until: date) -> bool:
    """Tell whether periods in order leave no gap between them, nor before a day."""
    starts = [*(each.start for each in days), until]
    return [each.until for each in days] == starts[1:]
