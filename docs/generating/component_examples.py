"""A small request for every kind of component, with what its bill shows in one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

__all__ = ["EXAMPLES", "Example"]

Json = dict[str, Any]


@attrs.frozen
class Example:
    """A request of the tariff format, and what to look at in its bill."""

    says: str
    request: Json


_ENERGY: Final[Json] = {
    "kind": "unit_rate", "name": "energy", "price": "0.15", "tax_code": "none",
}  # fmt: skip
_JANUARY: Final[Json] = {"from": "2026-01-01", "to": "2026-02-01"}
_MONTH: Final[Json] = {"apportioning": "days_in_month"}


def _example(
    says: str, *components: Json, usage: Json | None = None, period: Json = _JANUARY, **rest: Any
) -> Example:
    tariff = {
        "code": "EXAMPLE",
        "name": "Example",
        "currency": "EUR",
        "rounding": {"scope": "line", "mode": "half_up", "decimals": 2},
        "components": [{**each, "tax_code": "none"} for each in components],
    }
    used = {} if usage is None else {"usage": usage}
    return Example(says, {"tariff": tariff, "period": period, **used, **rest})


def _kwh(register: str, kwh: str, **more: str) -> Json:
    return {"register": register, **_JANUARY, "kwh": kwh, **more}


def _used(*registers: Json, **rest: Any) -> Json:
    return {"registers": list(registers or (_kwh("R1", "300"),)), **rest}


def _power(register: str, value: str) -> Json:
    return {"register": register, "value": value, "unit": "kW"}


def _peak(register: str, month: str, value: str) -> Json:
    return {"register": register, "month": month, "value": value, "unit": "kW"}


_DAY: Final[Json] = {"from": "2026-01-01", "to": "2026-01-02"}
_HOURS: Final[Json] = {
    "intervals": [
        {
            "register": "R1",
            "start": "2026-01-01T00:00:00+01:00",
            "minutes": 60,
            "kwh": ["0.25"] * 8 + ["0.5"] * 14 + ["0.25"] * 2,
        }
    ]
}
_INDEX_BY_HOUR: Final[Json] = {
    "name": "market",
    "start": "2026-01-01T00:00:00+01:00",
    "minutes": 60,
    "values": ["0.04"] * 8 + ["0.12"] * 14 + ["-0.01"] * 2,
    "source": "invented",
}
_INDEX_BY_DAY: Final[Json] = {
    "name": "market",
    "versions": [
        {"from": "2026-01-01", "to": "2026-01-16", "value": "0.08", "source": "invented"},
        {"from": "2026-01-16", "to": "2026-02-01", "value": "0.10", "source": "invented"},
    ],
}

EXAMPLES: Final[Mapping[str, Example]] = {
    "standing_charge": _example(
        "120 a year for 31 days: the tariff's apportioning is `days_365` unless given.",
        {"kind": "standing_charge", "name": "standing", "price": "120", "per": "year"},
    ),
    "unit_rate": _example(
        "300 kWh at one price, whatever register they were measured by.",
        {"kind": "unit_rate", "name": "energy", "price": "0.15"},
        usage=_used(_kwh("R1", "300")),
    ),
    "time_of_use": _example(
        "Each rate is for the register of its name.",
        {
            "kind": "time_of_use",
            "name": "energy",
            "rates": {"peak": "0.20", "low": ["0.07", "0.03"]},
        },
        usage=_used(_kwh("peak", "100"), _kwh("low", "200")),
    ),
    "blocks": _example(
        "The first 100 kWh at 0.10, the other 200 at 0.14.",
        {
            "kind": "blocks",
            "name": "energy",
            "steps": [{"up_to": "100", "price": "0.10"}, {"price": "0.14"}],
        },
        usage=_used(),
    ),
    "subscribed_power": _example(
        "A line a register; the price of P1 is a toll and a margin, which add up.",
        {
            "kind": "subscribed_power",
            "name": "power",
            "unit": "kW",
            "rates": {"P1": ["27.70", "3.11"], "P2": "0.73"},
        },
        usage={"powers": [_power("P1", "4.6"), _power("P2", "4.6")]},
    ),
    "stepped_power": _example(
        "40 kW at the price of the first step, and at that of the second the 20 that it adds.",
        {
            "kind": "stepped_power",
            "name": "power",
            "unit": "kW",
            "steps": [{"register": "HP", "price": "20"}, {"register": "HC", "price": "12"}],
        },
        usage={"powers": [_power("HP", "40"), _power("HC", "60")]},
    ),
    "demand": _example(
        "The peak of January is 60 kW; 70 % of the highest of the months before is more.",
        {
            "kind": "demand",
            "name": "demand",
            "unit": "kW",
            "price": "5",
            "basis": "rolling_12",
            "ratchet_percent": "70",
            **_MONTH,
        },
        usage={"peaks": [_peak("R1", "2025-11", "90"), _peak("R1", "2026-01", "60")]},
    ),
    "overrun": _example(
        "105 kW are free of it, 115 were drawn: 2 x 10 kW.",
        {
            "kind": "overrun",
            "name": "overrun",
            "unit": "kW",
            "rates": {"P1": "1.50"},
            "tolerance_percent": "5",
            "multiplier": "2",
            **_MONTH,
        },
        usage={"powers": [_power("P1", "100")], "peaks": [_peak("P1", "2026-01", "115")]},
    ),
    "reactive": _example(
        "A third of the kWh is free. The power factor is 0.83, below 0.95 but not below 0.80.",
        _ENERGY,
        {
            "kind": "reactive",
            "name": "reactive",
            "free_percent": "33",
            "bands": [
                {"cos_phi_below": "0.95", "price": "0.041554"},
                {"cos_phi_below": "0.80", "price": "0.062332"},
            ],
        },
        usage=_used(_kwh("R1", "900"), reactive=[{"register": "R1", **_JANUARY, "kvarh": "600"}]),
    ),
    "index_linked": _example(
        "The index changes on 16 January: the bill is cut there, the energy divided by days.",
        {
            "kind": "index_linked",
            "name": "energy",
            "index": "market",
            "factor": "1.1",
            "margin": "0.01",
        },
        usage=_used(_kwh("R1", "310")),
        indices=[_INDEX_BY_DAY],
    ),
    "spot": _example(
        "One day of hours; the last two have a negative price. The line shows the average paid.",
        {"kind": "spot", "name": "energy", "index": "market", "margin": "0.01"},
        usage=_HOURS,
        period=_DAY,
        indices=[_INDEX_BY_HOUR],
    ),
    "pass_through": _example(
        "A line of the network's own invoice, to the cent as it stands there.",
        {"kind": "pass_through", "name": "network"},
        usage={
            "passed_on": [
                {
                    "component": "network",
                    "label": "Grid fee",
                    **_JANUARY,
                    "amount": "43.21",
                    "source": "invoice N-1",
                }
            ]
        },
    ),
    "levy": _example(
        "The levy is quoted per MWh and comes on top of the price of the same energy.",
        _ENERGY,
        {"kind": "levy", "name": "excise", "price": "5.50", "per": "MWh"},
        usage=_used(),
    ),
    "percentage_tax": _example(
        "0.5 % of the energy is 0.225; the minimum, 0.3 MWh at 1, is more.",
        _ENERGY,
        {
            "kind": "percentage_tax",
            "name": "tax",
            "bases": ["energy"],
            "rate": "0.5",
            "minimum": "1",
        },
        usage=_used(),
    ),
    "discount": _example(
        "10 % of 45.00 would be 4.50; of the budget of 20, 17 were given by earlier bills.",
        _ENERGY,
        {
            "kind": "discount",
            "name": "welcome",
            "bases": ["energy"],
            "percent": "10",
            "budget": "20",
        },
        usage=_used(),
        carried_over={"discounts": [{"component": "welcome", "amount": "17"}]},
    ),
    "minimum_charge": _example(
        "The bases come to 45.00, which is 5.00 less than the minimum.",
        _ENERGY,
        {"kind": "minimum_charge", "name": "minimum", "bases": ["energy"], "amount": "50"},
        usage=_used(),
    ),
    "feed_in": _example(
        "400 kWh at 0.12 would be 48.00; no more is credited than the energy taken costs.",
        _ENERGY,
        {"kind": "feed_in", "name": "surplus", "price": "0.12", "limit_to": ["energy"]},
        usage=_used(_kwh("R1", "300"), _kwh("R2", "400", flow="export")),
    ),
    "extra": _example(
        "Two bulbs of the shop, on the last day of the bill unless it says another.",
        {"kind": "extra", "name": "shop"},
        usage={
            "extras": [
                {
                    "component": "shop",
                    "label": "LED bulb",
                    "quantity": "2",
                    "unit": "pieces",
                    "price": "4.95",
                }
            ]
        },
    ),
}
"""The example of every kind in COMPONENTS; docs/generate.py fails where one is missing."""
