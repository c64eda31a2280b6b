"""How far back energy may be charged, by market, as dated data with its sources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from energyretail.domain.billing import BackBillingLimit, BackBillingRule, CustomerFault
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Period

__all__ = ["BACK_BILLING_RULES"]

_FAULTS = frozenset(CustomerFault)

# SLC 21BA.1 and 21BA.2(c): charges for the twelve months before a bill or other charge recovery
# action, unless obstructive or manifestly unreasonable behaviour kept the supplier from it.
_GB = BackBillingRule(
    "GB",
    (
        BackBillingLimit(
            valid=Period(date(2018, 5, 1)),
            months=12,
            protects=frozenset({CustomerKind.HOME}),
            lifted_by=_FAULTS,
            label="Not charged: more than 12 months ago",
            source="Ofgem supply licences, SLC 21BA (domestic), from 1 May 2018",
        ),
        # For micro businesses only; nobody tells us which company is one, so each is taken for one.
        BackBillingLimit(
            valid=Period(date(2018, 11, 1)),
            months=12,
            protects=frozenset({CustomerKind.COMPANY}),
            lifted_by=_FAULTS,
            label="Not charged: more than 12 months ago",
            source="Ofgem supply licences, SLC 7A (micro business), from 1 November 2018",
        ),
    ),
)

# The law counts from the last reading, which is never later than the bill: counting from the
# bill charges no day that it forbids. For companies it holds up to 36 kVA; each is taken for one.
_FR = BackBillingRule(
    "FR",
    (
        BackBillingLimit(
            valid=Period(date(2016, 8, 18)),
            months=14,
            protects=frozenset(CustomerKind),
            lifted_by=_FAULTS,
            label="Non facturé : plus de 14 mois",
            source="Code de la consommation, art. L224-11 (loi 2015-992, art. 202)",
        ),
    ),
)

BACK_BILLING_RULES: Mapping[str, BackBillingRule] = MappingProxyType({"GB": _GB, "FR": _FR})
"""The rules by market; a market that is not among them has none that we know of."""
