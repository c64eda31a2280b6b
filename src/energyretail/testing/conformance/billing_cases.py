"""The customers, contracts and readings billing is tried with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from energyretail.domain import metering
from energyretail.domain.contracts import Contract, ContractState, Signature
from energyretail.domain.parties import Address, Customer, CustomerKind, Person
from energyretail.domain.shared import (
    Cups,
    Iban,
    Power,
    contract_number,
    customer_number,
    quote_number,
)
from energyretail.domain.supply import Site, Supply, SupplyState

__all__ = [
    "REGISTERS",
    "SECOND",
    "START",
    "TARIFF",
    "THIRD",
    "contract_of",
    "customer_of",
    "point",
    "reading_of",
    "readings_of",
]

START = date(2026, 3, 7)
SECOND = date(2026, 4, 6)
THIRD = date(2026, 5, 7)
TARIFF = "2.0TD-HORAS"
REGISTERS = ("P1", "P2", "P3")


def point(number: int) -> Cups:
    """Return the `number`-th supply point."""
    return Cups.of_digits(f"0031{number:012d}")


def customer_of(number: int) -> Customer:
    """Return the `number`-th customer."""
    address = Address("Calle Mayor, 1", "28001", "Madrid", "ES")
    person = Person(CustomerKind.HOME, f"Casa {number}", f"{number:08d}Z", "a@example.org", address)
    return Customer(customer_number(number), person)


def contract_of(
    number: int,
    *,
    points: Sequence[int] = (),
    customer: int = 0,
    ended_on: date | None = None,
    tariff: str = TARIFF,
) -> Contract:
    """Return the `number`-th contract, supplying `points` (else its own number) from START."""
    state = SupplyState.ENDED if ended_on else SupplyState.ACTIVE
    powers = (("P1", Power("4.6")), ("P2", Power("4.6")))
    return Contract(
        number=contract_number(number),
        quote=quote_number(number),
        customer=customer_number(customer or number),
        kind=CustomerKind.HOME,
        product="horas",
        iban=Iban("ES9121000418450200051332"),
        accepted_on=date(2026, 3, 1),
        early_start=True,
        document_sha256="0" * 64,
        supplies=tuple(
            Supply(Site(point(p), tariff, powers), state, START, ended_on)
            for p in points or (number,)
        ),
        state=ContractState.ACTIVE,
        signature=Signature(date(2026, 3, 1), "evidence"),
    )


def reading_of(
    number: int,
    day: date,
    register: str,
    index: Decimal | int | str,
    *,
    version: int = 1,
    estimated: bool = False,
) -> metering.Reading:
    """Return a reading of one register at the `number`-th supply point."""
    quality = metering.Quality.ESTIMATED if estimated else metering.Quality.ACTUAL
    return metering.Reading(point(number), register, day, index, quality, "test", version)


def readings_of(
    number: int, day: date, index: int, *, version: int = 1, estimated: bool = False
) -> tuple[metering.Reading, ...]:
    """Return readings of all three registers of a day, P2 and P3 above P1 by 10 and 20."""
    return tuple(
        reading_of(number, day, register, index + more, version=version, estimated=estimated)
        for register, more in (("P1", 0), ("P2", 10), ("P3", 20))
    )
