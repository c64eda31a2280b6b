"""A tariff or a bill that is not right is told with all that is wrong, each at its place."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import pytest

from energyretail.domain import pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    Invalid,
    MarketTime,
    Period,
    PowerUnit,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

APRIL = Period.month(2026, 4)
LINE = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
VAT = pricing.Vat("VAT", "VAT", pricing.always("VAT", "20", "test"))
MADRID = MarketTime("Europe/Madrid")


def price(value: str = "1") -> tuple[pricing.DatedPrice, ...]:
    return (pricing.always("price", value, "test"),)


def fixed(name: str = "fixed", **fields: Any) -> pricing.StandingCharge:
    given = {"tax_code": "VAT", "price": price(), **fields}
    return pricing.StandingCharge(name=name, **given)


def percentage(name: str, *bases: str, **fields: Any) -> pricing.PercentageTax:
    rate = pricing.always("rate", "10", "test")
    return pricing.PercentageTax(name=name, tax_code="VAT", bases=bases, rate=rate, **fields)


def energy(name: str = "energy", **fields: Any) -> pricing.UnitRate:
    return pricing.UnitRate(name=name, tax_code="VAT", price=price(), **fields)


def tariff(*components: pricing.Component, **changes: Any) -> pricing.Tariff:
    given = {"taxes": (VAT,), "rounding": LINE, **changes}
    return pricing.Tariff("T", "Test", "EUR", components, **given)


def use(period: Period = APRIL, register: str = "P1", kwh: str = "30") -> pricing.RegisterUse:
    return pricing.RegisterUse(register, period, Energy(kwh))


def found(
    of: pricing.Tariff,
    usage: pricing.Usage,
    circumstances: pricing.Circumstances = pricing.PLAIN,
) -> list[tuple[str, str]]:
    faults = pricing.rating_faults(of, usage, period=APRIL, circumstances=circumstances)
    return [(component, error.code) for component, error in faults]


def in_parts(*components: pricing.Component, **changes: Any) -> list[pricing.TariffFault]:
    given: dict[str, Any] = {"taxes": (VAT,), "rounding": LINE, **changes}
    return list(pricing.tariff_faults(pricing.TariffParts(components, **given)))


class TestRatingFaults:
    def test_are_none_where_a_bill_can_be_made(self) -> None:
        assert found(tariff(energy()), pricing.Usage((use(),))) == []

    def test_are_all_told_at_once(self) -> None:
        power = pricing.SubscribedPower(
            name="power", tax_code="VAT", rates=(("P1", price()),), unit=PowerUnit.KW
        )
        demand = pricing.Demand(name="demand", tax_code="VAT", price=price(), unit=PowerUnit.KVA)
        linked = pricing.IndexLinked(name="linked", tax_code="VAT", index="nowhere")
        usage = pricing.Usage(
            (use(), use(register="P9", period=Period.month(2026, 3))),
            passed_on=(pricing.PassedOnLine("network", "rent", APRIL, "1"),),
            extras=(pricing.ExtraItem("shop", "lamp", "1", "9"),),
        )

        faults = found(tariff(energy(registers=("P1", "P2")), power, demand, linked), usage)

        assert sorted(faults) == [
            ("", "pricing.item_unplaced"),
            ("", "pricing.item_unplaced"),
            ("demand", "pricing.peak_missing"),
            ("energy", "pricing.usage_gap"),
            ("linked", "pricing.index_unknown"),
            ("linked", "pricing.usage_gap"),
            ("power", "pricing.power_missing"),
        ]

    def test_are_told_once_though_every_part_of_the_period_has_them(self) -> None:
        cut = date(2026, 4, 10)
        changing = pricing.DatedPrice(
            "power",
            (
                pricing.Version(Period(date(2026, 1, 1), cut), 1, "test"),
                pricing.Version(Period(cut), 2, "test"),
            ),
        )
        power = pricing.SubscribedPower(
            name="power", tax_code="VAT", rates=(("P1", (changing,)),), unit=PowerUnit.KW
        )

        ((component, fault),) = pricing.rating_faults(tariff(power), pricing.Usage(), period=APRIL)

        assert (component, fault.code) == ("power", "pricing.power_missing")
        assert fault.facts == {"register": "P1", "day": "2026-04-01"}

    def test_of_one_sort_are_told_once_for_each_register(self) -> None:
        usage = pricing.Usage((use(register="X"), use(register="Y")))

        faults = pricing.rating_faults(tariff(fixed()), usage, period=APRIL)

        assert [(e.code, e.facts["register"], e.facts["tariff"]) for _, e in faults] == [
            ("pricing.register_unpriced", "X", "T"),
            ("pricing.register_unpriced", "Y", "T"),
        ]

    def test_of_a_counter_that_misses_the_contract_are_told_once(self) -> None:
        blocks = pricing.Blocks(
            name="blocks",
            tax_code="VAT",
            steps=(pricing.Block(price()),),
            counted_over=pricing.CountedOver.CONTRACT_YEAR,
        )

        assert found(tariff(blocks), pricing.Usage((use(),))) == [
            ("blocks", "pricing.since_missing")
        ]

    def test_of_vat_by_use_do_not_hide_others(self) -> None:
        rule = pricing.VatByUse("VAT", "VAT", Decimal(33))
        power = pricing.SubscribedPower(
            name="power", tax_code="VAT", rates=(("P1", price()),), unit=PowerUnit.KW
        )
        late = Period(date(2026, 4, 2), date(2026, 5, 1))

        faults = found(tariff(energy(), power, vat_by_use=rule), pricing.Usage((use(late),)))

        assert faults == [
            ("", "pricing.usage_gap"),
            ("energy", "pricing.usage_gap"),
            ("power", "pricing.power_missing"),
        ]

    def test_of_the_totals_stand_beside_those_of_the_lines(self) -> None:
        of = tariff(energy(), tax_point=pricing.TaxPoint.INVOICE_DATE)
        blocks = pricing.Blocks(
            name="blocks",
            tax_code="VAT",
            steps=(pricing.Block(price()),),
            counted_over=pricing.CountedOver.CONTRACT_YEAR,
        )
        both = attrs.evolve(of, components=(fixed(), blocks))

        assert found(of, pricing.Usage((use(),))) == [("", "pricing.invoice_date_missing")]
        assert found(both, pricing.Usage((use(),))) == [
            ("blocks", "pricing.since_missing"),
            ("", "pricing.invoice_date_missing"),
        ]


class TestItems:
    @pytest.mark.parametrize(
        ("days", "code"),
        [
            (Period(date(2026, 4, 1), date(2026, 4, 2)), None),
            (Period(date(2026, 4, 30), date(2026, 5, 1)), None),
            (Period(date(2026, 3, 1), date(2026, 4, 2)), None),
            (Period(date(2026, 3, 1), date(2026, 4, 1)), "pricing.item_outside"),
            (Period(date(2026, 4, 30), date(2026, 5, 2)), "pricing.item_outside"),
        ],
    )
    def test_passed_on_end_within_the_billed_days(self, days: Period, code: str | None) -> None:
        network = pricing.PassThrough(name="network", tax_code="VAT")
        usage = pricing.Usage(passed_on=(pricing.PassedOnLine("network", "rent", days, "7.30"),))

        faults = found(tariff(network), usage)

        assert faults == ([] if code is None else [("", code)])
        if code is None:
            bill = pricing.rate(tariff(network), usage, period=APRIL)
            assert [(x.label, x.period, str(x.amount)) for x in bill.lines] == [
                ("rent", days, "7.30 EUR")
            ]

    def test_lie_on_the_last_day_of_what_takes_them(self) -> None:
        valid = Period(date(2026, 4, 10), date(2026, 4, 20))
        network = pricing.PassThrough(name="network", tax_code="VAT", valid=valid)
        of = tariff(network)

        def codes(first: int, until: int) -> list[tuple[str, str]]:
            days = Period(date(2026, 4, first), date(2026, 4, until))
            line = pricing.PassedOnLine("network", "rent", days, "1")
            return found(of, pricing.Usage(passed_on=(line,)))

        assert codes(5, 11) == []
        assert codes(5, 10) == [("", "pricing.item_outside")]
        assert codes(15, 20) == []
        assert codes(15, 21) == [("", "pricing.item_outside")]

    @pytest.mark.parametrize(
        ("on", "billed"),
        [(None, date(2026, 4, 30)), (date(2026, 4, 1), date(2026, 4, 1))],
    )
    def test_sold_stand_on_their_day_or_the_last(self, on: date | None, billed: date) -> None:
        shop = pricing.Extra(name="shop", tax_code="VAT")
        item = pricing.ExtraItem("shop", "lamp", "3", "2.50", "piece", on)

        bill = pricing.rate(tariff(shop), pricing.Usage(extras=(item,)), period=APRIL)

        (line,) = bill.lines
        assert line.period == Period(billed, date.fromordinal(billed.toordinal() + 1))
        assert (str(line.amount), line.price_unit) == ("7.50 EUR", "EUR/piece")

    def test_are_taken_by_components_of_their_sort_alone(self) -> None:
        usage = pricing.Usage(
            passed_on=(pricing.PassedOnLine("fixed", "rent", APRIL, "1"),),
            extras=(pricing.ExtraItem("fixed", "lamp", "1", "9"),),
        )

        faults = pricing.rating_faults(tariff(fixed()), usage, period=APRIL)

        assert [(e.code, e.facts["component"], e.facts["label"]) for _, e in faults] == [
            ("pricing.item_unplaced", "fixed", "rent"),
            ("pricing.item_unplaced", "fixed", "lamp"),
        ]


class TestOrder:
    def test_of_computing_is_bases_first_and_else_as_they_stand(self) -> None:
        of = tariff(percentage("b", "a"), percentage("a", "fixed"), fixed(), fixed("last"))

        assert [c.name for c in of.order] == ["fixed", "a", "b", "last"]
        bill = pricing.rate(of, pricing.Usage(), period=APRIL)
        assert [(x.component, str(x.amount)) for x in bill.lines] == [
            ("b", "0.30 EUR"),
            ("a", "3.00 EUR"),
            ("fixed", "30.00 EUR"),
            ("last", "30.00 EUR"),
        ]

    def test_of_what_does_not_rest_on_another_is_that_of_the_tariff(self) -> None:
        of = tariff(fixed("z"), fixed("y"), fixed("x"))

        assert [c.name for c in of.order] == ["z", "y", "x"]


class TestTariffFaults:
    def test_are_told_all_at_once_and_where(self) -> None:
        faults = in_parts(
            fixed(tax_code="GST"),
            percentage("tax", "fixed", "gone"),
            fixed(),
            fixed("rounding"),
            rounding=RoundingPolicy(RoundingScope.LINE, Rounding(RoundingMode.DOWN, 3)),
            taxes=(VAT, VAT, attrs.evolve(VAT, code=pricing.NO_TAX)),
            vat_by_use=pricing.VatByUse("S", "VAT"),
        )

        assert [(f.where, f.error.code) for f in faults] == [
            (("rounding", "decimals"), "pricing.rounding_decimals"),
            (("components", 2, "name"), "pricing.name_twice"),
            (("components", 3, "name"), "pricing.name_twice"),
            (("taxes", 1, "code"), "pricing.name_twice"),
            (("taxes", 2, "code"), "pricing.name_twice"),
            (("vat_by_use", "standard"), "pricing.tax_unknown"),
            (("components", 0, "tax_code"), "pricing.tax_unknown"),
            (("components", 1, "bases", 1), "pricing.base_unknown"),
        ]
        assert [dict(f.error.facts) for f in faults] == [
            {"decimals": "3"},
            {"name": "fixed"},
            {"name": "rounding"},
            {"name": "VAT"},
            {"name": "none"},
            {"tax": "S"},
            {"tax": "GST"},
            {"base": "gone"},
        ]

    @pytest.mark.parametrize(("decimals", "count"), [(2, 0), (3, 1)])
    def test_count_decimals_finer_than_a_cent(self, decimals: int, count: int) -> None:
        rounding = Rounding(RoundingMode.HALF_UP, decimals)

        faults = in_parts(fixed(), rounding=RoundingPolicy(RoundingScope.END, rounding))

        assert len(faults) == count

    def test_name_the_circle_at_each_component_on_it_and_no_other(self) -> None:
        sold = pricing.FeedIn(name="c", tax_code="VAT", price=price(), limit_to=("a",))

        faults = in_parts(
            percentage("above", "a"), percentage("a", "b"), percentage("b", "c"), sold, fixed()
        )

        assert [(f.where, f.error.code, f.error.facts["circle"]) for f in faults] == [
            (("components", 1, "bases"), "pricing.base_circular", "a > b > c"),
            (("components", 2, "bases"), "pricing.base_circular", "a > b > c"),
            (("components", 3, "limit_to"), "pricing.base_circular", "a > b > c"),
        ]

    def test_find_what_rests_on_itself(self) -> None:
        (fault,) = in_parts(percentage("a", "a"))

        assert fault.error.facts["circle"] == "a"

    def test_name_every_circle_and_each_component_at_its_own(self) -> None:
        faults = in_parts(
            percentage("a", "b", "c"),
            percentage("b", "a"),
            percentage("c", "a"),
            percentage("d", "d"),
            percentage("above", "c", "d"),
        )

        assert [(f.where[1], f.error.facts["circle"]) for f in faults] == [
            (0, "a > b"),
            (1, "a > b"),
            (2, "a > c"),
            (3, "d"),
        ]

    def test_tell_each_register_that_is_named_again(self) -> None:
        steps = (("P1", price()), ("P2", price()), ("P1", price()))
        rates = (("P1", price()), ("P1", price()))

        faults = in_parts(
            energy(registers=("P1", "P2", "P1", "P2")),
            pricing.SteppedPower(name="steps", tax_code="VAT", steps=steps, unit=PowerUnit.KW),
            pricing.SubscribedPower(name="power", tax_code="VAT", rates=rates, unit=PowerUnit.KW),
        )

        assert [(f.where, f.error.code, f.error.facts["register"]) for f in faults] == [
            (("components", 0, "registers", 2), "pricing.register_twice", "P1"),
            (("components", 0, "registers", 3), "pricing.register_twice", "P2"),
            (("components", 1, "steps", 2, "register"), "pricing.register_twice", "P1"),
            (("components", 2, "rates", "P1"), "pricing.register_twice", "P1"),
        ]

    def test_tell_calendars_of_one_name_that_share_a_day(self) -> None:
        def calendar(name: str, start: date, end: date | None = None) -> pricing.BandCalendar:
            rules = (pricing.BandRule("all"),)
            return pricing.BandCalendar(name, MADRID, Period(start, end), "test", rules)

        year, next_year, last = date(2026, 1, 1), date(2027, 1, 1), date(2027, 12, 31)
        faults = in_parts(
            fixed(),
            calendars=(
                calendar("c", next_year),
                calendar("c", year, next_year),
                calendar("other", year),
                calendar("c", last),
            ),
        )

        assert [(f.where, f.error.code) for f in faults] == [
            (("calendars", 3, "valid"), "pricing.calendar_overlap")
        ]

    def test_tell_a_percentage_on_prices_with_vat(self) -> None:
        faults = in_parts(fixed(), percentage("tax", "fixed"), prices=pricing.Prices.TAX_INCLUSIVE)

        assert [(f.where, f.error.code, dict(f.error.facts)) for f in faults] == [
            (("components", 1, "bases"), "pricing.base_inclusive", {"component": "tax"})
        ]

    def test_tell_calendars_and_bands_that_are_not_there(self) -> None:
        calendar = pricing.BandCalendar(
            "here",
            MADRID,
            pricing.ALWAYS,
            "test",
            (pricing.BandRule("day", 0, 720), pricing.BandRule("night")),
        )
        rates = (("day", price()), ("dawn", price()))

        faults = in_parts(
            energy(calendar="gone", bands=("day",)),
            energy("some", calendar="here", bands=("day", "noon")),
            pricing.TimeOfUse(name="hours", tax_code="VAT", rates=rates, calendar="here"),
            calendars=(calendar,),
        )

        assert [(f.where, f.error.code) for f in faults] == [
            (("components", 0, "calendar"), "pricing.calendar_unknown"),
            (("components", 1, "bands", 1), "pricing.band_unknown"),
            (("components", 2, "rates", "dawn"), "pricing.band_unknown"),
            (("components", 2, "rates"), "pricing.band_unpriced"),
        ]

    def test_raise_the_first_of_them_from_a_tariff(self) -> None:
        with pytest.raises(Invalid) as error:
            tariff(fixed(tax_code="GST"), fixed())

        assert error.value.code == "pricing.name_twice"
