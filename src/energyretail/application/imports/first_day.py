"""The day a company that lives off a portfolio alone may begin on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Final

from energyretail.application.imports.ports import PortfolioFolder, RecordReader
from energyretail.application.imports.rows import ContractRow, RowRefused, row_of
from energyretail.application.imports.tables import CONTRACTS, READINGS, Table
from energyretail.domain.metering import DeliveredReading
from energyretail.domain.shared import Invalid

__all__ = ["first_day_after"]

_GAP: Final = timedelta(days=92)
_FEW: Final = 4


def first_day_after(folder: PortfolioFolder, reader: RecordReader) -> date:
    """Return the day after the last reading; without readings, after the last start of supply.

    Days that come more than 92 days after all others, in less than a quarter of the rows, are
    mistyped: no meter is left alone for so long, and a year mistyped once would move the whole
    company. Rows that cannot be read say nothing. Raises Invalid ``import.no_day`` where no row
    says a day.
    """
    for table in (READINGS, CONTRACTS):
        days = Counter(_days(table, folder, reader))
        if days:
            return _last(days) + timedelta(days=1)
    raise Invalid("import.no_day", "neither a reading nor a contract tells a day")


def _last(days: Mapping[date, int]) -> date:
    ordered, rows, beyond = sorted(days), sum(days.values()), 0
    last = ordered[-1]
    for before, after in zip(ordered[-2::-1], ordered[:0:-1], strict=True):
        beyond += days[after]
        if beyond * _FEW >= rows:
            break
        if after - before > _GAP:
            last = before
    return last


def _days(table: Table, folder: PortfolioFolder, reader: RecordReader) -> Iterator[date]:
    if table.file not in folder.names():
        return
    content = folder.content(table.file)
    if reader.faults(table, content):
        return
    for record in reader.records(table, content):
        try:
            row: object = row_of(table, record)
        except RowRefused:
            continue
        yield from _told(row)


def _told(row: object) -> Iterable[date]:
    match row:
        case DeliveredReading():
            return (row.taken_on,)
        case ContractRow():
            return (row.starts_on,)
        case _:
            return ()
