"""Hostile tables: cells a spreadsheet runs, lines that are not where they seem, other encodings."""

from __future__ import annotations

from collections.abc import Sequence

from energyretail.testing.corpora.hostile import Hostile

__all__ = ["hostile_tables"]

_FORMULAS = {
    "formula": "=cmd|'/C calc'!A0",
    "formula_plus": "+1+1",
    "formula_minus": "-1+1",
    "formula_at": "@SUM(A1)",
    "formula_tab": "\t=1+1",
}


def hostile_tables(
    header: str, row: str, *, separator: str = ";", cell: int = 0
) -> tuple[Hostile, ...]:
    """Return hostile files built around a sound `header` and `row`, both without a line end.

    `cell` is the column of the row, from 0, that takes the hostile text; it should be one that
    holds free text, or the first that is read.
    """
    return (
        *_cells(header, row, separator, cell),
        *_lines(header, row, separator),
        *_encodings(header, row, separator, cell),
    )


def _with_cell(row: str, separator: str, cell: int, text: str) -> str:
    fields = row.split(separator)
    fields[cell] = text
    return separator.join(fields)


def _file(*lines: str, end: str = "\n") -> bytes:
    return "".join(line + end for line in lines).encode()


def _cells(header: str, row: str, separator: str, cell: int) -> tuple[Hostile, ...]:
    def case(name: str, text: str, why: str) -> Hostile:
        return Hostile(name, _file(header, _with_cell(row, separator, cell, text)), why)

    return (
        *(case(name, text, "runs in a spreadsheet") for name, text in _FORMULAS.items()),
        case("nul", "a\x00b", "ends a text for whoever writes C"),
        case("huge_field", "x" * 2_000_000, "is more than a field may be"),
        case("right_to_left", "\u202e12345678", "shows its figures backwards"),
        case("zero_width", "12\u200b34", "looks like another text"),
        case("other_digits", "١٢٣", "is digits to Python and not to us"),
        case("lone_quote", 'a"b', "opens a quotation that never ends"),
        case("open_quote", '"a', "takes the rest of the file into one cell"),
        case("embedded_newline", '"a\nb"', "is one row on two lines"),
        case("markup", "<script>alert(1)</script>", "runs in a page that shows it"),
        case("sql", "'; DROP TABLE reading; --", "runs in a query glued together"),
        case("path", "../../etc/passwd", "leads out of a folder"),
        case("empty_cell", "", "leaves out what must be there"),
        case("blank_cell", "   ", "looks empty and is not"),
        case("not_a_number", "NaN", "is a number that equals nothing"),
        case("infinite", "1e999999", "is a number without end"),
    )


def _lines(header: str, row: str, separator: str) -> tuple[Hostile, ...]:
    other = "," if separator != "," else ";"
    fields: Sequence[str] = row.split(separator)
    return (
        Hostile("empty", b"", "is nothing"),
        Hostile("header_alone", _file(header), "has no rows: nothing to do, and no fault"),
        Hostile("no_header", _file(row), "lacks its first line"),
        Hostile("header_twice", _file(header, header, row), "has its header as a row"),
        Hostile("crlf", _file(header, row, end="\r\n"), "comes from Windows"),
        Hostile("cr", _file(header, row, end="\r"), "comes from an old Mac: one line to others"),
        Hostile("mixed_ends", _file(header) + _file(row, end="\r\n") + _file(row), "is glued"),
        Hostile("no_last_end", _file(header, row)[:-1], "may be cut off"),
        Hostile("blank_lines", _file(header, "", row, "", ""), "has lines with nothing in them"),
        Hostile(
            "other_separator",
            _file(*(line.replace(separator, other) for line in (header, row))),
            "is separated by another sign",
        ),
        Hostile(
            "too_few", _file(header, separator.join(fields[:-1])), "has a column less in a row"
        ),
        Hostile("too_many", _file(header, f"{row}{separator}more"), "has a column more in a row"),
        Hostile("separators_alone", _file(header, separator * len(fields)), "has only empty cells"),
        Hostile("same_row_twice", _file(header, row, row), "says a thing twice"),
    )


def _encodings(header: str, row: str, separator: str, cell: int) -> tuple[Hostile, ...]:
    accents = _file(header, _with_cell(row, separator, cell, "Peña"))
    sound = _file(header, row)
    return (
        Hostile("bom", b"\xef\xbb\xbf" + sound, "begins with a mark that is no part of the header"),
        Hostile("latin1", accents.decode().encode("iso-8859-1"), "is not UTF-8"),
        Hostile("utf16", sound.decode().encode("utf-16"), "has a NUL in every other place"),
        Hostile("broken_utf8", accents.replace("ñ".encode(), b"\xc3"), "stops within a letter"),
        Hostile("gzip", b"\x1f\x8b\x08" + bytes(200), "is compressed"),
        Hostile("zip", b"PK\x03\x04" + bytes(60), "is an archive, as a spreadsheet is"),
    )
