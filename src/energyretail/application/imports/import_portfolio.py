"""Take over a whole portfolio from its files."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Final, TypeVar

from energyretail.application.imports.faults import ImportFault
from energyretail.application.imports.outcome import (
    FileCounts,
    ImportReport,
    Outcome,
    Refusals,
)
from energyretail.application.imports.ports import (
    PortfolioFolder,
    RecordReader,
    TakeDelivered,
)
from energyretail.application.imports.rows import (
    ContractRow,
    CustomerRow,
    PointRow,
    Record,
    Row,
    RowRefused,
    keys_in,
    keys_of,
    row_of,
)
from energyretail.application.imports.tables import (
    CONTRACTS,
    CUSTOMERS,
    READINGS,
    SUPPLY_POINTS,
    TABLES,
    Table,
)
from energyretail.application.imports.take_contracts import TakeContracts
from energyretail.application.imports.take_parties import TakeCustomers, TakePoints
from energyretail.application.shared import Clock, Inbox, Received, Work
from energyretail.domain.metering import DeliveredReading, Delivery, Doubted
from energyretail.domain.shared import DomainError, Invalid

__all__ = ["CHUNK_ROWS", "ImportPortfolio"]

R = TypeVar("R")

CHUNK_ROWS: Final = 1000
_SOURCE: Final = "import"
_SCHEMA: Final = "portfolio/1"
_NOT_OURS: Final = "metering.reading.not_our_supply"


class ImportPortfolio:
    """Take in the files of a portfolio that is in supply, table by table, chunk by chunk.

    - Each file is kept in the inbox as it came; a file that cannot be read as a whole is
      refused, and the others go on.
    - Every fault of a row is told, with file, line, field, code and reason; the good rows go
      on. A row that refers to a refused one is told as that, and only if it is good itself.
    - A chunk is one transaction. Every row has a natural key: taken in again it changes
      nothing, so an import that was cut off is simply done again.

    Memory holds a file's bytes, one chunk, the faults, and the keys of refused rows.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        inbox: Inbox,
        reader: RecordReader,
        take_customers: TakeCustomers,
        take_points: TakePoints,
        take_contracts: TakeContracts,
        take_readings: TakeDelivered,
        chunk_rows: int = CHUNK_ROWS,
    ):
        self._work = work
        self._clock = clock
        self._inbox = inbox
        self._reader = reader
        self._take_customers = take_customers
        self._take_points = take_points
        self._take_contracts = take_contracts
        self._take_readings = take_readings
        self._chunk_rows = chunk_rows

    def __call__(self, folder: PortfolioFolder) -> ImportReport:
        """Take in every file of `folder`; raises Invalid ``import.folder.empty`` for none."""
        names = folder.names()
        if not names:
            raise Invalid("import.folder.empty", "there is no CSV file")
        refused = Refusals()
        reports = [self._file(table, folder, refused) for table in TABLES if table.file in names]
        return ImportReport(
            tuple(counts for counts, _ in reports),
            (*_strangers(names), *(fault for _, faults in reports for fault in faults)),
        )

    def _file(
        self, table: Table, folder: PortfolioFolder, refused: Refusals
    ) -> tuple[FileCounts, tuple[ImportFault, ...]]:
        try:
            content = folder.content(table.file)
        except DomainError as error:
            refused.add_file(table.name)
            fault = ImportFault(table.file, 0, "", error.code, error.text)
            return FileCounts(table.file), (fault,)
        source = f"{table.file}#{hashlib.sha256(content).hexdigest()[:16]}"
        self._keep(source, content)
        faults = self._reader.faults(table, content)
        if faults:
            refused.add_file(table.name)
            self._settle(source, faults[0].code, faults[0].reason)
            return FileCounts(table.file), faults
        counts, faults = self._rows(table, content, source, refused)
        self._settle(source)
        return counts, faults

    def _rows(
        self, table: Table, content: bytes, source: str, refused: Refusals
    ) -> tuple[FileCounts, tuple[ImportFault, ...]]:
        counts, told = FileCounts(table.file), list[ImportFault]()
        records = self._reader.records(table, content)
        while chunk := tuple(islice(records, self._chunk_rows)):
            rows, faults = _parsed(table, chunk, refused)
            done = self._take(table, rows, source, refused)
            bad = {fault.line for fault in done.faults}
            refused.add(
                table.name, (key for row in rows if row.line in bad for key in keys_of(row))
            )
            every = tuple(sorted((*faults, *done.faults), key=lambda fault: fault.line))
            counts = counts.plus(Outcome(done.taken, done.known, every))
            told += every
        return counts, tuple(told)

    def _take(self, table: Table, rows: Sequence[Row], source: str, refused: Refusals) -> Outcome:
        takers: dict[str, Callable[[], Outcome]] = {
            CUSTOMERS.name: lambda: self._take_customers(_of(CustomerRow, rows)),
            SUPPLY_POINTS.name: lambda: self._take_points(_of(PointRow, rows)),
            CONTRACTS.name: lambda: self._take_contracts(_of(ContractRow, rows), refused),
            READINGS.name: lambda: self._readings(_of(DeliveredReading, rows), source, refused),
        }
        return takers[table.name]()

    def _readings(
        self, rows: tuple[DeliveredReading, ...], source: str, refused: Refusals
    ) -> Outcome:
        delivery = Delivery(_SOURCE, self._clock.today(), rows)
        done = self._take_readings(delivery, source=source)
        faults = tuple(fault for doubt in done.doubted for fault in _doubts(doubt, refused))
        return Outcome(len(done.taken) + len(done.replaced), done.known, faults)

    def _keep(self, key: str, content: bytes) -> None:
        with self._work() as transaction:
            self._inbox.keep(Received(_SOURCE, key, content, _SCHEMA), on=self._clock.today())
            transaction.commit()

    def _settle(self, key: str, code: str = "", text: str = "") -> None:
        with self._work() as transaction:
            self._inbox.settle(_SOURCE, key, code=code, text=text)
            transaction.commit()


def _of(kind: type[R], rows: Iterable[object]) -> tuple[R, ...]:
    return tuple(row for row in rows if isinstance(row, kind))


def _strangers(names: Iterable[str]) -> tuple[ImportFault, ...]:
    known = sorted(table.file for table in TABLES)
    return tuple(
        ImportFault(name, 0, "", "import.file.unknown_name", f"none of {', '.join(known)}")
        for name in names
        if name not in known
    )


def _parsed(
    table: Table, records: Iterable[Record], refused: Refusals
) -> tuple[tuple[Row, ...], tuple[ImportFault, ...]]:
    rows: list[Row] = []
    faults: list[ImportFault] = []
    for record in records:
        try:
            rows.append(row_of(table, record))
        except RowRefused as refusal:
            faults += [ImportFault(table.file, record.line, *fault) for fault in refusal.faults]
            refused.add(table.name, keys_in(record))
    return tuple(rows), tuple(faults)


def _doubts(doubt: Doubted, refused: Refusals) -> tuple[ImportFault, ...]:
    """Return why a reading is not believed; that its point is not ours may be another's fault."""
    row = doubt.delivered
    cups = row.cups.value
    # A refused point has its contract refused as well, so the contract tells it all.
    waits = refused.has(CONTRACTS.name, row.cups.point)
    own = [each for each in doubt.objections if not (waits and each.code == _NOT_OURS)]
    if not own:
        reason = f"the row that supplies {cups} was refused"
        return (ImportFault(READINGS.file, row.line, "cups", "import.depends_on_refused", reason),)
    return tuple(
        ImportFault(READINGS.file, row.line, _field_of(each.code), each.code, each.text)
        for each in own
    )


def _field_of(code: str) -> str:
    return _FIELDS.get(code, "index_kwh")


_FIELDS: Final = {
    _NOT_OURS: "cups",
    "metering.reading.unknown_register": "register",
    "metering.reading.future": "taken_on",
    "metering.reading.next_implausible": "next_reading_on",
}
