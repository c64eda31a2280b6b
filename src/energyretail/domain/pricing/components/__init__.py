"""The kinds of price a tariff is composed of; one file and one row in COMPONENTS each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from energyretail.domain.pricing.components.component import (
    Component,
    Draft,
    EnergyUnit,
    Piece,
    shown,
)
from energyretail.domain.pricing.components.fixed_amount import FixedAmount
from energyretail.domain.pricing.components.levy import Levy
from energyretail.domain.pricing.components.over_energy import draft_over_energy
from energyretail.domain.pricing.components.over_time import draft_over_time
from energyretail.domain.pricing.components.percentage_tax import PercentageTax
from energyretail.domain.pricing.components.standing_charge import StandingCharge
from energyretail.domain.pricing.components.subscribed_power import SubscribedPower
from energyretail.domain.pricing.components.time_of_use import TimeOfUse
from energyretail.domain.pricing.components.unit_rate import UnitRate

__all__ = [
    "COMPONENTS",
    "Component",
    "Draft",
    "EnergyUnit",
    "FixedAmount",
    "Levy",
    "PercentageTax",
    "Piece",
    "StandingCharge",
    "SubscribedPower",
    "TimeOfUse",
    "UnitRate",
    "draft_over_energy",
    "draft_over_time",
    "shown",
]

COMPONENTS: Mapping[str, type] = MappingProxyType(
    {
        "standing_charge": StandingCharge,
        "fixed_amount": FixedAmount,
        "subscribed_power": SubscribedPower,
        "unit_rate": UnitRate,
        "time_of_use": TimeOfUse,
        "levy": Levy,
        "percentage_tax": PercentageTax,
    }
)
