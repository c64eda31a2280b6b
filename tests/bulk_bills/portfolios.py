"""Random portfolios: tariffs of all that compiles, and services that few things set apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

import attrs

from bulk_bills.half_hours import Measuring, Series, random_series
from energyretail.adapters.tariff_json import read_figures, read_tariff
from energyretail.domain import pricing
from energyretail.domain.billing import NOT_MEASURED, Measured, VolumeRegister
from energyretail.domain.shared import Cups, Period
from oracle_bills.dice import Dice, odds, pick
from oracle_bills.requests import request_of
from oracle_bills.scenes import Scene

__all__ = ["REGISTERS", "Portfolio", "Service", "random_portfolio"]

DAY: Final = timedelta(days=1)
# A tariff's code begins with how many registers are read; those of G count volumes of gas, those
# of L are measured by interval too.
REGISTERS: Final = tuple(
    (f"{sort}{n}", tuple(f"{sort}{at}" for at in range(1, n + 1)))
    for sort, most in (("R", 7), ("G", 2), ("L", 2))
    for n in range(1, most + 1)
)
SHAPES: Final = (*("registers",) * 6, *("volumes",) * 3, "intervals")
COMPILED: Final = (
    "standing_charge", "unit_rate", "time_of_use", "blocks", "levy", "subscribed_power", "spot",
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
    """A supply and what was read of it: register, day, version, index in Wh, whether estimated.

    An index in volumes is in thousandths of their unit; `told` says which are, and by what profile
    use is divided, `series` what intervals were told, one after the other.
    """

    contract: str
    customer: str
    kind: str
    cups: str
    tariff: str
    powers: tuple[tuple[str, str], ...]
    started_on: date
    ended_on: date | None
    read: tuple[tuple[str, date, int, int, bool], ...]
    told: Measured = NOT_MEASURED
    series: tuple[pricing.IntervalUse, ...] = ()


@attrs.frozen
class Portfolio:
    """Services under drawn tariffs, billed on `days`, the first of which begins them.

    `figures` are published before.
    """

    tariffs: dict[str, pricing.Tariff]
    services: tuple[Service, ...]
    days: tuple[date, ...]
    figures: pricing.PublishedFigures = pricing.NO_FIGURES

    def tariff(self, code: str) -> pricing.Tariff:
        """Return a tariff, as the Tariffs port does."""
        return self.tariffs[code]


def random_portfolio(dice: Dice, *, tariffs: int, services: int, shape: str = "") -> Portfolio:
    """Return so many `services` under so many `tariffs`, all read on the same days.

    They are read three or four times after the first day: mostly every month, so that there is a
    past to judge by. Their `shape` is "registers" of kWh, "volumes" of gas or "intervals", of each
    tariff its own unless given; "many_registers" are drawn only where given.
    """
    first = pick(dice, SPECIAL) if odds(dice, 50) else date(2026, 1, 1) + dice.randint(0, 500) * DAY
    days = [first]
    lengths = (31, 30, 28, 33) if odds(dice, 80) else (60, 14, 1, 2, 31)
    for _ in range(4 if odds(dice, 25) else 3):
        days.append(days[-1] + pick(dice, lengths) * DAY)
    sold = [_tariff(dice, number, days, shape) for number in range(tariffs)]
    made: list[Service] = []
    while len(made) < services:
        made += _contract(dice, len(made) + 1, sold, days)
    return Portfolio(
        {each.tariff.code: each.tariff for each in sold},
        tuple(made[:services]),
        tuple(days),
        pricing.PublishedFigures(
            indices=tuple(one for each in sold for one in each.figures.indices),
            conversions=tuple(one for each in sold for one in each.figures.conversions),
            profiles=tuple(one for each in sold for one in each.figures.profiles),
        ),
    )


@attrs.frozen
class _Sold:
    """A tariff, the powers that its services have, and the figures that they may read.

    They are `measured` by these channels.
    """

    tariff: pricing.Tariff
    powers: tuple[tuple[str, str], ...]
    figures: pricing.PublishedFigures
    measured: tuple[Measuring, ...]


def _tariff(dice: Dice, number: int, days: list[date], shape: str) -> _Sold:
    """Return a tariff and what its services have in common."""
    # One tariff of sixteen has whatever is known to nobody but the reference path.
    kinds = None if odds(dice, 6) else (*COMPILED, *(DERIVED if odds(dice, 40) else ()))
    shape = shape or pick(dice, SHAPES)
    scene = Scene(dice, shape=shape, days=(days[0], days[-1]), kinds=kinds)
    told = request_of(scene)["tariff"]
    if not odds(dice, 4):
        told["rounding"]["decimals"] = 2
    if not odds(dice, 6):
        _keep_to_what_compiles(told, profiled=scene.profiled)
    told["code"] = f"{scene.imports[0][0]}{len(scene.imports)}-{number:03}"
    for component in told["components"]:
        if "index" in component:
            component["index"] = f"{told['code']} {component['index']}"
    powers = {each["register"]: each for each in scene.usage.get("powers", ())}
    units = {name: "" if each["unit"] == "kW" else " kVA" for name, each in powers.items()}
    return _Sold(
        read_tariff(told),
        tuple((name, each["value"] + units[name]) for name, each in powers.items()),
        read_figures(_figures(scene, told["code"])),
        tuple(Measuring.of(each, scene.zone) for each in scene.usage.get("intervals", ())),
    )


def _figures(scene: Scene, code: str) -> dict[str, Any]:
    """Return the figures of a scene under names of its tariff alone."""
    named = {"conversions": scene.usage.get("conversions", ()), "indices": scene.indices}
    named["profiles"] = [each for each in (scene.usage.get("profile"),) if each]
    return {
        sort: [{**each, "name": f"{code} {each['name']}"} for each in found]
        for sort, found in named.items()
    }


def _keep_to_what_compiles(told: dict[str, Any], *, profiled: bool) -> None:
    """Take out what hands something on to the next bill, or asks for what nobody told."""
    if not profiled:
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
        of = pick(dice, sold)
        late = dice.randint(1, 9) * DAY if odds(dice, 3) else 0 * DAY
        start = min(days[0] + late, days[1] - DAY)
        series = _series(dice, of, days)
        yield Service(
            contract=f"K{number:08}",
            customer=f"C{number:08}",
            kind="company" if is_company else "home",
            cups=Cups.of_digits(f"0031{number * 10 + place:012d}").value,
            tariff=of.tariff.code,
            powers=of.powers,
            started_on=start,
            ended_on=days[-1] if odds(dice, 3) else None,
            read=tuple(_readings(dice, _registers(of), [start, *days[1:]], series)),
            told=_told(dice, of, days),
            series=tuple(use for each in series.values() for use in each.uses),
        )


def _series(dice: Dice, of: _Sold, days: list[date]) -> dict[str, Series]:
    """Return what a service is measured by, by channel; what is fed in only where it feeds in."""
    known = Period(days[0], days[-1] + pick(dice, (0, 0, 3)) * DAY)
    feeds_in = odds(dice, 15)
    return {
        each.channel: random_series(dice, each, known)
        for each in of.measured
        if feeds_in or each.flow is pricing.Flow.IMPORT
    }


def _registers(of: _Sold) -> tuple[str, ...]:
    return dict(REGISTERS)[of.tariff.code[:2]]


def _told(dice: Dice, of: _Sold, days: list[date]) -> Measured:
    """Return what is told of a service: how its volumes are converted, how its use is divided."""
    names = [each.name for each in of.figures.conversions]
    profiles = [each.name for each in of.figures.profiles]
    # One service in a few has the other conversion, none, or another from some day on.
    volumes = [
        VolumeRegister(register, days[0] - DAY, pick(dice, (*names[:1] * 6, *names)))
        for register in _registers(of)
        if names and not odds(dice, 5)
    ]
    if names and odds(dice, 5):
        later = days[0] + dice.randint(0, (days[-1] - days[0]).days) * DAY
        volumes.append(VolumeRegister(_registers(of)[0], later, names[-1]))
    profile = profiles[0] if profiles and not odds(dice, 5) else ""
    return Measured(volumes=tuple(volumes), profile=profile)


def _readings(
    dice: Dice, registers: tuple[str, ...], days: list[date], series: Mapping[str, Series]
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
        for day, later in pairwise([*days, days[-1] + DAY]):
            yield register, day, 1, index, estimated and day != days[0]
            if odds(dice, 1):
                yield register, day, 2, index + 1, False
            if between and day == days[0]:
                yield register, day + DAY, 1, index, False
            used = a_day * 30 * dice.randint(60, 160) // 100 if is_steady else _use(dice)
            if register in series and not odds(dice, 2):
                used = sum(wh for on, wh in series[register].wh.items() if day <= on < later)
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
