"""What happens to a switch."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import attrs

from energyretail.domain.shared import ContractNumber, Event, RequestCode

__all__ = ["SwitchAccepted", "SwitchActivated", "SwitchRejected", "SwitchRequested"]


@attrs.frozen
class SwitchRequested(Event):
    """A supply point is to be claimed at the registry."""

    name: ClassVar[str] = "switching.switch.requested"
    request: RequestCode
    contract: ContractNumber
    cups: str
    on: date


@attrs.frozen
class SwitchAccepted(Event):
    """The registry took our claim."""

    name: ClassVar[str] = "switching.switch.accepted"
    request: RequestCode
    contract: ContractNumber
    cups: str
    expected_on: date


@attrs.frozen
class SwitchRejected(Event):
    """The registry refused our claim, for the reasons of `codes` in its own order."""

    name: ClassVar[str] = "switching.switch.rejected"
    request: RequestCode
    contract: ContractNumber
    cups: str
    codes: tuple[str, ...]


@attrs.frozen
class SwitchActivated(Event):
    """We supply the point; `on` is our first day."""

    name: ClassVar[str] = "switching.switch.activated"
    request: RequestCode
    contract: ContractNumber
    cups: str
    on: date
