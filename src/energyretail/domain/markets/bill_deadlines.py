"""When each market wants the bill of a period, as dated data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from energyretail.domain.billing import BillDeadline, BillRules, TimeLimit, TimeUnit
from energyretail.domain.shared import TARGET, Period

__all__ = ["BILL_DEADLINES"]

# Sentence 2 gives the three weeks to "this" bill, the monthly one of electricity: a final bill
# keeps the six weeks of sentence 1, and so does gas. In force since G. v. 16.7.2021, BGBl. I 3026.
_GERMANY = BillRules(
    market="DE",
    working_days=TARGET,
    deadlines=(
        BillDeadline(
            Period(date(2021, 7, 27)),
            TimeLimit(6, TimeUnit.WEEKS),
            "EnWG § 40c Abs. 2",
            monthly_electricity=TimeLimit(3, TimeUnit.WEEKS),
        ),
    ),
)

BILL_DEADLINES: Mapping[str, BillRules] = MappingProxyType({_GERMANY.market: _GERMANY})
"""The rules by market code; a market that is not here names no day known to us."""
