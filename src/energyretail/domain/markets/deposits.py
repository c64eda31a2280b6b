"""What each market gives on a deposit, as dated data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from energyretail.domain.billing import DayCount, DepositRules
from energyretail.domain.pricing import DatedPrice, Version
from energyretail.domain.shared import Period

__all__ = ["DEPOSIT_RULES", "GERMANY_DEPOSITS", "SPAIN_DEPOSITS"]

_BUNDESBANK = "Deutsche Bundesbank, Basiszinssatz, § 247 BGB"


def _base_rate(starts: date, ends: date, percent: str) -> Version:
    return Version(Period(starts, ends), percent, _BUNDESBANK)


GERMANY_DEPOSITS = DepositRules(
    market="DE",
    # Percent a year; the rate of a half-year is told at its beginning, so none is guessed.
    rates=DatedPrice(
        "Basiszinssatz",
        (
            _base_rate(date(2024, 1, 1), date(2024, 7, 1), "3.62"),
            _base_rate(date(2024, 7, 1), date(2025, 1, 1), "3.37"),
            _base_rate(date(2025, 1, 1), date(2025, 7, 1), "2.27"),
            _base_rate(date(2025, 7, 1), date(2026, 7, 1), "1.27"),
        ),
    ),
    day_count=DayCount.ACTUAL_ACTUAL,
    source="StromGVV § 15: at the base rate, given back without delay",
)

SPAIN_DEPOSITS = DepositRules(
    market="ES",
    rates=DatedPrice(
        "interés del depósito",
        (Version(Period(date(2000, 12, 27)), "0", "RD 1955/2000 art. 79.7: names no interest"),),
    ),
    day_count=DayCount.ACTUAL_365,
    source="RD 1955/2000 art. 79.7: back at the end of the contract, open amounts taken off",
)

DEPOSIT_RULES: Mapping[str, DepositRules] = MappingProxyType(
    {rules.market: rules for rules in (GERMANY_DEPOSITS, SPAIN_DEPOSITS)}
)
"""The rules by market code."""
