"""CSV after RFC 4180: bytes to records, or what is wrong with the file as a whole."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Final, Protocol

from energyretail.application.imports import ImportFault, Record, Table

__all__ = ["CsvRecords"]

_SLICE_BYTES: Final = 1 << 16
_OTHER_DELIMITERS: Final = ";\t|"


class CsvRecords:
    """Implements the RecordReader port.

    UTF-8 with or without a byte order mark, commas, LF or CRLF, quotes doubled inside quotes.
    A file is read through once before any row is given: so a damaged end refuses all of it,
    not what follows the damage.
    """

    def faults(self, table: Table, content: bytes) -> tuple[ImportFault, ...]:
        """Return what is wrong with the file as a whole."""
        found = _byte_fault(content)
        if found is not None:
            return (_of_file(table, *found),)
        reader = _reader(content)
        try:
            header = next(reader, None)
            faults = _header_faults(table, header)
            for _ in () if faults else reader:
                pass
        except csv.Error as error:
            huge = "field limit" in str(error)
            code = "import.file.huge_field" if huge else "import.file.quotes"
            return (_of_file(table, reader.line_num, "", code, str(error)),)
        return faults

    def records(self, table: Table, content: bytes) -> Iterator[Record]:
        """Give the rows; a file `faults` had nothing to say about raises nothing here."""
        reader = _reader(content)
        header = next(reader)
        line = reader.line_num + 1
        for cells in reader:
            if cells:
                # Cells that are too many have no column, columns that are too many no cell.
                named = dict(zip(header, cells, strict=False))
                yield Record(line, named, len(cells))
            line = reader.line_num + 1


class _Rows(Protocol):
    """What `csv.reader` gives: rows, and how many lines were read so far."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...
    def __next__(self) -> list[str]: ...


def _reader(content: bytes) -> _Rows:
    text = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", newline="")
    return csv.reader(text, strict=True)


def _byte_fault(content: bytes) -> tuple[int, str, str, str] | None:
    at = content.find(b"\0")
    if at >= 0:
        return _line_of(content, at), "", "import.file.nul", f"byte {at} is 0"
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(content), _SLICE_BYTES):
        piece = content[start : start + _SLICE_BYTES]
        try:
            decoder.decode(piece, final=start + _SLICE_BYTES >= len(content))
        except UnicodeDecodeError as error:
            # What was left of the piece before is in front of this one.
            at = max(0, start + error.start - (len(error.object) - len(piece)))
            return _line_of(content, at), "", "import.file.not_utf8", f"byte {at}: {error.reason}"
    return None


def _line_of(content: bytes, at: int) -> int:
    return content.count(b"\n", 0, at) + 1


def _header_faults(table: Table, header: list[str] | None) -> tuple[ImportFault, ...]:
    if not header:
        return (_of_file(table, 1, "", "import.file.empty", "no header row"),)
    if not set(header) & set(table.columns) and any(
        each in header[0] for each in _OTHER_DELIMITERS
    ):
        text = "the cells of the header are not separated by commas"
        return (_of_file(table, 1, "", "import.file.delimiter", text),)
    wanted = ", ".join(table.columns)
    missing = [column for column in table.columns if column not in header]
    unknown = [name for name in dict.fromkeys(header) if name not in table.columns]
    repeated = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    return (
        *(
            _of_file(table, 1, name, "import.file.column_missing", "the header lacks it")
            for name in missing
        ),
        *(
            _of_file(table, 1, name[:60], "import.file.column_unknown", f"none of {wanted}")
            for name in unknown
        ),
        *(
            _of_file(table, 1, name[:60], "import.file.column_repeated", "named twice")
            for name in repeated
        ),
    )


def _of_file(table: Table, line: int, field: str, code: str, reason: str) -> ImportFault:
    return ImportFault(table.file, line, field, code, reason)
