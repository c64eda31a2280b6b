"""What is wrong with a part of a tariff in several ways at once is refused with all of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from energyretail.domain import pricing
from energyretail.domain.shared import Invalid, MarketTime, Period

ONCE = (pricing.always("price", 1, "test"),)


def codes_of(make: Callable[[], object]) -> list[str]:
    with pytest.raises(Invalid) as refused:
        make()
    return [error.code.removeprefix("pricing.") for error in pricing.each_fault(refused.value)]


def version(start: date, end: date | None, value: str = "1") -> pricing.Version:
    return pricing.Version(Period(start, end), value, "test")


def day(month: int) -> date:
    return date(2026, month, 1)


def inverse(number: int) -> float:
    if number in (0, 9):
        raise Invalid("test.wrong", "wrong", number=number)
    return 1 / number


class TestTogether:
    def test_are_made_in_order_where_nothing_is_wrong(self) -> None:
        assert pricing.together(inverse, (1, 2, 4)) == (1, 0.5, 0.25)

    def test_raises_the_faults_of_all_and_is_told_by_the_first(self) -> None:
        with pytest.raises(pricing.Several) as refused:
            pricing.together(inverse, (9, 1, 0, 9))

        assert [e.facts["number"] for e in pricing.each_fault(refused.value)] == ["9", "0", "9"]
        assert str(refused.value) == "test.wrong: wrong (number=9)"

    def test_raises_one_fault_as_it_is(self) -> None:
        with pytest.raises(Invalid) as refused:
            pricing.together(inverse, (1, 0))

        assert not isinstance(refused.value, pricing.Several)
        assert pricing.each_fault(refused.value) == (refused.value,)

    def test_makes_several_of_several_one_list(self) -> None:
        one, two, three = (Invalid("test.wrong", "wrong", number=n) for n in range(3))

        assert pricing.Several([one, pricing.Several([two, three])]).faults == (one, two, three)


class TestVersions:
    def test_that_share_days_are_each_told_wherever_the_longest_stands(self) -> None:
        versions = (
            version(day(4), None),
            version(day(2), day(3)),
            version(day(1), None),
            version(day(5), day(6)),
        )

        found = list(pricing.version_overlaps("p", versions))

        assert [at for at, _ in found] == [1, 0, 3]
        assert codes_of(lambda: pricing.DatedPrice("p", versions)) == ["version_overlap"] * 3

    def test_that_leave_days_out_are_each_told(self) -> None:
        versions = (
            version(day(5), None),
            version(day(1), day(2)),
            version(day(3), day(4)),
            version(day(4), day(5)),
        )

        assert [at for at, _ in pricing.version_gaps("p", versions)] == [2]
        assert [at for at, _ in pricing.version_gaps("p", versions[:3])] == [2, 0]

    def test_of_a_rate_are_each_told_beyond_0_to_100(self) -> None:
        versions = tuple(
            version(day(n + 1), day(n + 2), value) for n, value in enumerate(("-1", "0", "100.1"))
        )

        def made() -> pricing.Vat:
            return pricing.Vat("V", "V", pricing.DatedPrice("rate", versions))

        assert codes_of(made) == ["rate_range", "rate_range"]


class TestComponents:
    def test_of_blocks_tell_their_ends_and_their_order(self) -> None:
        ends = (Decimal(200), Decimal(100))

        def made() -> pricing.Blocks:
            steps = tuple(pricing.Block(ONCE, end) for end in ends)
            return pricing.Blocks(name="b", tax_code="none", steps=steps)

        assert codes_of(made) == ["blocks_open", "blocks_order"]

    def test_of_a_discount_tell_kind_amount_and_months(self) -> None:
        def made() -> pricing.Discount:
            return pricing.Discount(
                name="d", tax_code="none", bases=("x",), budget=Decimal(-1), months=0
            )

        assert codes_of(made) == ["discount_kind", "amount_negative", "months"]


class TestReactive:
    @pytest.mark.parametrize(("percent", "codes"), [("-0.1", 1), ("0", 0), ("100", 0), ("101", 1)])
    def test_is_free_for_0_to_100_percent(self, percent: str, codes: int) -> None:
        bands = (pricing.CosPhiBand(Decimal(1), ONCE),)

        def made() -> pricing.Reactive:
            return pricing.Reactive(
                name="r", tax_code="none", bands=bands, free_percent=Decimal(percent)
            )

        if codes:
            assert codes_of(made) == ["free_percent"]
        else:
            assert made().free_percent == Decimal(percent)


class TestCalendars:
    def test_tell_every_season_and_every_sort_of_day_that_is_left_out(self) -> None:
        def calendar(*rules: pricing.BandRule) -> pricing.BandCalendar:
            zone = MarketTime("Europe/Madrid")
            return pricing.BandCalendar("c", zone, pricing.ALWAYS, "test", rules)

        spring = pricing.BandRule("a", seasons=frozenset({"spring"}))
        both = pricing.BandRule("b", seasons=frozenset({"autumn", "spring"}))
        monday = pricing.BandRule("a", days=frozenset({"mon"}))

        assert codes_of(lambda: calendar(spring, both)) == ["calendar_season"] * 3
        assert [at for at, _ in pricing.season_faults((spring, both), ())] == [0, 1, 1]
        assert codes_of(lambda: calendar(monday)) == ["calendar_bands"] * 6
