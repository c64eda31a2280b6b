"""Laws of plausibility: what is like its past leaves, what is of another unit never does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from energyretail.domain import billing, pricing
from energyretail.domain.billing import BilledUse, JudgedBill, PlausibilityLimits, Seasons
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Cups, Invalid, Period, Power

START = date(2026, 1, 1)
POINT = Cups.of_digits("0031000000000001")
REGISTERS = ("P1", "P2", "P3")
EVEN = PlausibilityLimits(Period(START))

shares = st.tuples(*[st.integers(1, 50)] * 3)
spreads = st.decimals("1.01", "3.16", places=2)
weights = st.lists(st.decimals("0.1", "9", places=1), min_size=12, max_size=12)
limits = st.builds(
    lambda spread, months: PlausibilityLimits(
        Period(START), spread_max=spread, seasons=(Seasons("2.0TD", months),)
    ),
    spreads,
    weights,
)


def months(count: int) -> list[Period]:
    """Return some periods of 30 days in a row from START."""
    days = [START + timedelta(days=30 * n) for n in range(count + 1)]
    return [Period(one, two) for one, two in pairwise(days)]


def draft_of(
    days: Period,
    kwh: Sequence[int],
    *,
    start: Sequence[int] = (1000, 2000, 3000),
    tariff: str = "2.0TD-HORAS",
    estimated: bool = False,
) -> billing.Draft:
    """Return the draft of a supply that used `kwh` by register, from indexes of `start`."""
    quality = pricing.Quality.ESTIMATED if estimated else pricing.Quality.ACTUAL
    readings = tuple(
        billing.IndexReading(register, day, 1, Decimal(index % 1_000_000), quality)
        for register, first, used in zip(REGISTERS, start, kwh, strict=True)
        for day, index in ((days.start, first), (days.until, first + used))
    )
    supply = billing.BillableSupply(
        contract="K000001",
        customer="C000001",
        cups=POINT,
        tariff=tariff,
        powers=(("P1", Power("4.6")), ("P2", Power("4.6"))),
        supplied=Period(START),
        billed_until=None,
        readings=readings,
    )
    return billing.draft(
        supply, days, tariff=SPAIN.tariff(tariff), registers=REGISTERS, meter_digits=6
    )


def used(days: Period, kwh: Sequence[Decimal | int], *, estimated: bool = False) -> BilledUse:
    """Return what a bill in force is for; it asks a fifth of a euro a kWh."""
    total = sum(map(Decimal, kwh), Decimal(0))
    counted = tuple(zip(REGISTERS, map(Decimal, kwh), strict=True))
    return BilledUse(days, counted, total, (total / 5).quantize(Decimal("0.01")), estimated)


def codes(
    draft: billing.Draft,
    history: Sequence[BilledUse],
    rules: PlausibilityLimits = EVEN,
) -> set[str]:
    judged = JudgedBill.of(draft, history, limits=rules, digits=6)
    found = billing.find_implausible(judged)
    return {finding.code.removeprefix("billing.implausible.") for finding in found}


class TestEnergyOfThePast:
    @given(shares, st.integers(1, 11), limits, st.randoms())
    def test_never_holds_a_bill_like_its_past_in_any_order_of_it(
        self, kwh: tuple[int, int, int], count: int, rules: PlausibilityLimits, chance: Random
    ) -> None:
        periods = months(count + 1)
        history = [used(days, _of_the_season(days, kwh, rules)) for days in periods[:-1]]
        now = [round(value) for value in _of_the_season(periods[-1], kwh, rules)]
        chance.shuffle(history)

        found = codes(draft_of(periods[-1], now), history, rules)

        assert found <= {"gross_outlier"}  # standing charges do not go by the season

    @given(shares, st.integers(1, 11), limits, st.data())
    def test_always_holds_ten_and_a_thousand_times_a_plausible_bill(
        self,
        kwh: tuple[int, int, int],
        count: int,
        rules: PlausibilityLimits,
        data: st.DataObject,
    ) -> None:
        periods = months(count + 1)
        history = [used(days, _of_the_season(days, kwh, rules)) for days in periods[:-1]]
        usual = _of_the_season(periods[-1], kwh, rules)
        # Anywhere in what is plausible by itself, a little within its bounds for whole kWh.
        low, high = 1 / rules.spread_max + Decimal("0.01"), rules.spread_max - Decimal("0.01")
        by = data.draw(st.decimals(min(low, high), max(low, high), places=3))
        for unit, code in ((10, "energy_times_10"), (1000, "energy_times_1000")):
            wrong = [max(1, round(value * by * unit)) for value in usual]
            assume(sum(wrong) >= rules.least_kwh * 2)
            assume(max(wrong) < 990_000)

            found = codes(draft_of(periods[-1], wrong), history, rules)

            assert code in found or (unit == 10 and "energy_outlier" in found)

    @given(shares, st.integers(1, 6), st.integers(1, 5))
    def test_lets_an_actual_reading_settle_estimates(
        self, kwh: tuple[int, int, int], actual: int, estimates: int
    ) -> None:
        *before, last = months(actual + estimates + 1)
        bills = [used(days, kwh) for days in before[:actual]]
        too_low = [used(days, (0, 0, 0), estimated=True) for days in before[actual:]]
        settling = [value * (estimates + 1) for value in kwh]

        assert codes(draft_of(last, settling), (*bills, *too_low)) == set()

    @given(shares, st.integers(1, 6))
    def test_lets_a_bill_of_nothing_settle_estimates_that_were_too_high(
        self, kwh: tuple[int, int, int], actual: int
    ) -> None:
        *before, estimated, last = months(actual + 2)
        bills = [used(days, kwh) for days in before]
        twice = used(estimated, [2 * value for value in kwh], estimated=True)

        assert codes(draft_of(last, (0, 0, 0)), (*bills, twice)) == set()

    @given(shares, st.integers(0, 24))
    def test_compares_nothing_with_too_short_a_past(
        self, kwh: tuple[int, int, int], days: int
    ) -> None:
        first = START - timedelta(days=days)
        history = [used(Period(first, START), kwh)] if days else []

        assert codes(draft_of(months(1)[0], [9 * value for value in kwh]), history) == set()


def _of_the_season(
    days: Period, kwh: Sequence[int], rules: PlausibilityLimits
) -> tuple[Decimal, ...]:
    """Return what a supply uses over days whose months weigh as the limits say."""
    weight = rules.weight(days, tariff="2.0TD-HORAS") / 30
    by = Decimal(weight.numerator) / Decimal(weight.denominator)
    return tuple((value * by).quantize(Decimal("0.000001")) for value in kwh)


class TestExchangedRegisters:
    @given(st.permutations([300, 100, 20]), st.permutations([0, 1, 2]))
    def test_are_found_whichever_they_are(self, kwh: list[int], order: list[int]) -> None:
        before, now = months(2)
        mixed = [kwh[at] for at in order]

        found = codes(draft_of(now, mixed), [used(before, kwh)])

        moved = sum(abs(one - other) for one, other in zip(kwh, mixed, strict=True))
        assert ("registers_exchanged" in found) == (moved >= Decimal("0.4") * sum(kwh))

    @given(shares, shares)
    def test_are_not_found_where_no_exchange_explains_the_shares(
        self, past: tuple[int, int, int], now: tuple[int, int, int]
    ) -> None:
        before, days = months(2)
        scale = 10
        past_kwh, now_kwh = ([value * scale for value in each] for each in (past, now))
        total, other = sum(past_kwh), sum(now_kwh)
        near = sum(
            abs(Decimal(a) / total - Decimal(b) / other)
            for a, b in zip(past_kwh, now_kwh, strict=True)
        )
        assume(near < Decimal("0.4"))

        found = codes(draft_of(days, now_kwh), [used(before, past_kwh)])

        assert "registers_exchanged" not in found


class TestLimits:
    @given(st.decimals("-10", "10", places=2))
    def test_keep_ten_times_a_plausible_bill_out_of_what_is_plausible(
        self, spread: Decimal
    ) -> None:
        if 1 < spread * spread < 10:
            assert PlausibilityLimits(Period(START), spread_max=spread).spread_max == spread
            return
        with pytest.raises(Invalid) as caught:
            PlausibilityLimits(Period(START), spread_max=spread)
        assert caught.value.code == "billing.plausibility.spread"

    @pytest.mark.parametrize("name", ["least_kwh", "history_days_min", "gross_max"])
    def test_are_above_zero(self, name: str) -> None:
        with pytest.raises(Invalid) as caught:
            attrs.evolve(EVEN, **{name: 0})
        assert caught.value.code == "billing.plausibility.limits"

    def test_have_twelve_weights_a_year(self) -> None:
        for months_ in ((1,) * 11, (1,) * 11 + (0,)):
            with pytest.raises(Invalid) as caught:
                Seasons("2.0TD", months_)
            assert caught.value.code == "billing.plausibility.seasons"

    @given(weights, st.integers(0, 700), st.integers(1, 400), st.integers(1, 400))
    def test_weigh_days_one_by_one(
        self, given_: list[Decimal], first: int, some: int, more: int
    ) -> None:
        rules = attrs.evolve(EVEN, seasons=(Seasons("2", given_),))
        start = START + timedelta(days=first)
        middle, end = start + timedelta(days=some), start + timedelta(days=some + more)

        whole = rules.weight(Period(start, end), tariff="2.0TD")

        parts = (Period(start, middle), Period(middle, end))
        assert whole == sum(rules.weight(part, tariff="2.0TD") for part in parts)
        assert rules.weight(Period(start, end), tariff="3") == some + more


def surely_passes(
    draft: billing.Draft,
    history: Sequence[BilledUse],
    rules: PlausibilityLimits,
    power_kw: int | None = None,
    standard_kwh: int | None = None,
) -> bool:
    """Say it as a bulk run does, in whole numbers."""
    use = billing.use_of_draft(draft, digits=6)
    last = max((at for at, each in enumerate(history, 1) if not each.estimated), default=0)
    past = [history[:last], *([] if use.estimated else [history[last:]])]
    now = rules.weight(use.days, tariff=draft.tariff)
    before = [[rules.weight(each.days, tariff=draft.tariff) for each in some] for some in past]
    unit, (weight, *weights) = billing.whole_weights([now, *(sum(some) for some in before)])
    lines = [
        line
        for line in draft.bill.lines
        if line.unit == "kWh" and line.group not in rules.unpriced_groups
    ]
    settled, *open_ = map(past_numbers, past, weights)
    told: bool = billing.Yardstick(
        rules,
        None if power_kw is None else Decimal(power_kw),
        None if standard_kwh is None else Decimal(standard_kwh),
    ).surely_passes(
        billing.UseNumbers(
            energy=int((use.energy_kwh or 0) * 10**6),
            gross=int(use.gross * 100),
            counted=[int(kwh * 1000) for _, kwh in use.counted],
            priced=any(line.amount for line in lines),
        ),
        settled,
        days=use.days.days,
        weight=weight,
        unit=unit,
        open_=open_[0] if open_ else None,
    )
    return told and not any(
        later.index_kwh < earlier.index_kwh
        for earlier, later in pairwise(draft.readings)
        if earlier.register == later.register
    )


def past_numbers(past: Sequence[BilledUse], weight: int) -> billing.PastNumbers:
    return billing.PastNumbers(
        days=sum(each.days.days for each in past),
        weight=weight,
        energy=sum(int((each.energy_kwh or 0) * 10**6) for each in past),
        gross=sum(int(each.gross * 100) for each in past),
        counted=[
            sum(int(each.counted[at][1] * 1000) for each in past) for at, _ in enumerate(REGISTERS)
        ],
    )


class TestWhatSurelyPasses:
    @given(
        st.lists(st.tuples(shares, st.booleans()), max_size=6),
        st.booleans(),
        st.tuples(*[st.integers(0, 400) | st.sampled_from([0, 4000])] * 3),
        st.integers(1, 30),
        st.none() | st.integers(1, 5),
        st.none() | st.integers(100, 5000),
        limits,
    )
    def test_is_nothing_that_a_rule_would_hold(
        self,
        past: list[tuple[tuple[int, int, int], bool]],
        estimated: bool,
        now: tuple[int, int, int],
        days: int,
        power_kw: int | None,
        standard_kwh: int | None,
        rules: PlausibilityLimits,
    ) -> None:
        *before, last = months(len(past) + 1)
        history = [
            used(each, kwh, estimated=of_estimates)
            for each, (kwh, of_estimates) in zip(before, past, strict=True)
        ]
        period = Period(last.start, last.start + timedelta(days=days))
        draft = draft_of(period, now, estimated=estimated)

        judged = JudgedBill.of(
            draft,
            history,
            limits=rules,
            digits=6,
            power_kw=None if power_kw is None else Decimal(power_kw),
            standard_kwh=None if standard_kwh is None else Decimal(standard_kwh),
        )

        if surely_passes(draft, history, rules, power_kw, standard_kwh):
            assert billing.find_implausible(judged) == ()

    @given(shares, st.integers(0, 11), limits)
    def test_is_a_bill_like_all_before_it(
        self, kwh: tuple[int, int, int], count: int, rules: PlausibilityLimits
    ) -> None:
        *before, last = months(count + 1)
        history = [used(days, _of_the_season(days, kwh, rules)) for days in before]
        now = draft_of(last, [round(each) for each in _of_the_season(last, kwh, rules)])

        found = codes(now, history, rules)

        assert surely_passes(now, history, rules) or found or min(kwh) == 0

    @pytest.mark.parametrize(
        ("now", "passes"),
        [
            ((90, 80, 130), True),
            ((900, 800, 1300), False),
            ((0, 80, 220), False),
            ((130, 220, 20), False),
            ((9, 8, 13), True),
            ((0, 0, 0), False),
        ],
    )
    def test_is_told_beside_a_past(self, now: tuple[int, int, int], *, passes: bool) -> None:
        before, days = months(2)

        assert surely_passes(draft_of(days, now), [used(before, (150, 150, 120))], EVEN) is passes

    @pytest.mark.parametrize(
        ("estimate", "now", "passes"),
        [
            ((150, 150, 120), (150, 150, 120), True),
            ((0, 0, 0), (300, 300, 240), True),
            ((500, 500, 400), (1, 1, 1), True),
            ((900, 900, 900), (150, 150, 120), False),
        ],
    )
    def test_is_told_with_the_estimates_that_it_settles(
        self, estimate: tuple[int, int, int], now: tuple[int, int, int], *, passes: bool
    ) -> None:
        first, second, days = months(3)
        history = [used(first, (150, 150, 120)), used(second, estimate, estimated=True)]

        assert surely_passes(draft_of(days, now), history, EVEN) is passes

    def test_is_told_without_a_past_by_the_power_and_by_the_standard_use(self) -> None:
        (days,) = months(1)
        for kwh, power, standard, passes in (
            (500, None, None, True),
            (500, 1, None, True),
            (1081, 1, None, False),
            (500, None, 1000, True),
            (900, None, 1000, False),
        ):
            draft = draft_of(days, (kwh, 0, 0))

            assert surely_passes(draft, (), EVEN, power, standard) is passes
