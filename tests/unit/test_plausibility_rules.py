"""Faults that reached customers elsewhere, and what holds each of them here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import attrs
import pytest

from energyretail.domain import billing, pricing
from energyretail.domain.billing import (
    BilledUse,
    Finding,
    JudgedBill,
    PlausibilityLimits,
    PlausibilityRules,
)
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Cups, Money, Period, Power

START = date(2026, 1, 1)
LIMITS = PlausibilityLimits(Period(START))
REGISTERS = ("P1", "P2", "P3")
DAYS = Period(date(2026, 3, 1), date(2026, 3, 31))
PREFIX = "billing.implausible."


def draft_of(
    used: Sequence[Decimal | int] = (90, 80, 130), *, start: int = 1500, days: Period = DAYS
) -> billing.Draft:
    """Return a draft of 30 days of March whose registers began at `start`."""
    actual = pricing.Quality.ACTUAL
    readings = tuple(
        billing.IndexReading(register, day, 1, Decimal(index % 1_000_000), actual)
        for register, kwh in zip(REGISTERS, used, strict=True)
        for day, index in ((days.start, start), (days.until, start + kwh))
    )
    supply = billing.BillableSupply(
        contract="K000001",
        customer="C000001",
        cups=Cups.of_digits("0031000000000001"),
        tariff="2.0TD-HORAS",
        powers=(("P1", Power("4.6")), ("P2", Power("4.6"))),
        supplied=Period(START),
        billed_until=DAYS.start,
        readings=readings,
    )
    tariff = SPAIN.tariff(supply.tariff)
    return billing.draft(supply, days, tariff=tariff, registers=REGISTERS, meter_digits=6)


def past(
    kwh: Sequence[int] = (90, 80, 130), gross: int = 60, *, bills: int = 2
) -> tuple[BilledUse, ...]:
    """Return bills of 29 days each right before March."""
    days = timedelta(days=29)
    return tuple(
        BilledUse(
            Period(DAYS.start - days * (n + 1), DAYS.start - days * n),
            tuple(zip(REGISTERS, map(Decimal, kwh), strict=True)),
            Decimal(sum(kwh)),
            Decimal(gross),
        )
        for n in range(bills)
    )


def found(
    draft: billing.Draft,
    history: Sequence[BilledUse] = (),
    *,
    limits: PlausibilityLimits = LIMITS,
    power_kw: str | None = None,
    standard_kwh: int | None = None,
) -> dict[str, Finding]:
    judged = JudgedBill.of(
        draft,
        history,
        limits=limits,
        digits=6,
        power_kw=None if power_kw is None else Decimal(power_kw),
        standard_kwh=None if standard_kwh is None else Decimal(standard_kwh),
    )
    return {
        finding.code.removeprefix(PREFIX): finding for finding in billing.find_implausible(judged)
    }


def with_lines(draft: billing.Draft, *lines: pricing.PriceLine) -> billing.Draft:
    """Return a draft of these lines alone, without tax."""
    zero = Money.zero("EUR")
    total = Money.total((line.amount for line in lines), "EUR")
    bill = attrs.evolve(draft.bill, lines=lines, taxes=(), net=total, tax=zero, gross=total)
    return attrs.evolve(draft, bill=bill)


class TestFindImplausible:
    def test_passes_a_month_like_the_others(self) -> None:
        assert found(draft_of(), past(), power_kw="4.6", standard_kwh=3000) == {}

    def test_holds_a_misread_index_billed_as_a_rollover_of_999000_kwh(self) -> None:
        draft = draft_of((999_000, 80, 130))

        told = found(draft, past())

        assert told["rollover"].register == "P1"
        assert told["rollover"].used == 999_000
        assert told["rollover"].expected == Decimal("279.310")
        assert "rollover" in found(draft)
        assert "rollover" in found(draft, power_kw="4.6")

    def test_passes_a_register_that_did_roll_over(self) -> None:
        assert found(draft_of(start=999_950), past()) == {}
        assert found(draft_of(start=999_950), power_kw="4.6") == {}
        assert found(draft_of(start=999_950)) == {}

    def test_holds_watt_hours_taken_for_kilowatt_hours(self) -> None:
        draft = draft_of((90_000, 80_000, 130_000))

        told = found(draft, past())

        assert told["energy_times_1000"] == Finding(
            f"{PREFIX}energy_times_1000",
            "the energy is of another unit",
            Decimal(300_000),
            expected=Decimal("310.345"),
            factor=Decimal("966.67"),
        )
        # Without a past too: no fuse would have let it through.
        assert set(found(draft, power_kw="4.6", standard_kwh=3000)) == {
            "above_power",
            "above_standard",
        }

    def test_tells_a_kilowatt_hour_taken_for_a_megawatt_hour(self) -> None:
        small = tuple(Decimal(kwh) / 1000 for kwh in (90, 80, 130))

        assert "energy_thousandth" in found(draft_of(small), past())

    @pytest.mark.parametrize(
        ("by", "code"),
        [
            (3, None), (4, "energy_times_10"), (10, "energy_times_10"), (29, "energy_times_10"),
            (32, "energy_outlier"), (300, "energy_outlier"), (350, "energy_times_1000"),
        ],
    )  # fmt: skip
    def test_names_the_unit_that_explains_it(self, by: int, code: str | None) -> None:
        told = found(draft_of([kwh * by for kwh in (90, 80, 130)]), past())

        assert {name for name in told if name.startswith("energy")} == ({code} if code else set())

    def test_lets_what_harms_nobody_pass(self) -> None:
        tiny = past((1, 1, 1))

        assert found(draft_of((33, 33, 33)), tiny) == {}
        assert "energy_outlier" in found(draft_of((34, 33, 33)), tiny)

    def test_holds_peak_and_valley_written_into_each_other(self) -> None:
        told = found(draft_of((60, 80, 200)), past((200, 80, 60)))

        assert set(told) == {"registers_exchanged"}
        assert told["registers_exchanged"].register == "P3"

    def test_holds_a_meter_that_stands_still_but_not_a_short_stay(self) -> None:
        assert "stuck" in found(draft_of((0, 0, 0)), past())
        assert found(draft_of((90, 80, 0)), past())["stuck"].register == "P3"
        week = Period(DAYS.start, DAYS.start + timedelta(days=13))
        assert found(draft_of((0, 0, 0), days=week), past()) == {}
        assert found(draft_of((0, 0, 0))) == {}

    @pytest.mark.parametrize("kwh", [(0, 0, 0), ("0.009", "0.008", "0.013")])
    def test_holds_next_to_nothing_where_a_small_home_used_something(
        self, kwh: Sequence[int | str]
    ) -> None:
        draft = draft_of([Decimal(each) for each in kwh])

        assert found(draft, past((9, 8, 13))).keys() <= {"stuck", "energy_thousandth"}
        assert found(draft, past((9, 8, 13)))
        assert found(draft, past((5, 4, 6))) == {}

    def test_holds_a_bill_that_gives_money_back_unless_energy_was_fed_in(self) -> None:
        first = draft_of().bill.lines[0]
        minus = attrs.evolve(first, amount=Money("-70", "EUR"))
        plus = attrs.evolve(first, amount=Money("20", "EUR"))
        fed_in = attrs.evolve(minus, group="feed_in")

        assert set(found(with_lines(draft_of(), plus, minus))) == {"negative_bill"}
        assert found(with_lines(draft_of(), plus, fed_in)) == {}

    def test_holds_less_than_nothing_used(self) -> None:
        draft = draft_of()
        minus = attrs.evolve(draft, bill=attrs.evolve(draft.bill, energy=Decimal(-5)))

        assert "negative_use" in found(minus)

    def test_holds_energy_that_costs_nothing(self) -> None:
        draft = draft_of()
        free = [
            attrs.evolve(line, amount=Money.zero("EUR"))
            for line in draft.bill.lines
            if line.unit == "kWh"
        ]
        standing = next(line for line in draft.bill.lines if line.unit != "kWh")

        assert set(found(with_lines(draft, standing, *free))) == {"price_zero"}
        assert set(found(with_lines(draft))) == {"price_missing"}
        # A flat fee has no line by the kWh.
        assert found(with_lines(draft, standing)) == {}

    def test_holds_a_price_in_the_wrong_unit(self) -> None:
        draft = draft_of()
        dear = attrs.evolve(draft.bill.lines[0], amount=Money("900", "EUR"))

        told = found(with_lines(draft, dear), past())

        assert set(told) == {"gross_outlier"}
        assert str(told["gross_outlier"]) == (
            "the bill asks for far more than before: 900.00 EUR where 62.07 EUR was to be expected,"
            " 14.50 times as much"
        )

    def test_holds_by_the_profile_what_has_no_past(self) -> None:
        draft = draft_of((1000, 1000, 1000))

        assert set(found(draft, standard_kwh=3000)) == {"above_standard"}
        assert found(draft, standard_kwh=3000)["above_standard"].expected == Decimal("246.575")
        assert found(draft_of((800, 800, 800)), standard_kwh=3000) == {}


class TestPlausibilityRules:
    def test_hold_from_the_day_they_are_valid(self) -> None:
        strict = attrs.evolve(LIMITS, valid=Period(DAYS.start))
        rules = PlausibilityRules((attrs.evolve(LIMITS, valid=Period(START, DAYS.start)), strict))

        assert rules.on(DAYS.start - timedelta(days=1)) is rules.limits[0]
        assert rules.on(DAYS.start) is strict
        assert rules.on(START - timedelta(days=1)) is None
        assert billing.NO_PLAUSIBILITY.on(START) is None
