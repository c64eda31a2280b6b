"""Tariffs and rating: usage in, a bill with every line derived out."""

from energyretail.domain.pricing.bill import (
    NO_TAX,
    ROUNDING,
    PricedBill,
    PriceLine,
    Prices,
    TaxLine,
)
from energyretail.domain.pricing.derivation import (
    Combine,
    Derivation,
    Factor,
    exact,
    explain,
    given,
    product,
    recompute,
    round_exactly,
)
from energyretail.domain.pricing.usage import Quality, RegisterUse, Usage

__all__ = [
    "NO_TAX",
    "ROUNDING",
    "Combine",
    "Derivation",
    "Factor",
    "PriceLine",
    "PricedBill",
    "Prices",
    "Quality",
    "RegisterUse",
    "TaxLine",
    "Usage",
    "exact",
    "explain",
    "given",
    "product",
    "recompute",
    "round_exactly",
]
