"""The kinds of price a tariff is composed of; one file and one row in COMPONENTS each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from energyretail.domain.pricing.components.blocks import Block, BlockMethod, Blocks, CountedOver
from energyretail.domain.pricing.components.component import (
    ALWAYS,
    SHOWN,
    AtLeast,
    ByUse,
    Component,
    Draft,
    EnergyUnit,
    Piece,
    at_least,
    shown,
    shown_of,
)
from energyretail.domain.pricing.components.demand import Demand, DemandBasis
from energyretail.domain.pricing.components.discount import Discount
from energyretail.domain.pricing.components.extra import Extra
from energyretail.domain.pricing.components.feed_in import FeedIn
from energyretail.domain.pricing.components.index_linked import IndexLinked
from energyretail.domain.pricing.components.levy import Levy
from energyretail.domain.pricing.components.minimum_charge import MinimumCharge
from energyretail.domain.pricing.components.over_bases import AmountPer, OverBases
from energyretail.domain.pricing.components.over_energy import OverEnergy, draft_over_energy
from energyretail.domain.pricing.components.over_time import OverTime, draft_over_time
from energyretail.domain.pricing.components.overrun import Overrun
from energyretail.domain.pricing.components.pass_through import PassThrough
from energyretail.domain.pricing.components.percentage_tax import PercentageTax
from energyretail.domain.pricing.components.reactive import CosPhiBand, Reactive
from energyretail.domain.pricing.components.spot import Spot
from energyretail.domain.pricing.components.standing_charge import StandingCharge, Timing
from energyretail.domain.pricing.components.stepped_power import SteppedPower
from energyretail.domain.pricing.components.subscribed_power import SubscribedPower
from energyretail.domain.pricing.components.time_of_use import TimeOfUse
from energyretail.domain.pricing.components.unit_rate import UnitRate

__all__ = [
    "ALWAYS",
    "COMPONENTS",
    "SHOWN",
    "AmountPer",
    "AtLeast",
    "Block",
    "BlockMethod",
    "Blocks",
    "ByUse",
    "Component",
    "CosPhiBand",
    "CountedOver",
    "Demand",
    "DemandBasis",
    "Discount",
    "Draft",
    "EnergyUnit",
    "Extra",
    "FeedIn",
    "IndexLinked",
    "Levy",
    "MinimumCharge",
    "OverBases",
    "OverEnergy",
    "OverTime",
    "Overrun",
    "PassThrough",
    "PercentageTax",
    "Piece",
    "Reactive",
    "Spot",
    "StandingCharge",
    "SteppedPower",
    "SubscribedPower",
    "TimeOfUse",
    "Timing",
    "UnitRate",
    "at_least",
    "draft_over_energy",
    "draft_over_time",
    "shown",
    "shown_of",
]

COMPONENTS: Mapping[str, type[Component]] = MappingProxyType(
    {
        "standing_charge": StandingCharge,
        "unit_rate": UnitRate,
        "time_of_use": TimeOfUse,
        "blocks": Blocks,
        "subscribed_power": SubscribedPower,
        "stepped_power": SteppedPower,
        "demand": Demand,
        "overrun": Overrun,
        "reactive": Reactive,
        "index_linked": IndexLinked,
        "spot": Spot,
        "pass_through": PassThrough,
        "levy": Levy,
        "percentage_tax": PercentageTax,
        "discount": Discount,
        "minimum_charge": MinimumCharge,
        "feed_in": FeedIn,
        "extra": Extra,
    }
)
