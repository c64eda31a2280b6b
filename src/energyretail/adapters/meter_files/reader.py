"""Reads the operator's file: a broken row is reported beside the good ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from energyretail.adapters.meter_files.layout import (
    COLUMNS,
    FORMAT,
    SEPARATOR,
    VERSION,
    checksum,
)
from energyretail.domain.metering import DeliveredReading, Delivery, Origin, RowFault
from energyretail.domain.shared import Cups, DomainError, Invalid

__all__ = ["body_of", "header_of", "read_meter_file", "rows_of"]

T = TypeVar("T")

_TRAILER = re.compile(rb"(?P<body>.*\n)END;(?P<rows>\d{1,9});(?P<sum>[0-9a-f]{64})\n", re.DOTALL)
_INDEX = re.compile(r"\d{1,12}(\.\d{1,3})?")
_REGISTER = re.compile(r"[A-Z0-9]{1,8}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def read_meter_file(content: bytes) -> Delivery:
    """Return a file's rows, and a fault for each row that cannot be read.

    Raises Invalid when nothing in the file can be trusted: ``meter_file.version`` (another
    format or version), ``.truncated`` (no trailer), ``.checksum``, ``.row_count``,
    ``.header``. Every row is either in `rows` or in `faults`.
    """
    header, *lines = body_of(content).decode("ascii", errors="replace").split("\n")[:-1]
    operator, delivered_on = header_of(header)
    return Delivery(operator, delivered_on, *rows_of(enumerate(lines, start=2)))


def body_of(content: bytes) -> bytes:
    """Return header and rows of a file that can be trusted; raises Invalid else."""
    _check_version(content)
    return _check_trailer(content)


def rows_of(
    lines: Iterable[tuple[int, str]],
) -> tuple[tuple[DeliveredReading, ...], tuple[RowFault, ...]]:
    """Return the rows of numbered lines, and a fault for each that cannot be read."""
    rows: list[DeliveredReading] = []
    faults: list[RowFault] = []
    for number, line in lines:
        try:
            rows.append(_row(line, number))
        except _Unreadable as fault:
            faults.append(RowFault(number, fault.field, fault.error.code, fault.error.text))
    return tuple(rows), tuple(faults)


class _Unreadable(Exception):
    def __init__(self, field: str, error: DomainError):
        super().__init__(str(error))
        self.field = field
        self.error = error


def _check_version(content: bytes) -> None:
    told = content[:100].split(b"\n")[0].split(SEPARATOR.encode())[:2]
    if told != [FORMAT.encode(), VERSION.encode()]:
        raise Invalid("meter_file.version", "not this format and version", header=told)


def _check_trailer(content: bytes) -> bytes:
    trailer = _TRAILER.fullmatch(content)
    if trailer is None:
        raise Invalid("meter_file.truncated", "the trailer is missing", bytes=len(content))
    body = trailer["body"]
    if checksum(body) != trailer["sum"].decode("ascii"):
        raise Invalid("meter_file.checksum", "the content does not match its checksum")
    found, told = body.count(b"\n") - 1, int(trailer["rows"])
    if found != told:
        raise Invalid("meter_file.row_count", "rows are missing or added", found=found, told=told)
    return body


def header_of(line: str) -> tuple[str, date]:
    """Return operator and day; raises Invalid ``meter_file.header``."""
    fields = line.split(SEPARATOR)
    try:
        _, _, operator, day = fields
        return operator, date.fromisoformat(day)
    except ValueError as error:
        raise Invalid("meter_file.header", "not operator and day", header=line) from error


def _row(line: str, number: int) -> DeliveredReading:
    fields = line.split(SEPARATOR)
    if len(fields) != len(COLUMNS) or fields[0] != COLUMNS[0]:
        expected = SEPARATOR.join(COLUMNS)
        raise _Unreadable("row", Invalid("meter_file.row.shape", f"expected {expected}"))
    _, cups, register, taken_on, index_kwh, origin, next_on = fields
    values = (
        _field("cups", Cups, cups),
        _field("register", _register, register),
        _field("taken_on", _day, taken_on),
        _field("index_kwh", _index, index_kwh),
        _field("origin", _origin, origin),
        _field("next_on", _day, next_on) if next_on else None,
    )
    return _field("next_on", lambda _: DeliveredReading(*values, line=number), next_on)


def _field(name: str, read: Callable[[str], T], text: str) -> T:
    try:
        return read(text)
    except DomainError as error:
        raise _Unreadable(name, error) from error


def _register(text: str) -> str:
    if not _REGISTER.fullmatch(text):
        raise Invalid("meter_file.row.register", f"not a register: {text!r:.40}")
    return text


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise Invalid("meter_file.row.day", f"not a day (YYYY-MM-DD): {text!r:.40}")


def _index(text: str) -> Decimal:
    # Written out in figures, with a point: no sign, exponent or thousands mark is guessed at.
    if not (text.isascii() and _INDEX.fullmatch(text)):
        raise Invalid("meter_file.row.index", f"not an index in kWh: {text!r:.40}")
    return Decimal(text)


def _origin(text: str) -> Origin:
    try:
        return Origin(text)
    except ValueError:
        raise Invalid("meter_file.row.origin", f"not a code of TABLA_44: {text!r:.40}") from None
