"""Reads the operator's file by columns: what is usual at once, every other row by itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

from energyretail.adapters.meter_files.layout import COLUMNS, SEPARATOR
from energyretail.adapters.meter_files.reader import body_of, header_of, rows_of
from energyretail.application.metering import ReadAlike
from energyretail.domain.metering import DeliveredReading, Delivery, Origin, Quality, RowFault
from energyretail.domain.shared import Cups

__all__ = ["read_meter_file_in_columns"]

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_WIDTHS: Final = {"cups": 22, "register": 8, "taken_on": 10, "index_kwh": 16, "next_on": 10}
_POINT: Final = 20
_LETTERS: Final = np.frombuffer(b"TRWAGMYFPDXBNJZSQVHLCKE", dtype=np.uint8)
_METERS: Final = np.frombuffer(b"FPCRXYZ", dtype=np.uint8)
_READ: Final = tuple(each.value for each in Origin if each.quality is Quality.ACTUAL)
_ZERO: Final = ord("0")
_WHOLE_MAX, _PLACES_MAX = 12, 3


@attrs.frozen(eq=False)
class ColumnsFile:
    """A file with its rows in columns; implements MeterFile."""

    operator: str
    delivered_on: date
    lines: Sequence[str]
    read: ReadAlike
    of_rows: Ints
    """The place in `lines` of each row in columns."""
    rest: tuple[DeliveredReading, ...]
    faults: tuple[RowFault, ...]

    @property
    def beside(self) -> Sequence[Cups]:
        """The points of the rows in no column."""
        return sorted({row.cups for row in self.rest})

    def delivery(self, left: Sequence[int]) -> Delivery:
        """Return what is in no column, and what is left of the columns, in the file's order."""
        places = np.sort(self.of_rows[np.isin(self.read.owner, np.array(left, np.int64))])
        more, _ = rows_of((int(place) + 2, self.lines[place]) for place in places)
        rows = sorted((*self.rest, *more), key=lambda row: row.line)
        return Delivery(self.operator, self.delivered_on, tuple(rows), self.faults)


def read_meter_file_in_columns(content: bytes) -> ColumnsFile:
    """Return a file's rows in columns, and whatever is unusual row by row.

    Raises Invalid as `read_meter_file` does, and reads every row as it does: one that is in no
    column is read by it.
    """
    body = body_of(content)
    header, *lines = body.decode("ascii", errors="replace").split("\n")[:-1]
    operator, delivered_on = header_of(header)
    rows = _usual(np.frombuffer(body, dtype=np.uint8))
    read, of_rows = _alike(rows, ())
    rest, faults = _beside(lines, of_rows)
    spoiled = sorted({int(row.cups.value[2:18]) for row in rest})
    if np.isin(rows.digits, spoiled).any():
        read, of_rows = _alike(rows, spoiled)
        rest, faults = _beside(lines, of_rows)
    return ColumnsFile(operator, delivered_on, lines, read, of_rows, rest, faults)


def _beside(
    lines: Sequence[str], of_rows: Ints
) -> tuple[tuple[DeliveredReading, ...], tuple[RowFault, ...]]:
    places = np.setdiff1d(np.arange(len(lines)), of_rows)
    return rows_of((int(place) + 2, lines[place]) for place in places)


@attrs.frozen(eq=False)
class _Rows:
    """Rows each of which is well formed and says what was read."""

    place: Ints
    digits: Ints
    cups: Bytes
    register: Bytes
    taken_on: Ints
    next_on: Ints
    index: Ints

    def at(self, which: NDArray[Any]) -> _Rows:
        fields = attrs.fields_dict(_Rows)
        return _Rows(**{name: getattr(self, name)[which] for name in fields})


def _usual(raw: Bytes) -> _Rows:
    """Return the rows below the header that are of the usual form."""
    ends = np.flatnonzero(raw == ord("\n"))
    starts, ends = ends[:-1] + 1, ends[1:]
    marks = np.flatnonzero(raw == ord(SEPARATOR))
    first, last = np.searchsorted(marks, starts), np.searchsorted(marks, ends)
    place = np.flatnonzero(last - first == len(COLUMNS) - 1)
    cuts = marks[first[place, None] + np.arange(len(COLUMNS) - 1)]
    starts, ends = starts[place], ends[place]
    shaped = (cuts[:, 0] == starts + 1) & (raw[starts] == ord(COLUMNS[0]))
    begins, sizes = cuts + 1, np.diff(cuts, append=ends[:, None]) - 1
    cups, register, taken_on, index, next_on = (
        _padded(raw, begins[:, at], sizes[:, at], _WIDTHS[name])
        for at, name in enumerate(COLUMNS[1:])
        if name != "origin"
    )
    origin = _padded(raw, begins[:, 4], sizes[:, 4], 2)
    digits, good_cups = _cups(cups, sizes[:, 0])
    day, good_day = _days(taken_on, sizes[:, 2])
    later, good_later = _days(next_on, sizes[:, 5])
    thousandths, good_index = _thousandths(index, sizes[:, 3])
    none = sizes[:, 5] == 0
    later[none] = 0
    good = (
        shaped
        & good_cups
        & _named(register, sizes[:, 1])
        & good_day
        & good_index
        & _one_of(origin, _READ)
        & (sizes[:, 4] == 2)
        & (none | (good_later & (later > day)))
    )
    return _Rows(place, digits, cups, register, day, later, thousandths).at(good)


def _alike(rows: _Rows, spoiled: Sequence[int]) -> tuple[ReadAlike, Ints]:
    """Return the points with one day, one spelling and each register once, and their rows."""
    rows = rows.at(~np.isin(rows.digits, spoiled)) if spoiled else rows
    names = _text(rows.register)
    rows = rows.at(np.lexsort((names, rows.digits)))
    if not len(rows.place):
        return _columns(rows, np.zeros(0, np.int64)), rows.place
    names = _text(rows.register)
    new = np.append(True, rows.digits[1:] != rows.digits[:-1])
    heads = np.flatnonzero(new)
    owner = np.cumsum(new) - 1
    same = (
        (rows.cups == rows.cups[heads][owner]).all(axis=1)
        & (rows.taken_on == rows.taken_on[heads][owner])
        & (rows.next_on == rows.next_on[heads][owner])
        & np.append(True, new[1:] | (names[1:] != names[:-1]))
    )
    alike = np.logical_and.reduceat(same, heads)
    rows = rows.at(alike[owner])
    return _columns(rows, (np.cumsum(alike) - 1)[owner[alike[owner]]]), rows.place


def _columns(rows: _Rows, owner: Ints) -> ReadAlike:
    heads = np.flatnonzero(np.diff(owner, prepend=-1))
    return ReadAlike(
        cups=_text(rows.cups[heads]),
        taken_on=rows.taken_on[heads],
        next_on=rows.next_on[heads],
        owner=owner,
        registers=_text(rows.register),
        indexes=rows.index,
    )


def _padded(raw: Bytes, begins: Ints, sizes: Ints, width: int) -> Bytes:
    """Return the first bytes of fields, zeros behind what is shorter."""
    steps = np.arange(width)
    found = raw[np.minimum(begins[:, None] + steps, len(raw) - 1)]
    return np.where(steps < sizes[:, None], found, 0).astype(np.uint8)


def _text(fields: Bytes) -> NDArray[np.bytes_]:
    width = fields.shape[1]
    return np.ascontiguousarray(fields).view(f"S{width}").reshape(len(fields))


def _is_digit(fields: Bytes) -> Bools:
    return (fields >= _ZERO) & (fields <= ord("9"))


def _is_letter(fields: Bytes) -> Bools:
    return (fields >= ord("A")) & (fields <= ord("Z"))


def _number(fields: Bytes) -> Ints:
    powers = 10 ** np.arange(fields.shape[1] - 1, -1, -1, dtype=np.int64)
    number: Ints = (fields.astype(np.int64) - _ZERO) @ powers
    return number


def _cups(fields: Bytes, sizes: Ints) -> tuple[Ints, Bools]:
    """Return the sixteen digits as numbers, and which are points as their rules want them."""
    well = (fields[:, 0] == ord("E")) & (fields[:, 1] == ord("S"))
    well &= _is_digit(fields[:, 2:18]).all(axis=1)
    digits = np.where(well, _number(fields[:, 2:18]), 0)
    rest = digits % len(_LETTERS) ** 2
    well &= fields[:, 18] == _LETTERS[rest // len(_LETTERS)]
    well &= fields[:, 19] == _LETTERS[rest % len(_LETTERS)]
    meter = (sizes == _WIDTHS["cups"]) & _is_digit(fields[:, 20]) & np.isin(fields[:, 21], _METERS)
    return digits, well & (meter | (sizes == _POINT))


def _named(fields: Bytes, sizes: Ints) -> Bools:
    known = _is_digit(fields) | _is_letter(fields) | (np.arange(fields.shape[1]) >= sizes[:, None])
    named: Bools = (sizes >= 1) & (sizes <= fields.shape[1]) & known.all(axis=1)
    return named


def _one_of(fields: Bytes, codes: Sequence[str]) -> Bools:
    return np.isin(_text(fields), np.array([code.encode() for code in codes]))


def _days(fields: Bytes, sizes: Ints) -> tuple[Ints, Bools]:
    """Return days written YYYY-MM-DD as ordinals, and which are days."""
    figures = fields[:, [0, 1, 2, 3, 5, 6, 8, 9]]
    well = (sizes == fields.shape[1]) & _is_digit(figures).all(axis=1)
    well &= (fields[:, [4, 7]] == ord("-")).all(axis=1)
    told, back = np.unique(np.where(well, _number(figures), 0), return_inverse=True)
    days = np.array([_ordinal(int(each)) for each in told], np.int64)[back]
    return days, well & (days > 0)


def _ordinal(figures: int) -> int:
    try:
        return date(figures // 10_000, figures // 100 % 100, figures % 100).toordinal()
    except ValueError:
        return 0


def _thousandths(fields: Bytes, sizes: Ints) -> tuple[Ints, Bools]:
    """Return indexes in thousandths, and which are written out with up to three places."""
    point = fields == ord(".")
    well = (point | _is_digit(fields) | (np.arange(fields.shape[1]) >= sizes[:, None])).all(axis=1)
    has_point = point.any(axis=1)
    whole = np.where(has_point, point.argmax(axis=1), sizes)
    places = np.where(has_point, sizes - whole - 1, 0)
    well &= (sizes <= fields.shape[1]) & (point.sum(axis=1) <= 1)
    well &= (whole >= 1) & (whole <= _WHOLE_MAX)
    well &= ~has_point | ((places >= 1) & (places <= _PLACES_MAX))
    value = np.zeros(len(fields), np.int64)
    for at in range(fields.shape[1]):
        column = fields[:, at]
        value = np.where(_is_digit(column), value * 10 + (column.astype(np.int64) - _ZERO), value)
    return value * 10 ** np.clip(_PLACES_MAX - places, 0, _PLACES_MAX), well
