"""How fast half-hours are rated exactly, beside a bare numpy.sum of the very same array.

``python benchmarks/rating_kernel.py`` draws a month of half-hours of thousands of services,
compiles a tariff of three prices by the hour with a standing charge, a levy and VAT, and
executes its kernel on them; each in turns with the sum, and prints a table and, as the last line,
JSON. It fails when the kernel is slower than the bar allows.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import attrs
import figures
import numpy as np
from numpy.typing import NDArray

from energyretail.adapters.columnar import execute
from energyretail.domain import pricing
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import CENTS_HALF_UP, Period, RoundingPolicy, RoundingScope

__all__ = ["main"]

BAR: Final = 0.30
MONTHS: Final = {
    "october": Period(date(2025, 10, 1), date(2025, 11, 1)),
    "january": Period(date(2026, 1, 1), date(2026, 2, 1)),
}


@attrs.frozen
class Plan:
    """What to measure: a month of so many services, in pairs of turns."""

    month: str
    services: int
    pairs: int
    seed: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and return 0 if the kernel is fast enough."""
    asked = _parser().parse_args(arguments)
    plan = Plan(asked.month, asked.services, asked.pairs, asked.seed)
    found = _measured(plan) | {"bar": asked.bar}
    figures.told(found, _table(found), asked.out)
    return figures.judged(found, "rating_kernel")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--month", choices=sorted(MONTHS), default="january", help="what is rated")
    parser.add_argument("--services", type=int, default=5_000, help="how many are rated at once")
    parser.add_argument("--pairs", type=int, default=15, help="turns of each")
    parser.add_argument("--seed", type=int, default=1, help="of what was measured")
    parser.add_argument("--bar", type=float, default=BAR, help="fail below this ratio")
    parser.add_argument("--out", type=Path, help="a file for the JSON")
    return parser


def _measured(plan: Plan) -> dict[str, Any]:
    kernel, intervals = _kernel(MONTHS[plan.month])
    drawn = np.random.default_rng(plan.seed).integers(0, 3_000, (plan.services, intervals))
    half_hours = drawn.astype(np.int32)  # as they are kept: whole Wh of four bytes
    _refuse_wrong(kernel, half_hours)
    turns: dict[str, list[float]] = {"rating": [], "summing": []}
    whats: dict[str, Callable[[], object]] = {
        "rating": lambda: execute(kernel, [half_hours], services=plan.services),
        "summing": lambda: np.sum(half_hours),
    }
    for turn in range(-1, plan.pairs):
        for name in ("rating", "summing") if turn % 2 else ("summing", "rating"):
            began = time.perf_counter()
            whats[name]()
            if turn >= 0:  # the first turn warms up
                turns[name].append(time.perf_counter() - began)
    return {
        "benchmark": "rating_kernel",
        **figures.ratio_of(turns["rating"], turns["summing"]),
        "plan": attrs.asdict(plan),
        "half_hours_a_second": {
            name: round(half_hours.size / statistics.median(took)) for name, took in turns.items()
        },
        "service_months_a_second": round(plan.services / statistics.median(turns["rating"])),
        "machine": figures.machine(),
    }


def _kernel(month: Period) -> tuple[pricing.Kernel, int]:
    """Return the kernel of a tariff by hours over a month, and how many half-hours that has."""
    zone = SPAIN.zone
    span = zone.start_of(month.until).timestamp() - zone.start_of(month.start).timestamp()
    count = round(span / 1800)
    use = pricing.IntervalUse("A", zone.start_of(month.start), 30, (Decimal(1),) * count, zone)
    program = pricing.compile_program(_tariff(), pricing.Usage(uses=(use,)), period=month)
    return pricing.lower(program), count


def _tariff() -> pricing.Tariff:
    hours = SPAIN.register_calendar("2.0TD")
    prices = {"P1": "0.182311", "P2": "0.141207", "P3": "0.109871"}
    rates = tuple((name, (pricing.always(name, price, "list"),)) for name, price in prices.items())
    return pricing.Tariff(
        code="HOURS",
        name="By the hour",
        currency="EUR",
        components=(
            pricing.TimeOfUse(name="energy", tax_code="VAT", rates=rates, calendar=hours.name),
            pricing.StandingCharge(
                name="standing", tax_code="VAT", price=(pricing.always("day", "0.31", "list"),)
            ),
            pricing.Levy(
                name="levy", tax_code="VAT", price=(pricing.always("levy", "0.005", "law"),)
            ),
        ),
        taxes=(pricing.Vat("VAT", "VAT", pricing.always("VAT", 21, "law")),),
        calendars=(hours,),
        rounding=RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
    )


def _refuse_wrong(kernel: pricing.Kernel, half_hours: NDArray[np.int32]) -> None:
    """Refuse to measure what is not exact: a few services, each on its own, in numbers of any."""
    few = half_hours[:3]
    found = execute(kernel, [few], services=len(few))
    for place, row in enumerate(few.tolist()):
        numbers = kernel.numbers([row])
        if [int(column[place]) for column in found.numbers] != list(numbers):
            raise RuntimeError("the kernel is not exact")


def _table(found: dict[str, Any]) -> str:
    rows = [
        f"{name:8} {rate / 1e9:6.2f} G half-hours/s"
        for name, rate in found["half_hours_a_second"].items()
    ]
    rows.append(f"that is {found['service_months_a_second']} months of services a second")
    ratios = ", ".join(f"{ratio:.2f}" for ratio in sorted(found["ratios"]))
    rows.append(f"ratio {found['ratio']:.2f} (median of {ratios}; bar {found['bar']})")
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
