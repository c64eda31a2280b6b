"""What is plausible in a bill, by market, as dated data with its reasons."""

from __future__ import annotations

from datetime import date

from energyretail.domain.billing import PlausibilityLimits, PlausibilityRules
from energyretail.domain.shared import Period

__all__ = ["SPAIN_PLAUSIBILITY"]

# Homes on 2.0TD heat and cool by electricity, so that January and August are at most twice the
# mean of a year: a spread of three leaves room for that without weights by the month.
SPAIN_PLAUSIBILITY = PlausibilityRules(
    (
        PlausibilityLimits(
            valid=Period(date(2025, 1, 1)),
            source="own choice, 2026: no law says what a plausible bill is",
        ),
    ),
    owner="billing desk",
)
