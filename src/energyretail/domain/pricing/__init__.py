"""Tariffs and rating: usage in, a bill with every line derived out."""

from energyretail.domain.pricing.apportioning import Apportioning, Per, time_share
from energyretail.domain.pricing.bill import (
    NO_TAX,
    ROUNDING,
    PricedBill,
    PriceLine,
    Prices,
    TaxLine,
)
from energyretail.domain.pricing.components import (
    COMPONENTS,
    Component,
    Draft,
    EnergyUnit,
    FixedAmount,
    Levy,
    PercentageTax,
    Piece,
    StandingCharge,
    SubscribedPower,
    TimeOfUse,
    UnitRate,
)
from energyretail.domain.pricing.dated import DatedPrice, Version, always
from energyretail.domain.pricing.derivation import (
    Combine,
    Derivation,
    Factor,
    exact,
    explain,
    given,
    multiply,
    product,
    recompute,
    round_exactly,
)
from energyretail.domain.pricing.rating import rate
from energyretail.domain.pricing.register_calendar import HourBand, RegisterCalendar
from energyretail.domain.pricing.tariff import Tariff, Vat
from energyretail.domain.pricing.usage import Quality, RegisterUse, Usage

__all__ = [
    "COMPONENTS",
    "NO_TAX",
    "ROUNDING",
    "Apportioning",
    "Combine",
    "Component",
    "DatedPrice",
    "Derivation",
    "Draft",
    "EnergyUnit",
    "Factor",
    "FixedAmount",
    "HourBand",
    "Levy",
    "Per",
    "PercentageTax",
    "Piece",
    "PriceLine",
    "PricedBill",
    "Prices",
    "Quality",
    "RegisterCalendar",
    "RegisterUse",
    "StandingCharge",
    "SubscribedPower",
    "Tariff",
    "TaxLine",
    "TimeOfUse",
    "UnitRate",
    "Usage",
    "Vat",
    "Version",
    "always",
    "exact",
    "explain",
    "given",
    "multiply",
    "product",
    "rate",
    "recompute",
    "round_exactly",
    "time_share",
]
