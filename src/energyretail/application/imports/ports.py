"""What taking over a portfolio needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Protocol

from energyretail.application.imports.faults import ImportFault
from energyretail.application.imports.rows import PortfolioPoint, Record
from energyretail.application.imports.tables import Table
from energyretail.domain.contracts import Contract, Quote
from energyretail.domain.metering import Delivery, Doubted, MeteredSupply
from energyretail.domain.metering import Reading as MeterReading
from energyretail.domain.parties import Customer
from energyretail.domain.pricing import PublishedFigures, Tariff
from energyretail.domain.shared import Cups, Period

__all__ = [
    "ContractsToKeep",
    "CustomersToKeep",
    "DeliveredTaken",
    "PointsSupplied",
    "PortfolioFolder",
    "PortfolioStanding",
    "Products",
    "QuotesToKeep",
    "RecordReader",
    "TakeDelivered",
]


class PortfolioFolder(Protocol):
    """Where somebody has laid the files of a portfolio."""

    def names(self) -> tuple[str, ...]:
        """Return the names of the CSV files, in order."""
        ...

    def content(self, name: str) -> bytes:
        """Return a file's bytes; raises Invalid ``import.file.unreadable``."""
        ...


class RecordReader(Protocol):
    """Understands CSV as docs/reference/import.md has it."""

    def faults(self, table: Table, content: bytes) -> tuple[ImportFault, ...]:
        """Return what is wrong with the file as a whole; nothing when its rows can be read."""
        ...

    def records(self, table: Table, content: bytes) -> Iterator[Record]:
        """Give the rows of a file without faults, one by one; lines that are empty are none."""
        ...


class PortfolioStanding(Protocol):
    """What the company has already under the natural keys of a portfolio."""

    def customers(self, tax_ids: Sequence[str]) -> tuple[Customer, ...]:
        """Return the customers of these tax ids, in order of number."""
        ...

    def quotes(self, references: Sequence[str]) -> tuple[Quote, ...]:
        """Return the quotes given under these references, in order of number."""
        ...

    def points(self, points: Sequence[Cups]) -> tuple[PortfolioPoint, ...]:
        """Return the supply points imported before, in order of CUPS."""
        ...

    def save_points(self, points: Sequence[PortfolioPoint], *, on: date) -> None:
        """Add supply points received `on` a business day; raises Conflict for a known one."""
        ...


class CustomersToKeep(Protocol):
    """The customers, to add to."""

    def save(self, customers: Sequence[Customer]) -> None:
        """Insert customers; raises Conflict ``parties.tax_id_taken``."""
        ...


class QuotesToKeep(Protocol):
    """The quotes, to add to."""

    def save(self, quotes: Sequence[Quote]) -> None:
        """Insert quotes; raises Conflict ``contracts.quote.reference_reused``."""
        ...


class ContractsToKeep(Protocol):
    """The contracts, to look at and to add to."""

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Contract, ...]:
        """Return the contracts with these numbers, in order of number."""
        ...

    def save(self, contracts: Sequence[Contract]) -> None:
        """Insert contracts with their supplies; raises Conflict ``supply.point_taken``."""
        ...


class Products(Protocol):
    """The products we sell."""

    def tariff(self, code: str) -> Tariff:
        """Return the tariff of a product; raises NotFound for an unknown code."""
        ...

    def published(self, names: Collection[str], days: Period) -> PublishedFigures:
        """Return the published figures of these names over some days, as far as they are known."""
        ...


class PointsSupplied(Protocol):
    """Who is supplied by us."""

    def at(self, points: Sequence[Cups]) -> tuple[MeteredSupply, ...]:
        """Return our supplies at the points, begun, ended, or waiting for the registry."""
        ...


class DeliveredTaken(Protocol):
    """What became of delivered readings."""

    @property
    def taken(self) -> tuple[MeterReading, ...]:
        """Return the new ones."""
        ...

    @property
    def replaced(self) -> tuple[MeterReading, ...]:
        """Return those that supersede an estimate."""
        ...

    @property
    def known(self) -> int:
        """Return how many rows said nothing new."""
        ...

    @property
    def doubted(self) -> tuple[Doubted, ...]:
        """Return the rows not believed."""
        ...


class TakeDelivered(Protocol):
    """Takes in readings, in a transaction of its own."""

    def __call__(self, delivery: Delivery, *, source: str) -> DeliveredTaken:
        """Take in the rows of a delivery, each believed or doubted by itself."""
        ...
