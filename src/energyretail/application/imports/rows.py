"""Rows of the files as values, and every fault of shape of a row at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Final, TypeVar

import attrs

from energyretail.application.imports.fields import LIST_DELIMITER, Value
from energyretail.application.imports.tables import (
    CONTRACTS,
    CUSTOMERS,
    READINGS,
    SUPPLY_POINTS,
    Table,
)
from energyretail.domain.metering import DeliveredReading, Origin
from energyretail.domain.parties import Address, CustomerKind, Person
from energyretail.domain.shared import Cups, DomainError, Iban, Invalid, Power

__all__ = [
    "ContractRow",
    "CustomerRow",
    "PointRow",
    "PortfolioPoint",
    "Record",
    "Row",
    "RowRefused",
    "keys_in",
    "keys_of",
    "row_of",
]

V = TypeVar("V")


@attrs.frozen
class Record:
    """A row as the file has it: the line it begins on, and its cells by column.

    `count` is how many cells it has, which may be more or fewer than the header's.
    """

    line: int
    cells: Mapping[str, str]
    count: int


@attrs.frozen
class PortfolioPoint:
    """A supply point as a portfolio describes it, before any product: about `month_kwh` a month."""

    cups: Cups
    powers: tuple[tuple[str, Power], ...]
    month_kwh: int


@attrs.frozen
class CustomerRow:
    """A customer, from the line `line`."""

    line: int
    person: Person


@attrs.frozen
class PointRow:
    """A supply point, from the line `line`."""

    line: int
    point: PortfolioPoint


@attrs.frozen
class ContractRow:
    """A contract in supply from `starts_on`, whose point `points` are in order of CUPS."""

    line: int
    reference: str
    tax_id: str
    points: tuple[Cups, ...]
    product: str
    iban: Iban
    signed_on: date
    starts_on: date
    last_collected_on: date | None = None


Row = CustomerRow | PointRow | ContractRow | DeliveredReading


class RowRefused(Exception):
    """A row that makes no value: every fault as (field, code, reason)."""

    def __init__(self, *faults: tuple[str, str, str]) -> None:
        super().__init__(faults)
        self.faults: Final = faults


def row_of(table: Table, record: Record) -> Row:
    """Return the value of a row of `table`; raises RowRefused with every fault there is."""
    if record.count != len(table.fields):
        text = f"{record.count} cells, the header has {len(table.fields)}"
        raise RowRefused(("", "import.row.cells", text))
    values: dict[str, Value] = {}
    faults: list[tuple[str, str, str]] = []
    for field in table.fields:
        try:
            values[field.name] = field.read(record.cells[field.name])
        except Invalid as error:
            faults.append((field.name, error.code, error.text))
    if faults:
        raise RowRefused(*faults)
    return _MAKERS[table.name](_Values(record.line, values))


def keys_of(row: Row) -> tuple[str, ...]:
    """Return the keys other rows refer to this one by; of a contract those of its points."""
    match row:
        case CustomerRow():
            return (row.person.tax_id,)
        case PointRow():
            return (row.point.cups.point,)
        case ContractRow():
            return tuple(cups.point for cups in row.points)
        case _:
            return ()


def keys_in(record: Record) -> tuple[str, ...]:
    """Return the keys a row that makes no value seems to have had."""
    cups = re.sub(r"[\s.-]", "", record.cells.get("cups", "")).upper()
    points = (each[:20] for each in cups.split(LIST_DELIMITER))  # the point, in either spelling
    keys = (*points, record.cells.get("tax_id", "").strip())
    return tuple(key for key in keys if key)


@attrs.frozen
class _Values:
    """The values of a row, each asked for with the type its field makes."""

    line: int
    by_name: Mapping[str, Value]

    def get(self, name: str, kind: type[V]) -> V:
        value = self.by_name[name]
        assert isinstance(value, kind), f"{name} makes {type(value)}"
        return value

    def day(self, name: str) -> date | None:
        value = self.by_name[name]
        return value if isinstance(value, date) else None


def _customer(values: _Values) -> CustomerRow:
    text = {name: value for name, value in values.by_name.items() if isinstance(value, str)}
    person = Person(
        kind=CustomerKind(text["kind"]),
        name=text["name"],
        tax_id=text["tax_id"],
        email=text["email"],
        address=Address(text["street"], text["postcode"], text["town"], text["country"]),
        language=text.get("language", "es"),
    )
    return CustomerRow(values.line, person)


def _point(values: _Values) -> PointRow:
    powers = tuple(
        (period.upper(), Power(values.get(f"power_{period}_kw", Decimal)))
        for period in ("p1", "p2")
    )
    cups = values.get("cups", Cups)
    return PointRow(values.line, PortfolioPoint(cups, powers, values.get("month_kwh", int)))


def _contract(values: _Values) -> ContractRow:
    points = (each for each in values.get("cups", tuple) if isinstance(each, Cups))
    return ContractRow(
        line=values.line,
        reference=values.get("reference", str),
        tax_id=values.get("tax_id", str),
        points=tuple(sorted(points)),
        product=values.get("product", str),
        iban=values.get("iban", Iban),
        signed_on=values.get("signed_on", date),
        starts_on=values.get("starts_on", date),
        last_collected_on=values.day("last_collected_on"),
    )


def _reading(values: _Values) -> DeliveredReading:
    looked_at = values.get("quality", str) == "actual"
    try:
        return DeliveredReading(
            cups=values.get("cups", Cups),
            register=values.get("register", str),
            taken_on=values.get("taken_on", date),
            index_kwh=values.get("index_kwh", Decimal),
            origin=Origin.VISUAL if looked_at else Origin.ESTIMATED,
            next_on=values.day("next_reading_on"),
            line=values.line,
        )
    except DomainError as error:
        raise RowRefused(("next_reading_on", error.code, error.text)) from None


_MAKERS: Final[Mapping[str, Callable[[_Values], Row]]] = {
    CUSTOMERS.name: _customer,
    SUPPLY_POINTS.name: _point,
    CONTRACTS.name: _contract,
    READINGS.name: _reading,
}
