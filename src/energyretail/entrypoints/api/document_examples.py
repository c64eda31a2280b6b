"""A tariff by the hour, what it needs to be told, and the prices it reads: each as a document."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["FIGURES", "TARIFF", "USAGE"]

TARIFF: Final[dict[str, Any]] = {
    "code": "2.0TD-HORA-A-HORA",
    "name": "Indexada 2.0TD",
    "currency": "EUR",
    "zone": "Europe/Madrid",
    "rounding": {"scope": "tax_group", "mode": "half_up", "decimals": 2},
    "taxes": [{"code": "IVA", "name": "IVA", "rate": "21"}],
    "components": [
        {
            "kind": "spot",
            "name": "energy",
            "label": "Energía, hora a hora",
            "index": "OMIE",
            "per": "MWh",
            "margin": "12",
            "tax_code": "IVA",
        }
    ],
}

USAGE: Final[dict[str, Any]] = {
    "intervals": [
        {
            "register": "A+",
            "start": "2026-05-08T00:00:00+02:00",
            "minutes": 60,
            "kwh": ["0.120"] * 24,
            "source": "operator",
        }
    ],
    "peaks": [{"register": "P1", "month": "2026-05", "value": "3.214", "unit": "kW"}],
}

FIGURES: Final[dict[str, Any]] = {
    "indices": [
        {
            "name": "OMIE",
            "start": "2026-05-08T00:00:00+02:00",
            "minutes": 60,
            "values": ["48.10"] * 24,
            "source": "OMIE, day-ahead",
        }
    ]
}
