"""What is plausible in a bill, by market, as dated data with its reasons."""

from __future__ import annotations

from datetime import date

from energyretail.domain.billing import PlausibilityLimits, PlausibilityRules
from energyretail.domain.shared import Period

__all__ = ["SPAIN_PLAUSIBILITY"]

# Homes on 2.0TD heat and cool by electricity, so that January and August are at most twice the
# mean of a year: a spread of three leaves room for that without weights by the month. One home
# in six uses less than 100 kWh in a month, so that what stands still is doubted from 20 on. From
# month to month the shares of the registers differ by a tenth or so: twice that is no habit.
# A second home stands empty for months and is full in August, so that up to 150 kWh harm nobody.
SPAIN_PLAUSIBILITY = PlausibilityRules(
    (
        PlausibilityLimits(
            valid=Period(date(2025, 1, 1)),
            least_kwh=150,
            swap_distance_min="0.2",
            source="own choice, 2026: no law says what a plausible bill is",
        ),
    ),
    owner="billing desk",
)
