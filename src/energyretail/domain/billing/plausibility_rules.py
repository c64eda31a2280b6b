"""The rules a draft must pass before it leaves, in the order they are told.

Each takes a draft beside the past of its supply and yields what it finds; none holds a figure of
its own, all are those of `PlausibilityLimits`. A page of the reference is made from this list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Final

import attrs

from energyretail.domain.billing.exchanged_registers import exchanged
from energyretail.domain.billing.judged_use import JudgedBill
from energyretail.domain.billing.plausibility import Finding

__all__ = ["PLAUSIBILITY_RULES", "PlausibilityRule", "find_implausible"]

_Rule = Callable[[JudgedBill], Iterator[Finding]]
_HOURS_A_DAY: Final = 24
_DAYS_A_YEAR: Final = 365


@attrs.frozen
class PlausibilityRule:
    """A rule with the codes it may find, and when it does, as a formula for people."""

    codes: tuple[str, ...]
    formula: str
    why: str
    find: _Rule


def energy_of_the_past(bill: JudgedBill) -> Iterator[Finding]:
    """Find energy out of all proportion to the past, by the unit that would explain it."""
    used, expected, spread = bill.used, bill.expected, bill.limits.spread_max
    if not expected or expected < 0:
        return
    factor = Fraction(used) / expected
    if used >= bill.limits.least_kwh and factor > spread:
        for code, unit in (("energy_times_10", 10), ("energy_times_1000", 1000)):
            if unit <= factor * Fraction(spread) and factor <= unit * Fraction(spread):
                yield _found(code, "the energy is of another unit", used, expected)
                return
        yield _found("energy_outlier", "far more energy than before", used, expected)
    elif used > 0 and expected >= bill.limits.expected_kwh_min and factor * 1000 <= spread:
        yield _found("energy_thousandth", "the energy is of another unit", used, expected)


def rollover(bill: JudgedBill) -> Iterator[Finding]:
    """Find a register that began again at zero and would so have counted more than is credible."""
    counted = dict(bill.use.counted)
    for register in sorted(_rolled_over(bill)):
        most = _credible(bill, register)
        if counted[register] > most:
            yield _found("rollover", "the register began again", counted[register], most, register)


def exchanged_registers(bill: JudgedBill) -> Iterator[Finding]:
    """Find registers whose shares are those of the past once two of them are exchanged."""
    if bill.past is None or bill.use.estimated:
        return
    limits, used = bill.limits, bill.use.counted
    if min(sum(kwh for _, kwh in each.counted) for each in (bill.use, bill.past)) < (
        limits.least_kwh
    ):
        return
    registers = exchanged(
        dict(used),
        dict(bill.past.counted),
        distance_min=limits.swap_distance_min,
        rest_max=limits.swap_rest_max,
    )
    for register in registers:
        counted, expected = dict(used)[register], bill.expected_of(register)
        yield _found("registers_exchanged", "the registers are exchanged", counted, expected,
                     register)  # fmt: skip


def stuck(bill: JudgedBill) -> Iterator[Finding]:
    """Find nothing counted, in all or by a register, where there always was something."""
    limits = bill.limits
    if bill.use.estimated or bill.whole.days.days < limits.stuck_days_min:
        return
    counted = (("", bill.used, bill.expected), *(
        (register, kwh, bill.expected_of(register)) for register, kwh in bill.whole.counted
    ))  # fmt: skip
    for register, kwh, expected in counted:
        if kwh == 0 and expected is not None and expected >= limits.expected_kwh_min:
            yield _found("stuck", "nothing was counted", kwh, expected, register)


def negative(bill: JudgedBill) -> Iterator[Finding]:
    """Find less than nothing used or asked where no energy fed in explains it."""
    priced, limits = bill.draft.bill, bill.limits
    counted = (("", priced.energy or Decimal(0)), *bill.use.counted)
    for register, kwh in counted:
        if kwh < 0 and not bill.feeds_in:
            yield _found("negative_use", "less than nothing was used", kwh, None, register)
    asked = sum(
        (line.amount.amount for line in priced.lines if line.group not in limits.credit_groups),
        Decimal(0),
    )
    if priced.gross.amount < 0 and asked < 0:
        yield _sum_found("negative_bill", "the bill gives money back", bill, None)


def beyond_the_supply(bill: JudgedBill) -> Iterator[Finding]:
    """Find more energy than the supply could take; or, of a new one, than such supplies do."""
    limits, days = bill.limits, bill.whole.days.days
    if bill.power_kw is not None:
        most = Fraction(bill.power_kw * limits.power_hours_max) * _HOURS_A_DAY * days
        if bill.used > max(most, Fraction(limits.least_kwh)):
            yield _found("above_power", "more than the power gives", bill.used, most)
    knows_little = bill.expected is None or bill.expected < limits.least_kwh
    if knows_little and bill.standard_kwh is not None:
        usual = Fraction(bill.standard_kwh) * bill.whole_weight / _DAYS_A_YEAR
        if bill.used > max(usual * Fraction(limits.standard_max), Fraction(limits.least_kwh)):
            yield _found("above_standard", "far more than such supplies use", bill.used, usual)


def below_the_standard(bill: JudgedBill) -> Iterator[Finding]:
    """Find next to nothing used by a supply of which nothing is known yet."""
    limits, use = bill.limits, bill.use
    if bill.past is not None or use.estimated or bill.standard_kwh is None:
        return
    usual = Fraction(bill.standard_kwh) * bill.whole_weight / _DAYS_A_YEAR
    is_nothing = 0 <= Fraction(bill.used) * 1000 <= usual * Fraction(limits.spread_max)
    if is_nothing and bill.whole.days.days >= limits.stuck_days_min:
        yield _found("below_standard", "next to nothing was counted", bill.used, usual)


def unpriced(bill: JudgedBill) -> Iterator[Finding]:
    """Find energy that costs nothing: no line prices it, or those that do come to zero."""
    energy, net = bill.draft.bill.energy, bill.draft.bill.net
    if energy is None or energy < bill.limits.unpriced_kwh_min:
        return
    lines = bill.energy_lines
    if lines and not any(lines):
        yield _found("price_zero", "every price of energy is zero", energy, None)
    elif not lines and not net:
        yield _found("price_missing", "nothing is asked for the energy", energy, None)


def gross_of_the_past(bill: JudgedBill) -> Iterator[Finding]:
    """Find a bill that asks for far more than bills of as many days did, and as much energy.

    Where more energy was used than before, as much more money is to be expected; where there was
    none before, nothing is.
    """
    expected, energy, limits = bill.expected_gross, bill.expected, bill.limits
    if expected is None or expected <= 0 or not energy or energy < 0:
        return
    expected *= max(Fraction(1), Fraction(bill.used) / energy)
    gross = Fraction(bill.whole.gross)
    if gross > expected * Fraction(limits.gross_max) and (
        gross > expected + Fraction(limits.least_gross)
    ):
        yield _sum_found("gross_outlier", "the bill asks for far more than before", bill, expected)


_PREFIX: Final = "billing.implausible."

PLAUSIBILITY_RULES: Final = (
    PlausibilityRule(
        ("energy_times_10", "energy_times_1000", "energy_outlier", "energy_thousandth"),
        "used > expected × `spread_max` and used ≥ `least_kwh`; of another unit where used is"
        " 10 or 1000 times expected, give or take `spread_max`; a thousandth where"
        " used × 1000 ≤ expected × `spread_max` and expected ≥ `expected_kwh_min`",
        "Wh or a decimal point taken for kWh, a meter's factor applied twice or not at all",
        energy_of_the_past,
    ),
    PlausibilityRule(
        ("rollover",),
        "a later index below an earlier one, and counted > expected of the register ×"
        " `spread_max` (at least `least_kwh`); without a past > power × 24 h × days ×"
        " `power_hours_max`; without either > 10^digits × `rollover_share_max`",
        "an index below the last one is a misread or exchanged meter more often than a rollover",
        rollover,
    ),
    PlausibilityRule(
        ("registers_exchanged",),
        "the shares of the registers differ from those of the past by `swap_distance_min` or more"
        " (the sum of differences), and by `swap_rest_max` or less once exchanged",
        "P1, P2 and P3 written into each other's column bill the right energy at wrong prices",
        exchanged_registers,
    ),
    PlausibilityRule(
        ("stuck",),
        "counted = 0 for `stuck_days_min` days or more, expected ≥ `expected_kwh_min`",
        "a meter that stands still, or one index told twice",
        stuck,
    ),
    PlausibilityRule(
        ("negative_use", "negative_bill"),
        "used < 0 and nothing fed in; gross < 0, also without the lines of `credit_groups`",
        "a credit nobody meant: only energy fed in makes a bill negative by itself",
        negative,
    ),
    PlausibilityRule(
        ("above_power", "above_standard"),
        "used > power × 24 h × days × `power_hours_max`; where less than `least_kwh` is"
        " expected, or nothing known, also used >"
        " standard use of the days × `standard_max`; both ≥ `least_kwh`",
        "what limits a supply that has no past yet",
        beyond_the_supply,
    ),
    PlausibilityRule(
        ("below_standard",),
        "without a past, used × 1000 ≤ standard use of the days × `spread_max` for"
        " `stuck_days_min` days or more",
        "a meter that never counted, or counts in another unit, is not seen by its own past",
        below_the_standard,
    ),
    PlausibilityRule(
        ("price_missing", "price_zero"),
        "energy ≥ `unpriced_kwh_min` and no line by the kWh and net = 0; or all lines by the kWh"
        " are 0 but those of `credit_groups` and `added_groups`",
        "a price list that was not filled in gives energy away",
        unpriced,
    ),
    PlausibilityRule(
        ("gross_outlier",),
        "gross > expected × `gross_max`, and more by `least_gross`; expected is what as many days"
        " cost before × used ÷ expected energy where that is above 1",
        "what the energy does not show: a price in the wrong unit, an item passed on twice",
        gross_of_the_past,
    ),
)


def find_implausible(bill: JudgedBill) -> tuple[Finding, ...]:
    """Return what all rules find, in their order; nothing where the bill may leave."""
    return tuple(finding for rule in PLAUSIBILITY_RULES for finding in rule.find(bill))


def _rolled_over(bill: JudgedBill) -> frozenset[str]:
    ordered = sorted(bill.draft.readings, key=lambda read: (read.register, read.taken_on))
    return frozenset(
        later.register
        for earlier, later in pairwise(ordered)
        if earlier.register == later.register and later.index_kwh < earlier.index_kwh
    )


def _credible(bill: JudgedBill, register: str) -> Fraction:
    limits, expected = bill.limits, bill.expected_of(register)
    if expected is not None:
        return max(expected * Fraction(limits.spread_max), Fraction(limits.least_kwh))
    if bill.power_kw is not None:
        hours = bill.use.days.days * _HOURS_A_DAY
        return Fraction(bill.power_kw * limits.power_hours_max) * hours
    return Fraction(limits.rollover_share_max * Decimal(10) ** bill.digits)


def _found(
    code: str,
    text: str,
    used: Decimal,
    expected: Fraction | None,
    register: str = "",
) -> Finding:
    return Finding(
        f"{_PREFIX}{code}",
        text,
        _rounded(Fraction(used), "0.001"),
        expected=None if expected is None else _rounded(expected, "0.001"),
        factor=_rounded(Fraction(used) / expected, "0.01") if expected else None,
        register=register,
    )


def _sum_found(code: str, text: str, bill: JudgedBill, expected: Fraction | None) -> Finding:
    gross, asked = bill.whole.gross, bill.draft.bill.gross
    shown = asked.amount if expected is None else gross
    return Finding(
        f"{_PREFIX}{code}",
        text,
        _rounded(Fraction(shown), "0.01"),
        asked.currency,
        expected=None if expected is None else _rounded(expected, "0.01"),
        factor=_rounded(Fraction(gross) / expected, "0.01") if expected else None,
    )


def _rounded(value: Fraction, step: str) -> Decimal:
    """Return a figure for people, half up; nothing is decided by it."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(step), rounding=ROUND_HALF_UP)
