"""Random portfolios: tariffs of all that compiles, and services that few things set apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

import attrs

from energyretail.adapters.tariff_json import read_tariff
from energyretail.domain import pricing
from energyretail.domain.shared import Cups
from oracle_bills.dice import Dice, odds, pick
from oracle_bills.requests import request_of
from oracle_bills.scenes import Scene

__all__ = ["REGISTERS", "Portfolio", "Service", "random_portfolio"]

DAY: Final = timedelta(days=1)
# A tariff's code begins with how many registers are read.
REGISTERS: Final = tuple((f"R{n}", tuple(f"R{at}" for at in range(1, n + 1))) for n in (1, 2, 3))
COMPILED: Final = (
    "standing_charge", "unit_rate", "time_of_use", "blocks", "levy", "subscribed_power",
)  # fmt: skip
# What rests on other components, in some of the tariffs that compile.
DERIVED: Final = ("discount", "minimum_charge", "percentage_tax")
_FULL_WH: Final = 1_000_000_000
# Around these days clocks and years change, and February has 29 days.
SPECIAL: Final = tuple(
    date.fromisoformat(day)
    for day in ("2026-03-20", "2026-10-15", "2024-02-20", "2025-12-20", "2027-10-31")
)


@attrs.frozen
class Service:
    """A supply and what was read of it: register, day, version, index in Wh, whether estimated."""

    contract: str
    customer: str
    kind: str
    cups: str
    tariff: str
    powers: tuple[tuple[str, str], ...]
    started_on: date
    ended_on: date | None
    read: tuple[tuple[str, date, int, int, bool], ...]


@attrs.frozen
class Portfolio:
    """Services under drawn tariffs, billed on `days`, the first of which begins them."""

    tariffs: dict[str, pricing.Tariff]
    services: tuple[Service, ...]
    days: tuple[date, ...]

    def tariff(self, code: str) -> pricing.Tariff:
        """Return a tariff, as the Tariffs port does."""
        return self.tariffs[code]


def random_portfolio(dice: Dice, *, tariffs: int, services: int) -> Portfolio:
    """Return so many `services` under so many `tariffs`, all read on the same days.

    They are read three or four times after the first day: mostly every month, so that there is a
    past to judge by.
    """
    first = pick(dice, SPECIAL) if odds(dice, 50) else date(2026, 1, 1) + dice.randint(0, 500) * DAY
    days = [first]
    lengths = (31, 30, 28, 33) if odds(dice, 80) else (60, 14, 1, 2, 31)
    for _ in range(4 if odds(dice, 25) else 3):
        days.append(days[-1] + pick(dice, lengths) * DAY)
    sold = [_tariff(dice, number, days) for number in range(tariffs)]
    made: list[Service] = []
    while len(made) < services:
        made += _contract(dice, len(made) + 1, sold, days)
    return Portfolio({each.code: each for each, _ in sold}, tuple(made[:services]), tuple(days))


_Sold = tuple[pricing.Tariff, tuple[tuple[str, str], ...]]


def _tariff(dice: Dice, number: int, days: list[date]) -> _Sold:
    """Return a tariff and the powers that its services have."""
    # One tariff of sixteen has whatever is known to nobody but the reference path.
    kinds = None if odds(dice, 6) else (*COMPILED, *(DERIVED if odds(dice, 40) else ()))
    scene = Scene(dice, shape="registers", days=(days[0], days[-1]), kinds=kinds)
    told = request_of(scene)["tariff"]
    if not odds(dice, 4):
        told["rounding"]["decimals"] = 2
    if not odds(dice, 6):
        _keep_to_what_compiles(told)
    told["code"] = f"R{len(scene.imports)}-{number:03}"
    powers = {each["register"]: each for each in scene.usage.get("powers", ())}
    units = {name: "" if each["unit"] == "kW" else " kVA" for name, each in powers.items()}
    return read_tariff(told), tuple(
        (name, each["value"] + units[name]) for name, each in powers.items()
    )


def _keep_to_what_compiles(told: dict[str, Any]) -> None:
    """Take out what hands something on to the next bill, or asks for what nobody told."""
    told.pop("division", None)
    for component in told["components"]:
        component.pop("timing", None)
        component.pop("budget", None)
        component.pop("months", None)
        if component.get("counted_over", "").endswith("_year"):
            component["counted_over"] = "year"
            component.pop("year_starts", None)


def _contract(dice: Dice, number: int, sold: list[_Sold], days: list[date]) -> Iterator[Service]:
    """Yield the services of one contract: one of a home, or a few of a company."""
    is_company = odds(dice, 15)
    for place in range(dice.randint(2, 4) if is_company else 1):
        tariff, powers = pick(dice, sold)
        late = dice.randint(1, 9) * DAY if odds(dice, 3) else 0 * DAY
        start = min(days[0] + late, days[1] - DAY)
        yield Service(
            contract=f"K{number:08}",
            customer=f"C{number:08}",
            kind="company" if is_company else "home",
            cups=Cups.of_digits(f"0031{number * 10 + place:012d}").value,
            tariff=tariff.code,
            powers=powers,
            started_on=start,
            ended_on=days[-1] if odds(dice, 3) else None,
            read=tuple(_readings(dice, dict(REGISTERS)[tariff.code[:2]], [start, *days[1:]])),
        )


def _readings(
    dice: Dice, registers: tuple[str, ...], days: list[date]
) -> Iterator[tuple[str, date, int, int, bool]]:
    estimated = odds(dice, 5)
    between = odds(dice, 2) and days[1] - days[0] > DAY
    is_steady = odds(dice, 85)
    for register in registers:
        index = dice.randint(0, 900_000_000)
        if odds(dice, 4):
            # Some months before its last figure.
            index = _FULL_WH - dice.randint(1, 900_000)
        a_day = dice.randint(500, 20_000)
        for day in days:
            yield register, day, 1, index, estimated and day != days[0]
            if odds(dice, 1):
                yield register, day, 2, index + 1, False
            if between and day == days[0]:
                yield register, day + DAY, 1, index, False
            used = a_day * 30 * dice.randint(60, 160) // 100 if is_steady else _use(dice)
            # Below nothing is a register that passed its last figure, or was read wrongly.
            index = max(0, index + used) % _FULL_WH


def _use(dice: Dice) -> int:
    """Return what was used between two readings, in Wh."""
    match dice.randint(0, 19):
        case 0 | 1:
            return 0
        case 2:
            return dice.randint(1, 30)
        case 3:
            return dice.randint(0, 20_000_000)
        case 4:
            return -dice.randint(1, 3_000)
        case 5 | 6:
            return dice.randint(1, 900) * 1000
        case _:
            return dice.randint(0, 600_000)
