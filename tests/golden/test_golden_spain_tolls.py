"""The Spanish tolls of 2026 price a year alike by registers and by hours, as their rows say."""

from __future__ import annotations

import csv
from datetime import date, datetime
from decimal import Decimal

import pytest
from public_tariffs import (
    TARIFFS,
    Hour,
    by_register,
    coded,
    hours,
    intervals,
    near,
    needs_data,
    priced,
)

TOLLS = ("2.0TD", "3.0TD", "6.1TD", "6.2TD", "6.3TD", "6.4TD")
YEAR_2026 = (date(2026, 1, 1), date(2027, 1, 1))
# Where a tax or the bono social changes, register readings are taken too.
CUTS_2026 = sorted(
    [date(2026, month, 1) for month in range(1, 13)] + [date(2026, 3, 22), date(2027, 1, 1)]
)

pytestmark = needs_data

_FIXED_HOLIDAYS = {
    (1, 1), (1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8), (12, 25)
}  # fmt: skip
# January to December on the peninsula: the dear hours' period; the others have the next.
_DEAR = (1, 1, 2, 4, 4, 3, 1, 3, 3, 4, 2, 1)


def spanish_period(toll: str, at: datetime) -> str:
    """Return the period of an hour, by the circular and not by our calendar."""
    free = at.weekday() >= 5 or (at.month, at.day) in _FIXED_HOLIDAYS
    small = toll == "2.0TD"
    if free or at.hour < 8:
        return "P3" if small else "P6"
    dear_from = 10 if small else 9
    is_dear = dear_from <= at.hour < 14 or 18 <= at.hour < 22
    first = 1 if small else _DEAR[at.month - 1]
    return f"P{first if is_dear else first + 1}"


def spanish_prices(toll: str) -> dict[tuple[str, str], Decimal]:
    """Return what the rows of 2026 add up to: by charge and period."""
    with (TARIFFS / "es" / "peajes_cargos.csv").open(encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["valid_from"] == "2026-01-01"]
    found: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        if row["toll"] == toll:
            key = row["charge"], row["period"]
            found[key] = found.get(key, Decimal(0)) + Decimal(row["value"])
    return found


class TestSpainTolls:
    def test_energy_of_2_0td_adds_up_to_what_the_operator_prints(self) -> None:
        tariff = coded("spain-tolls", "es")["ES-2.0TD-REGISTERS"]
        sums = {
            period: sum(
                Decimal(version["value"]) * 1000
                for component in tariff["components"]
                if component["kind"] == "time_of_use"
                for version in component["rates"][period]["versions"]
                if version["from"] == "2026-01-01"
            )
            for period in ("P1", "P2", "P3")
        }

        # EUR/MWh; ESIOS prints 97.55, 29.27 and 3.29 (TEUPCB).
        assert sums == {"P1": Decimal("97.553"), "P2": Decimal("29.267"), "P3": Decimal("3.292")}

    @pytest.mark.parametrize("toll", TOLLS)
    def test_prices_2026_by_registers_and_by_hours_alike(self, toll: str) -> None:
        prices, tariffs = spanish_prices(toll), coded("spain-tolls", "es")
        used = hours("electricity", *YEAR_2026, "Europe/Madrid")
        powers = [
            {"register": period, "value": "5", "unit": "kW"}
            for charge, period in sorted(prices)
            if charge == "power"
        ]
        registers = sorted(period for charge, period in prices if charge == "energy")

        by_hours = priced(
            tariffs[f"ES-{toll}-CALENDAR"],
            YEAR_2026,
            {"intervals": [intervals("R1", used)], "powers": powers},
        )
        read = [*by_register(used, lambda at: spanish_period(toll, at), registers, CUTS_2026)]
        by_registers = priced(
            tariffs[f"ES-{toll}-REGISTERS"], YEAR_2026, {"registers": read, "powers": powers}
        )

        net, gross = self._expected(toll, used, prices)
        for bill in (by_hours, by_registers):
            assert near(bill, net)
            room = Decimal("0.005") * (len(bill["lines"]) + 3) * Decimal("1.21")
            assert abs(Decimal(bill["gross"]) - gross) <= room
        assert by_hours["gross"] == by_registers["gross"]

    def _expected(
        self, toll: str, used: list[Hour], prices: dict[tuple[str, str], Decimal]
    ) -> tuple[Decimal, Decimal]:
        power = 5 * sum(price for (charge, _), price in prices.items() if charge == "power")
        rent = Decimal("0.81") * 12 if toll == "2.0TD" else Decimal(0)
        net = gross = Decimal(0)
        for start, end, excise, iva, social in (
            (date(2026, 1, 1), date(2026, 3, 22), "5.11269632", 21, "6.979247"),
            (date(2026, 3, 22), date(2026, 6, 1), "0.5", 10, "6.979247"),
            (date(2026, 6, 1), date(2027, 1, 1), "5.11269632", 21, "9.011295"),
        ):
            part = [each for each in used if start <= each.start.date() < end]
            share = Decimal((end - start).days) / 365
            energy = sum(
                each.kwh * prices["energy", spanish_period(toll, each.start)] for each in part
            )
            taxed = energy + share * (power + Decimal(social))
            minimum = Decimal("0.001") * sum(each.kwh for each in part)
            total = taxed + max(taxed * Decimal(excise) / 100, minimum) + share * rent
            net += total
            gross += total * (100 + iva) / 100
        return net, gross
