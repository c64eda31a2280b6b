"""Rows of published CSV files, whose cells are asked for by what they must hold."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

import attrs

from energyretail.domain.shared import Invalid, decimal_of

__all__ = ["Row", "rows_of"]

_DAY_FIRST: Final = re.compile(r"([0-9]{2})/([0-9]{2})/([0-9]{4})")


@attrs.frozen
class Row:
    """One row: `line` counts the lines of the file from 1, the header included."""

    file: str
    line: int
    cells: Mapping[str, str]
    decimal_comma: bool = False

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.file}:{self.line}"

    def has(self, column: str) -> bool:
        """Tell whether the cell holds something."""
        return bool(self.cells[column])

    def text(self, column: str) -> str:
        """Return the cell; raises Invalid ``tariff_source.missing`` where it is empty."""
        if not self.has(column):
            raise Invalid(
                "tariff_source.missing", "must not be empty", place=self.place, field=column
            )
        return self.cells[column]

    def decimal(self, column: str) -> Decimal:
        """Return the cell as a decimal, exactly as printed.

        Raises Invalid ``tariff_source.missing`` or ``tariff_source.decimal``.
        """
        text = self.text(column)
        try:
            return decimal_of(text.replace(",", ".") if self.decimal_comma else text)
        except Invalid:
            raise Invalid(
                "tariff_source.decimal",
                "not a decimal number",
                place=self.place,
                field=column,
                value=text,
            ) from None

    def day(self, column: str) -> date:
        """Return the cell as a day, written 2026-01-31 or 31/01/2026.

        Raises Invalid ``tariff_source.missing`` or ``tariff_source.day``.
        """
        text = self.text(column)
        try:
            return date.fromisoformat(_DAY_FIRST.sub(r"\3-\2-\1", text))
        except ValueError:
            raise Invalid(
                "tariff_source.day", "not a day", place=self.place, field=column, value=text
            ) from None

    def day_or_none(self, column: str) -> date | None:
        """Return the cell as a day; None where it is empty and the row is open."""
        return self.day(column) if self.has(column) else None


def rows_of(file: str, text: str, columns: Iterable[str]) -> tuple[Row, ...]:
    """Read a CSV file whose header has exactly `columns`, in any order.

    Commas separate, or semicolons where the header has some: then decimals have a comma.
    Raises Invalid ``tariff_source.columns`` for another header, ``tariff_source.cells`` for a
    row with more or fewer cells, ``tariff_source.csv`` for broken quotes.
    """
    semicolons = ";" in text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";,"[not semicolons], strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _require_columns(file, header, sorted(columns))
        rows = []
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(header):
                place = f"{file}:{reader.line_num}"
                raise Invalid("tariff_source.cells", "not as many cells as columns", place=place)
            named = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
            rows.append(Row(file, reader.line_num, named, decimal_comma=semicolons))
    except csv.Error as error:
        raise Invalid("tariff_source.csv", "not readable as CSV", file=file, why=error) from error
    return tuple(rows)


def _require_columns(file: str, header: list[str], wanted: list[str]) -> None:
    if sorted(header) != wanted:
        raise Invalid(
            "tariff_source.columns",
            "the header has other columns",
            file=file,
            missing=" ".join(name for name in wanted if name not in header),
            unknown=" ".join(name for name in header if name not in wanted),
        )
