"""The day a company that lives off a portfolio alone may begin on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from energyretail.application.imports.ports import PortfolioFolder, RecordReader
from energyretail.application.imports.rows import ContractRow, RowRefused, row_of
from energyretail.application.imports.tables import CONTRACTS, READINGS, Table
from energyretail.domain.metering import DeliveredReading
from energyretail.domain.shared import Invalid

__all__ = ["first_day_after"]


def first_day_after(folder: PortfolioFolder, reader: RecordReader) -> date:
    """Return the day after the last reading; without readings, after the last start of supply.

    Rows that cannot be read say nothing. Raises Invalid ``import.no_day`` where no row does.
    """
    for table in (READINGS, CONTRACTS):
        last = max(_days(table, folder, reader), default=None)
        if last is not None:
            return last + timedelta(days=1)
    raise Invalid("import.no_day", "neither a reading nor a contract tells a day")


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
