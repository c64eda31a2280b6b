"""Rows of a table as the bytes of a binary COPY, made from columns without a step a row.

A row is put together of fields. Each gives all rows their bytes at once: an array of one row of
bytes a table row, and how many of them count where that differs. What is the same in all rows is
written once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from struct import Struct
from typing import Any, Final

import attrs
import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Field",
    "RowOf",
    "constant",
    "day_number",
    "int2s",
    "int4s",
    "int8_arrays",
    "int8s",
    "numerics",
    "packed",
    "strings",
    "texts",
]

Bytes = NDArray[np.uint8]

_POSTGRES_EPOCH: Final = date(2000, 1, 1)
_INT8: Final = 20
"""The number of the type bigint."""
_BEFORE_NUMBERS: Final = Struct(">6i")
"""Of an array: its bytes, one dimension, no NULL, the type, how many numbers, the first index."""
_WHOLE: Final = 5
"""How many groups of four digits hold any whole number of 64 bits."""
_PLACES: Final = 8
"""How many places the two groups after the point hold."""


@attrs.frozen(eq=False)
class Field:
    """The bytes of one column in all rows, its length before it.

    `content` has a row of bytes a table row, or one for all; `used` how many of them count in
    each row, None where all do.
    """

    content: Bytes
    used: NDArray[np.intp] | None = None


@attrs.frozen(eq=False)
class RowOf:
    """One table row out of several that belong together, as the lines of one invoice.

    `present` tells of each of them whether it is there at all, None where all are.
    """

    fields: Sequence[Field]
    present: NDArray[np.bool_] | None = None


def packed(rows: Sequence[RowOf], count: int) -> bytes:
    """Return the rows of `count` things, those of one thing in a row, without head and trailer."""
    blocks = [_with_count(row) for row in rows]
    fields = [field for row, _ in blocks for field in row]
    if not count or not fields:
        return b""
    matrix, at = np.empty((count, sum(map(_width, fields))), dtype=np.uint8), 0
    for field in fields:
        matrix[:, at : at + _width(field)] = field.content
        at += _width(field)
    if any(present is not None for _, present in blocks) or any(f.used is not None for f in fields):
        matrix = matrix[_mask(blocks, matrix.shape)]
    content: bytes = matrix.tobytes()
    return content


def constant(value: bytes | None) -> Field:
    """Return the field of one value, None for NULL."""
    if value is None:
        return Field(_row(b"\xff\xff\xff\xff"))
    return Field(_row(len(value).to_bytes(4, "big") + value))


def int8s(values: NDArray[Any]) -> Field:
    """Return the field of whole numbers of 64 bits."""
    return _fixed(values, ">i8")


def int4s(values: NDArray[Any]) -> Field:
    """Return the field of whole numbers of 32 bits."""
    return _fixed(values, ">i4")


def int2s(values: NDArray[Any]) -> Field:
    """Return the field of whole numbers of 16 bits."""
    return _fixed(values, ">i2")


def int8_arrays(columns: Sequence[NDArray[Any]]) -> Field:
    """Return the field of arrays of whole numbers of 64 bits, one number of each column a row."""
    count, size = len(columns[0]), _BEFORE_NUMBERS.size + 12 * len(columns)
    head = _BEFORE_NUMBERS.pack(size - 4, 1, 0, _INT8, len(columns), 1)
    content = np.empty((count, size), dtype=np.uint8)
    content[:, : len(head)] = _row(head)
    for at, column in zip(range(len(head), size, 12), columns, strict=True):
        content[:, at : at + 12] = _fixed(column, ">i8").content
    return Field(content)


def day_number(day: date) -> int:
    """Return the whole number of 32 bits that a day is in a binary COPY."""
    return (day - _POSTGRES_EPOCH).days


def texts(values: NDArray[np.bytes_]) -> Field:
    """Return the field of texts, given as bytes in UTF-8 padded with zeros at the end."""
    size = values.dtype.itemsize
    raw = np.ascontiguousarray(values).view(np.uint8).reshape(len(values), size)
    lengths = np.char.str_len(values).astype(np.intp)
    content = np.concatenate([_bytes_of(lengths, ">i4"), raw], axis=1)
    if (lengths == size).all():
        return Field(content)
    return Field(content, lengths + 4)


def strings(values: Sequence[str | None]) -> Field:
    """Return the field of texts, NULL for None."""
    encoded = [b"" if value is None else value.encode() for value in values]
    sizes = np.fromiter(map(len, encoded), np.intp, len(encoded))
    lengths = np.where([value is None for value in values], -1, sizes)
    widest = max(1, int(sizes.max(initial=0)))
    raw = np.array(encoded, dtype=f"S{widest}").view(np.uint8).reshape(len(encoded), widest)
    return Field(np.concatenate([_bytes_of(lengths, ">i4"), raw], axis=1), sizes + 4)


def numerics(values: NDArray[np.int64], *, decimals: int, places: int | None = None) -> Field:
    """Return the field of numbers in units of the last of `decimals`, at most eight of them.

    Each shows so many `places`, else as many as it needs: 1.500 in thousandths is 1.5.
    """
    size = np.abs(values)
    shown = np.full(len(values), decimals if places is None else places)
    for cut in range(1, decimals + 1 if places is None else 0):
        shown[size % 10**cut == 0] = decimals - cut
    after = (size % 10**decimals) * 10 ** (_PLACES - decimals)
    whole = size // 10**decimals
    # Its length in bytes, how many groups, the weight of the first; sign and places; the groups.
    shorts = np.empty((len(values), 13), dtype=">u2")
    shorts[:, :4] = (0, 22, _WHOLE + 2, _WHOLE - 1)
    shorts[:, 4] = np.where(values < 0, 0x4000, 0)
    shorts[:, 5] = shown
    for at in range(10, 10 - _WHOLE, -1):
        shorts[:, at] = whole % 10_000
        whole = whole // 10_000
    shorts[:, 11] = after // 10_000
    shorts[:, 12] = after % 10_000
    return Field(shorts.view(np.uint8))


def _fixed(values: NDArray[Any], sort: str) -> Field:
    width = np.dtype(sort).itemsize
    content = np.empty((len(values), 4 + width), dtype=np.uint8)
    content[:, :4] = _row(width.to_bytes(4, "big"))
    content[:, 4:] = _bytes_of(values, sort)
    return Field(content)


def _width(field: Field) -> int:
    width: int = field.content.shape[1]
    return width


def _bytes_of(values: NDArray[Any], sort: str) -> Bytes:
    cast = np.ascontiguousarray(values.astype(sort))
    return cast.view(np.uint8).reshape(len(values), cast.dtype.itemsize)


def _row(content: bytes) -> Bytes:
    return np.frombuffer(content, dtype=np.uint8).reshape(1, -1)


def _with_count(row: RowOf) -> tuple[tuple[Field, ...], NDArray[np.bool_] | None]:
    columns = len(row.fields).to_bytes(2, "big")
    return (Field(_row(columns)), *row.fields), row.present


def _mask(
    blocks: Iterable[tuple[Sequence[Field], NDArray[np.bool_] | None]], shape: tuple[int, ...]
) -> NDArray[np.bool_]:
    """Tell of every byte whether it counts."""
    counts, at = np.ones(shape, dtype=np.bool_), 0
    for fields, present in blocks:
        first = at
        for field in fields:
            if field.used is not None:
                counts[:, at : at + _width(field)] = np.arange(_width(field)) < field.used[:, None]
            at += _width(field)
        if present is not None:
            counts[:, first:at] &= present[:, None]
    return counts
