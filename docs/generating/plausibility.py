"""The page of the plausibility rules: their codes and formulas, their limits and why."""

from __future__ import annotations

import inspect
from decimal import Decimal
from pathlib import Path
from typing import Final

import attrs

from energyretail.domain import billing
from energyretail.domain.markets import PROFILES
from energyretail.domain.shared import Period
from generating import BY_HAND_NEVER

__all__ = ["FILE", "files"]

FILE: Final = "docs/reference/plausibility.md"
_HEAD: Final = f"""# Plausibility

{BY_HAND_NEVER}

No draft is issued that one of these rules finds fault with: it is held, with what was found, until
it is drafted otherwise or two people release it ([billing](../processes/billing.md#the-gate)).
A rule holds no figure; all of them are dated data of the market (`BillingPolicy.plausibility`).

## What is compared

- **used** is the energy of the bill in kWh; where one of the bills compared has none, what its
  registers counted. A bill of actual readings that follows estimated ones is judged together with
  them: it settles them, so that only their sum says anything.
- **expected** is what the bills in force before used, up to the last of actual readings, for days
  of the same weight: sum × weight of the days ÷ weight of their days. A day weighs 1, or what the
  season of its month says. Less than `history_days_min` days of bills are no past.
- **estimated** drafts are not asked whether they stand still or have registers exchanged: they are
  made from the past.

A bill like its past is never held, and ten times a plausible one always is, whatever the season:
`spread_max` is above 1 and its square below 10, so what is plausible, from expected ÷ `spread_max`
to expected × `spread_max`, never meets ten times itself. That holds from `least_kwh` on.

## Rules

| code | held when | why |
|---|---|---|
"""
_WHY: Final = {
    "spread_max": "homes that heat or cool by electricity use at most twice their mean in a month,"
    " and a part of it when they are away; 3 is the largest round figure below √10",
    "least_kwh": "some 20 EUR: less is not worth two people's time, and small uses jump",
    "expected_kwh_min": "a home of one room uses as much in a month; what is empty uses less",
    "unpriced_kwh_min": "no price of a kWh is so low that a kWh costs nothing",
    "least_gross": "likewise, for what is not energy",
    "history_days": "a year and a month, so that every season has been seen once",
    "history_days_min": "a month of bills; a few days after moving in say nothing",
    "power_hours_max": "a fuse lets through half as much again for hours, never for weeks;"
    " `ReadingRules.overuse` is the same",
    "standard_max": "supplies of one power differ by a factor of five; 10 leaves twice that",
    "rollover_share_max": "a register is read many times before it has counted a tenth of what it"
    " shows",
    "stuck_days_min": "two weeks away from home with the fuse out are common",
    "swap_distance_min": "a fifth of the energy in other registers; working from home moves less",
    "swap_rest_max": "the past is met once they are exchanged, but for the change of a month",
    "gross_max": "the spread of energy is taken out already, and a price that trebles passes",
    "seasons": "for gas and other heat: weights of the twelve months by tariff; without them a"
    " year is even",
    "credit_groups": "what is fed in may be worth more than what is taken",
    "added_groups": "tolls and excise by the kWh are asked though the energy has no price",
}


def files(_: Path) -> dict[str, str]:
    """Return the page."""
    rows = [
        f"| {'<br>'.join(f'`billing.implausible.{code}`' for code in rule.codes)}"
        f" | {rule.formula} | {rule.why} |"
        for rule in billing.PLAUSIBILITY_RULES
    ]
    parts = [_HEAD + "\n".join(rows), _limits(), _markets()]
    return {FILE: "\n\n".join(parts) + "\n"}


def _limits() -> str:
    told = inspect.cleandoc(billing.PlausibilityLimits.__doc__ or "").split("\n\nRaises")[0]
    plain = billing.PlausibilityLimits(Period(billing.PlausibilityRules().limits[0].valid.start))
    rows = [f"| `{name}` | {_shown(getattr(plain, name))} | {why} |" for name, why in _WHY.items()]
    names = {field.name for field in attrs.fields(billing.PlausibilityLimits)}
    assert names - {"valid", "source"} == set(_WHY)  # each limit says why it is what it is
    head = "| limit | where nothing else is said | why |\n|---|---|---|\n"
    return f"## Limits\n\n{told}\n\n{head}" + "\n".join(rows)


def _markets() -> str:
    rows = [
        f"| {code} | {limits.valid.start} | {_differing(limits)} | {profile.plausibility.owner}"
        f" | {limits.source} |"
        for code, profile in sorted(PROFILES.items())
        for limits in profile.plausibility.limits
    ]
    head = "| market | from | other than above | who judges | source |\n|---|---|---|---|---|\n"
    return "## Markets\n\n" + head + "\n".join(rows)


def _differing(limits: billing.PlausibilityLimits) -> str:
    plain = billing.PlausibilityLimits(limits.valid)
    other = [name for name in _WHY if getattr(limits, name) != getattr(plain, name)]
    return ", ".join(f"`{name}` {_shown(getattr(limits, name))}" for name in other) or "nothing"


def _shown(value: object) -> str:
    if isinstance(value, frozenset):
        return ", ".join(f"`{each}`" for each in sorted(value))
    if isinstance(value, tuple):
        return "; ".join(f"{each.tariff}: {each.weights}" for each in value) or "none"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
