"""Markets: each one value that assembles the rules of a country."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from energyretail.domain.markets.back_billing import BACK_BILLING_RULES
from energyretail.domain.markets.bill_deadlines import BILL_DEADLINES
from energyretail.domain.markets.deposits import DEPOSIT_RULES
from energyretail.domain.markets.final_bills import FINAL_BILLS
from energyretail.domain.markets.profile import MarketProfile
from energyretail.domain.markets.spain import SPAIN

__all__ = [
    "BACK_BILLING_RULES", "BILL_DEADLINES", "DEPOSIT_RULES", "FINAL_BILLS", "PROFILES", "SPAIN",
    "MarketProfile",
]  # fmt: skip

PROFILES: Mapping[str, MarketProfile] = MappingProxyType({"ES": SPAIN})
