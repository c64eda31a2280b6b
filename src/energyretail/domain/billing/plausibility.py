"""What a market takes for plausible in a bill, as dated data, and what a rule finds against one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from energyretail.domain.shared import Invalid, Period, add_months, decimal_of

__all__ = [
    "EVEN_YEAR",
    "NO_PLAUSIBILITY",
    "Finding",
    "PlausibilityLimits",
    "PlausibilityRules",
    "Seasons",
]

EVEN_YEAR = (Decimal(1),) * 12


@attrs.frozen
class Finding:
    """One thing about a draft that a person must judge: which rule, and the figures it saw.

    `code` is the stable name of the rule. `used` is what the draft has, `expected` what it was
    compared with and `factor` how often that goes into it, None where there is nothing to
    compare; `unit` is theirs (kWh, a currency, or empty for a share). `register` is empty where
    the whole bill is meant.
    """

    code: str
    text: str
    used: Decimal
    unit: str = "kWh"
    expected: Decimal | None = None
    factor: Decimal | None = None
    register: str = ""

    def __str__(self) -> str:
        where = f" ({self.register})" if self.register else ""
        unit = f" {self.unit}" if self.unit else ""
        told = f"{self.text}{where}: {self.used:f}{unit}"
        if self.expected is not None:
            told += f" where {self.expected:f}{unit} was to be expected"
        return told if self.factor is None else f"{told}, {self.factor:f} times as much"


def _decimals(given: Iterable[Decimal | int | str]) -> tuple[Decimal, ...]:
    return tuple(map(decimal_of, given))


@attrs.frozen
class Seasons:
    """How use goes through the year for the tariffs whose code begins with `tariff`.

    `weights` are those of January to December: days of a month with 2 use twice as much as days
    of one with 1. Only their proportions count.

    Raises Invalid ``billing.plausibility.seasons`` (twelve weights above zero).
    """

    tariff: str
    weights: tuple[Decimal, ...] = attrs.field(converter=_decimals)

    def __attrs_post_init__(self) -> None:
        if len(self.weights) != 12 or min(self.weights) <= 0:
            raise Invalid("billing.plausibility.seasons", "twelve weights above zero")


@attrs.frozen
class PlausibilityLimits:
    """What is plausible in bills made on the days `valid`; why it is so is on `source`.

    `spread_max` is how many times the expected energy a plausible bill may have, or go below it.
    Its square is below ten, so that ten times a plausible bill is never plausible, and above
    one. Energy below `least_kwh` and a sum below `least_gross` harm nobody and are not compared.
    Where `expected_kwh_min` is to be expected, nothing at all is doubted, and so is a thousandth;
    `unpriced_kwh_min` is how much energy must have a price.
    `history_days` is how far back bills are looked at, and those of fewer than
    `history_days_min` days together tell nothing. More than `power_hours_max` times the
    subscribed power through all hours cannot be. Without a past, more than `standard_max` times
    the standard use is doubted. A rollover of which nothing else is known may take
    `rollover_share_max` of what the register can show. Nothing counted for `stuck_days_min` days
    is doubted. Registers are taken for exchanged where their shares are at least
    `swap_distance_min` from those of the past (the sum of differences, 0 to 2) and at most
    `swap_rest_max` once exchanged. A bill may cost `gross_max` times what
    the past and its energy let expect.
    `credit_groups` are the groups of lines that may make a bill negative, `added_groups` those by
    the kWh that the law adds, which price no energy.

    Raises Invalid ``billing.plausibility.spread`` (above one, its square below ten),
    ``billing.plausibility.limits`` (limits are above zero).
    """

    valid: Period
    spread_max: Decimal = attrs.field(default=Decimal(3), converter=decimal_of)
    least_kwh: Decimal = attrs.field(default=Decimal(100), converter=decimal_of)
    least_gross: Decimal = attrs.field(default=Decimal(50), converter=decimal_of)
    expected_kwh_min: Decimal = attrs.field(default=Decimal(20), converter=decimal_of)
    unpriced_kwh_min: Decimal = attrs.field(default=Decimal(1), converter=decimal_of)
    history_days: int = 400
    history_days_min: int = 25
    power_hours_max: Decimal = attrs.field(default=Decimal("1.5"), converter=decimal_of)
    standard_max: Decimal = attrs.field(default=Decimal(10), converter=decimal_of)
    rollover_share_max: Decimal = attrs.field(default=Decimal("0.1"), converter=decimal_of)
    stuck_days_min: int = 14
    swap_distance_min: Decimal = attrs.field(default=Decimal("0.4"), converter=decimal_of)
    swap_rest_max: Decimal = attrs.field(default=Decimal("0.15"), converter=decimal_of)
    gross_max: Decimal = attrs.field(default=Decimal(4), converter=decimal_of)
    seasons: tuple[Seasons, ...] = ()
    credit_groups: frozenset[str] = frozenset({"feed_in"})
    added_groups: frozenset[str] = frozenset({"access", "tax"})
    source: str = ""

    @property
    def unpriced_groups(self) -> frozenset[str]:
        """The groups of lines by the kWh that are not the price of what is taken."""
        return self.credit_groups | self.added_groups

    def __attrs_post_init__(self) -> None:
        if not 1 < self.spread_max * self.spread_max < 10:
            raise Invalid(
                "billing.plausibility.spread",
                "above one, its square below ten",
                spread=self.spread_max,
            )
        days = min(self.history_days, self.history_days_min, self.stuck_days_min)
        figures = min(
            self.least_kwh, self.least_gross, self.expected_kwh_min, self.unpriced_kwh_min,
            self.power_hours_max, self.standard_max, self.rollover_share_max,
            self.swap_distance_min, self.swap_rest_max, self.gross_max,
        )  # fmt: skip
        if days <= 0 or figures <= 0 or self.swap_rest_max >= self.swap_distance_min:
            raise Invalid("billing.plausibility.limits", "limits are above zero")

    def weight(self, days: Period, *, tariff: str) -> Fraction:
        """Return the days of a period, each with the weight of its month for a tariff."""
        weights = next((s.weights for s in self.seasons if tariff.startswith(s.tariff)), EVEN_YEAR)
        parts = (Fraction(weights[part.start.month - 1]) * part.days for part in _months(days))
        return sum(parts, Fraction(0))


def _months(days: Period) -> Iterator[Period]:
    start = days.start
    while start < days.until:
        until = min(add_months(start.replace(day=1), 1), days.until)
        yield Period(start, until)
        start = until


@attrs.frozen
class PlausibilityRules:
    """The limits of a market over time, and `owner`: who judges a bill that is held.

    Without limits of a day nothing is held on it.
    """

    limits: tuple[PlausibilityLimits, ...] = (PlausibilityLimits(Period(date(2000, 1, 1))),)
    owner: str = "billing desk"

    def on(self, day: date) -> PlausibilityLimits | None:
        """Return the limits for bills made on a day."""
        return next((limits for limits in self.limits if day in limits.valid), None)


NO_PLAUSIBILITY = PlausibilityRules(())
