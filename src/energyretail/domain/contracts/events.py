"""What happens to contracts."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import attrs

from energyretail.domain.shared import (
    ContractNumber,
    CustomerNumber,
    Event,
)

__all__ = [
    "ContractAccepted",
    "ContractLapsed",
    "ContractSigned",
    "ContractWithdrawn",
    "SupplyEnded",
    "SupplyStarted",
    "SupplyWanted",
]


@attrs.frozen
class ContractAccepted(Event):
    """A customer took a quote; the contract waits for the signature."""

    name: ClassVar[str] = "contracts.contract.accepted"
    contract: ContractNumber
    customer: CustomerNumber


@attrs.frozen
class ContractSigned(Event):
    """A contract is signed, and with it the direct debit mandate on `iban`.

    `last_collected_on` is the last due date the mandate was used for before the contract was
    ours, None where it never was.
    """

    name: ClassVar[str] = "contracts.contract.signed"
    contract: ContractNumber
    customer: CustomerNumber
    signed_on: date
    iban: str
    last_collected_on: date | None = None


@attrs.frozen
class ContractWithdrawn(Event):
    """A home used its right of withdrawal."""

    name: ClassVar[str] = "contracts.contract.withdrawn"
    contract: ContractNumber


@attrs.frozen
class ContractLapsed(Event):
    """A contract was never signed."""

    name: ClassVar[str] = "contracts.contract.lapsed"
    contract: ContractNumber


@attrs.frozen
class SupplyWanted(Event):
    """A contract may start: its supply point is to be claimed from `from_day` on."""

    name: ClassVar[str] = "contracts.supply.wanted"
    contract: ContractNumber
    cups: str
    customer: CustomerNumber
    from_day: date


@attrs.frozen
class SupplyStarted(Event):
    """We supply a point under a contract from `on`."""

    name: ClassVar[str] = "contracts.supply.started"
    contract: ContractNumber
    cups: str
    on: date


@attrs.frozen
class SupplyEnded(Event):
    """A point is not ours any more: `on` is the first day without us."""

    name: ClassVar[str] = "contracts.supply.ended"
    contract: ContractNumber
    cups: str
    customer: CustomerNumber
    on: date
