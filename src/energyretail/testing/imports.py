"""Portfolios to import: rows written as files in every lawful way, and an office in memory."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from energyretail.adapters.csv_files import CsvRecords
from energyretail.adapters.memory.contracts import MemoryContracts, MemoryCustomers, MemoryQuotes
from energyretail.adapters.memory.imports import MemoryPortfolioStanding
from energyretail.adapters.memory.metering import (
    MemoryReadingPlans,
    MemoryReadings,
    MemorySuppliesToRead,
)
from energyretail.adapters.memory.shared import MemoryClock, MemoryInbox, MemoryNumbers
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.imports import (
    CONTRACTS,
    CUSTOMERS,
    READINGS,
    SUPPLY_POINTS,
    ContractRow,
    CustomerRow,
    ImportPortfolio,
    ImportReport,
    PointRow,
    PortfolioPoint,
    RehearsePortfolio,
    Row,
    Table,
    TakeContracts,
    TakeCustomers,
    TakePoints,
)
from energyretail.application.metering import TakeReadings
from energyretail.application.shared import Work
from energyretail.domain.markets import SPAIN
from energyretail.domain.metering import DeliveredReading, Origin
from energyretail.domain.parties import STREET_MAX, TOWN_MAX, Address, CustomerKind, Person
from energyretail.domain.shared import Cups, Event, Iban, Invalid, Power
from energyretail.testing.numbers import NumbersInOrder

__all__ = ["FilesInMemory", "ImportOffice", "rows_of", "written"]

_RETAILER: Final = "Energía de Prueba, S.A."
_DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 30))
_CUPS = st.integers(0, 10**16 - 1).map(lambda number: Cups.of_digits(f"{number:016d}"))
_IBANS = st.integers(0, 10**20 - 1).map(lambda number: Iban.of_account("ES", f"{number:020d}"))
_AMOUNTS = st.decimals(0, 100_000, places=3, allow_nan=False)
_SHOWN = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\ufffe\uffff"
)


def _texts(most: int) -> st.SearchStrategy[str]:
    return st.text(_SHOWN, min_size=1, max_size=most).map(str.strip).filter(bool)


_PEOPLE = st.builds(
    Person,
    kind=st.sampled_from(CustomerKind),
    name=_texts(140),
    tax_id=st.from_regex("[A-Z0-9]{8,14}", fullmatch=True),
    email=st.from_regex(r"[a-z&'=]{1,9}@[a-z]{1,9}", fullmatch=True),
    address=st.builds(
        Address,
        _texts(STREET_MAX),
        st.from_regex(r"[A-Z0-9]([A-Z0-9 -]{0,14}[A-Z0-9])?", fullmatch=True),
        _texts(TOWN_MAX),
        st.from_regex("[A-Z]{2}", fullmatch=True),
    ),
    language=st.from_regex("[a-z]{2}", fullmatch=True),
)
_POWERS = st.tuples(_AMOUNTS, _AMOUNTS).map(lambda kw: (("P1", Power(kw[0])), ("P2", Power(kw[1]))))
_READINGS = st.tuples(_CUPS, _texts(16), _DAYS, _AMOUNTS, st.booleans(), st.integers(0, 400)).map(
    lambda told: DeliveredReading(
        cups=told[0],
        register=told[1],
        taken_on=min(told[2], date(2098, 1, 1)),
        index_kwh=told[3],
        origin=Origin.VISUAL if told[4] else Origin.ESTIMATED,
        next_on=_later(told[2], told[5]),
    )
)
_ROWS: Mapping[str, st.SearchStrategy[Row]] = {
    CUSTOMERS.name: st.builds(CustomerRow, st.just(0), _PEOPLE),
    SUPPLY_POINTS.name: st.builds(
        PointRow,
        st.just(0),
        st.builds(PortfolioPoint, _CUPS, _POWERS, st.integers(0, 10_000_000)),
    ),
    CONTRACTS.name: st.builds(
        ContractRow,
        st.just(0),
        reference=_texts(64),
        tax_id=st.from_regex("[A-Z0-9]{8,14}", fullmatch=True),
        points=st.lists(_CUPS, min_size=1, max_size=4, unique=True).map(sorted).map(tuple),
        product=_texts(40),
        iban=_IBANS,
        signed_on=_DAYS,
        starts_on=_DAYS,
        last_collected_on=st.none() | _DAYS,
    ),
    READINGS.name: _READINGS,
}


def _later(day: date, days: int) -> date | None:
    start = min(day, date(2098, 1, 1))
    return date.fromordinal(start.toordinal() + days) if days else None


def rows_of(table: Table) -> st.SearchStrategy[Row]:
    """Return any row of a table that a file can hold; its line is 0."""
    return _ROWS[table.name]


def written(
    table: Table,
    rows: Iterable[Row],
    *,
    shuffle: random.Random | None = None,
    quoting: int = csv.QUOTE_MINIMAL,
    newline: str = "\n",
    bom: bool = False,
) -> bytes:
    """Write rows as a file; `shuffle` puts the columns in another order."""
    columns = list(table.columns)
    if shuffle is not None:
        shuffle.shuffle(columns)
    text = io.StringIO()
    writer = csv.DictWriter(
        text,
        columns,
        lineterminator=newline,
        quoting=quoting,  # type: ignore[arg-type]  # the stubs want the literal constants
    )
    writer.writeheader()
    writer.writerows(_cells(row) for row in rows)
    return (b"\xef\xbb\xbf" if bom else b"") + text.getvalue().encode()


def _cells(row: Row) -> dict[str, str]:
    match row:
        case CustomerRow(person=person):
            address = person.address
            return {
                "tax_id": person.tax_id,
                "kind": person.kind.value,
                "name": person.name,
                "email": person.email,
                "street": address.street,
                "postcode": address.postcode,
                "town": address.town,
                "country": address.country,
                "language": person.language,
            }
        case PointRow(point=point):
            power_p1, power_p2 = (f"{power.value:f}" for _, power in point.powers)
            return {
                "cups": point.cups.value,
                "power_p1_kw": power_p1,
                "power_p2_kw": power_p2,
                "month_kwh": str(point.month_kwh),
            }
        case ContractRow():
            return {
                "reference": row.reference,
                "tax_id": row.tax_id,
                "cups": ";".join(cups.value for cups in row.points),
                "product": row.product,
                "iban": row.iban.value,
                "signed_on": row.signed_on.isoformat(),
                "starts_on": row.starts_on.isoformat(),
                "last_collected_on": _day(row.last_collected_on),
            }
        case DeliveredReading():
            return {
                "cups": row.cups.value,
                "register": row.register,
                "taken_on": row.taken_on.isoformat(),
                "index_kwh": f"{Decimal(row.index_kwh):f}",
                "quality": row.origin.quality.value,
                "next_reading_on": _day(row.next_on),
            }


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


@attrs.frozen
class FilesInMemory:
    """The PortfolioFolder port over files by name."""

    files: Mapping[str, bytes]

    def names(self) -> tuple[str, ...]:
        """Return the names in order."""
        return tuple(sorted(self.files))

    def content(self, name: str) -> bytes:
        """Return a file's bytes."""
        if name not in self.files:
            raise Invalid("import.file.unreadable", "no such file")
        return self.files[name]


class _Recorded:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, events: Iterable[Event]) -> None:
        self.events += events


class ImportOffice:
    """A company in memory that can only import, on a day of its own; nothing follows events."""

    def __init__(self, today: date):
        self.store = MemoryStore()
        with self.store.transaction() as transaction:
            MemoryClock(self.store).move_to(today)
            transaction.commit()
        self.events = _Recorded()
        self.orders: set[tuple[str, ...]] = set()

    def take_over(
        self, files: Mapping[str, bytes], *, chunk_rows: int = 1000, work: Work | None = None
    ) -> ImportReport:
        """Take the files over, in chunks of some rows, by `work` instead of the store's own."""
        take_over = self._import(work or MemoryWork(self.store), chunk_rows)
        return take_over(FilesInMemory(files))

    def _import(self, work: Work, chunk_rows: int) -> ImportPortfolio:
        store = self.store
        clock = MemoryClock(store)
        numbers = NumbersInOrder(MemoryNumbers(store), work)
        work, self.orders = numbers.work, numbers.orders
        standing, supplies = MemoryPortfolioStanding(store), MemorySuppliesToRead(store)
        return ImportPortfolio(
            work=work,
            clock=clock,
            inbox=MemoryInbox(store),
            reader=CsvRecords(),
            take_customers=TakeCustomers(
                work=work, numbers=numbers, standing=standing, customers=MemoryCustomers(store)
            ),
            take_points=TakePoints(work=work, clock=clock, standing=standing),
            take_contracts=TakeContracts(
                work=work,
                clock=clock,
                numbers=numbers,
                events=self.events,
                standing=standing,
                quotes=MemoryQuotes(store),
                contracts=MemoryContracts(store),
                supplies=supplies,
                products=SPAIN,
                retailer=_RETAILER,
            ),
            take_readings=TakeReadings(
                work=work,
                clock=clock,
                events=self.events,
                readings=MemoryReadings(store),
                plans=MemoryReadingPlans(store),
                supplies=supplies,
                rules=SPAIN.reading,
            ),
            chunk_rows=chunk_rows,
        )

    def rehearse(self, files: Mapping[str, bytes], *, chunk_rows: int = 1000) -> ImportReport:
        """Tell what would become of the files."""
        store, clock = self.store, MemoryClock(self.store)
        rehearse = RehearsePortfolio(
            clock=clock,
            reader=CsvRecords(),
            standing=MemoryPortfolioStanding(store),
            contracts=MemoryContracts(store),
            supplies=MemorySuppliesToRead(store),
            readings=MemoryReadings(store),
            plans=MemoryReadingPlans(store),
            products=SPAIN,
            retailer=_RETAILER,
            take_readings=partial(TakeReadings, clock=clock, rules=SPAIN.reading),
            chunk_rows=chunk_rows,
        )
        return rehearse(FilesInMemory(files))

    def tables(self, *names: str) -> dict[str, dict[Any, Any]]:
        """Return what stands in the tables named."""
        return {name: dict(self.store.table(name)) for name in names}
