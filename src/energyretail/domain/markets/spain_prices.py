"""Spanish regulated prices and taxes of 2.0TD as dated data, each with its source."""

from __future__ import annotations

from datetime import date

from energyretail.domain.pricing import DatedPrice, Version
from energyretail.domain.shared import Period

__all__ = [
    "BONO_SOCIAL",
    "ELECTRICITY_EXCISE",
    "ELECTRICITY_EXCISE_MINIMUM",
    "ENERGY_CHARGE",
    "ENERGY_TOLL",
    "IVA_RATE",
    "METER_RENT",
    "POWER_CHARGE",
    "POWER_MARGIN",
    "POWER_TOLL",
]

_Y2025 = Period(date(2025, 1, 1), date(2026, 1, 1))
_Y2026 = Period(date(2026, 1, 1), date(2027, 1, 1))

# RD-ley 7/2026 lowered IVA and the excise for this time.
_LOWERED = Period(date(2026, 3, 22), date(2026, 6, 1))
_AFTER = Period(date(2026, 6, 1))


def _toll(name: str, in_2025: str, in_2026: str) -> DatedPrice:
    return DatedPrice(
        name,
        (
            Version(_Y2025, in_2025, "CNMC Res. 4/12/2024, BOE-A-2024-26218"),
            Version(_Y2026, in_2026, "CNMC Res. 18/12/2025, BOE-A-2025-26348"),
        ),
    )


def _charge(name: str, in_2025: str, in_2026: str) -> DatedPrice:
    return DatedPrice(
        name,
        (
            Version(_Y2025, in_2025, "Orden TED/1487/2024"),
            Version(_Y2026, in_2026, "Orden TED/1524/2025, BOE-A-2025-26705"),
        ),
    )


# EUR per kW and year, by power period.
POWER_TOLL = {
    "P1": _toll("peaje potencia P1", "22.958932", "23.324952"),
    "P2": _toll("peaje potencia P2", "0.442165", "0.443770"),
}
POWER_CHARGE = {
    "P1": _charge("cargo potencia P1", "3.971618", "4.379461"),
    "P2": _charge("cargo potencia P2", "0.255423", "0.281653"),
}
POWER_MARGIN = DatedPrice(
    "margen de comercialización",
    (Version(Period(date(2025, 1, 1)), "3.113", "RD 216/2014"),),
)

# EUR per kWh, by energy period.
ENERGY_TOLL = {
    "P1": _toll("peaje energía P1", "0.034234", "0.033261"),
    "P2": _toll("peaje energía P2", "0.016540", "0.016409"),
    "P3": _toll("peaje energía P3", "0.000079", "0.000077"),
}
ENERGY_CHARGE = {
    "P1": _charge("cargo energía P1", "0.058305", "0.064292"),
    "P2": _charge("cargo energía P2", "0.011661", "0.012858"),
    "P3": _charge("cargo energía P3", "0.002915", "0.003215"),
}

# EUR per supply point and year. The amount of 2025 was not confirmed: such a bill is refused.
BONO_SOCIAL = DatedPrice(
    "financiación del bono social",
    (
        Version(Period(date(2026, 1, 1), date(2026, 6, 1)), "6.979247", "Orden TED"),
        Version(_AFTER, "9.011295", "Orden TED/634/2026"),
    ),
)

# EUR per month, single phase.
METER_RENT = DatedPrice(
    "alquiler del contador",
    (Version(Period(date(2025, 1, 1)), "0.81", "Orden ITC/3860/2007"),),
)

# Percent of power, energy and bono social.
ELECTRICITY_EXCISE = DatedPrice(
    "impuesto especial sobre la electricidad",
    (
        Version(Period(date(2024, 7, 1), _LOWERED.start), "5.11269632", "Ley 38/1992 art. 99"),
        Version(_LOWERED, "0.5", "RD-ley 7/2026"),
        Version(_AFTER, "5.11269632", "Ley 38/1992 art. 99"),
    ),
)

# EUR per MWh: the excise is never less. At the lowered rate it is the minimum that bites.
ELECTRICITY_EXCISE_MINIMUM = DatedPrice(
    "mínimo del impuesto",
    (Version(Period(date(2024, 7, 1)), "1", "Ley 38/1992 art. 99.2"),),
)

# Percent.
IVA_RATE = DatedPrice(
    "IVA",
    (
        Version(Period(date(2025, 1, 1), _LOWERED.start), "21", "Ley 37/1992"),
        Version(_LOWERED, "10", "RD-ley 7/2026"),
        Version(_AFTER, "21", "Ley 37/1992"),
    ),
)
