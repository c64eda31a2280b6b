"""What is plausible in a bill, by market, as dated data with its reasons."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.domain.billing import PlausibilityLimits, PlausibilityRules
from energyretail.domain.shared import Period

__all__ = ["SPAIN_PLAUSIBILITY"]

# Homes on 2.0TD heat and cool by electricity, so that January and August are at most twice the
# mean of a year: a spread of three leaves room for that without weights by the month. One home
# in six uses less than 100 kWh in a month, so that what stands still is doubted from 20 on. From
# month to month the shares of the registers differ by a tenth or so: twice that is no habit.
# A second home stands empty for months and is full in August, so that up to 150 kWh harm nobody.
# Seven in ten bills that were held and right were of such homes, one in five of these of less than
# 200 kWh, which is some 40 EUR: since 2026 they harm nobody either. What stands still is doubted
# from 10 on: a refrigerator alone uses more, and no home that is empty was held for it.
_SPAIN_2025 = PlausibilityLimits(
    valid=Period(date(2025, 1, 1), date(2026, 1, 1)),
    least_kwh=150,
    swap_distance_min="0.2",
    source="own choice, 2026: no law says what a plausible bill is",
)
SPAIN_PLAUSIBILITY = PlausibilityRules(
    (
        _SPAIN_2025,
        attrs.evolve(
            _SPAIN_2025,
            valid=Period(date(2026, 1, 1)),
            least_kwh=200,
            expected_kwh_min=10,
            source="own choice, 2026: of drawn homes fewer bills that are right are held so",
        ),
    ),
    owner="billing desk",
)
