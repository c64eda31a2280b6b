"""What a reading in Spain must be: the registers of an access tariff, and standard uses."""

from __future__ import annotations

from decimal import Decimal

from energyretail.domain.metering import ReadingRules, StandardUse

__all__ = ["SPAIN_READING"]


def _standard(power_kw_max: str, annual_kwh: int) -> StandardUse:
    # Shares of a flat day over a week of 40 P1, 40 P2 and 88 P3 hours, leaned towards waking
    # hours; an assumption of ours, to be replaced by the profiles the regulator publishes.
    shares = {"P1": Decimal("0.29"), "P2": Decimal("0.26"), "P3": Decimal("0.45")}
    return StandardUse(
        Decimal(power_kw_max),
        tuple((register, share * annual_kwh) for register, share in shares.items()),
        "own assumption by subscribed power, 2026",
    )


SPAIN_READING = ReadingRules(
    registers=(("2.0TD", ("P1", "P2", "P3")),),
    standard_uses=(_standard("5", 3000), _standard("10", 6000), _standard("15", 18000)),
)
