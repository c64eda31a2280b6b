"""What is given for a bill and no component takes is refused; what is only known is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from energyretail.domain import pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Energy,
    Invalid,
    Period,
    Power,
    RoundingPolicy,
    RoundingScope,
)

APRIL = Period.month(2026, 4)
YEARS = pricing.CountedOver


def price(value: str = "1") -> tuple[pricing.DatedPrice, ...]:
    return (pricing.always("price", value, "test"),)


ENERGY = pricing.UnitRate(name="energy", tax_code="none", price=price(), registers=("P1",))
BUDGET = pricing.Discount(
    name="welcome", tax_code="none", bases=("energy",), amount=Decimal(1), budget=Decimal(50)
)


def blocks(over: pricing.CountedOver, year_starts: tuple[int, int] = (4, 1)) -> pricing.Blocks:
    steps = (pricing.Block(price(), Decimal(900)), pricing.Block(price("2")))
    return pricing.Blocks(
        name="blocks", tax_code="none", steps=steps, counted_over=over, year_starts=year_starts
    )


def reactive(*registers: str) -> pricing.Reactive:
    bands = (pricing.CosPhiBand(Decimal(1), price()),)
    return pricing.Reactive(
        name="reactive",
        tax_code="none",
        bands=bands,
        free_percent=Decimal(0),
        registers=registers,
    )


def faults(
    *components: pricing.Component,
    usage: dict[str, Any] | None = None,
    period: Period = APRIL,
    counters: tuple[pricing.Counter, ...] = (),
    discounts: tuple[pricing.DiscountGiven, ...] = (),
    **circumstances: Any,
) -> list[tuple[str, dict[str, str]]]:
    policy = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
    tariff = pricing.Tariff("T", "Test", "EUR", (ENERGY, *components), (), policy)
    uses = (pricing.RegisterUse("P1", period, Energy(30)),)
    found = pricing.rating_faults(
        tariff,
        pricing.Usage(**{"uses": uses, **(usage or {})}),
        period=period,
        circumstances=pricing.Circumstances(
            carried_over=pricing.CarriedOver(counters, discounts), **circumstances
        ),
    )
    assert {component for component, _ in found} <= {""}
    assert all(error.text for _, error in found)
    return [(error.code.removeprefix("pricing."), dict(error.facts)) for _, error in found]


def counter(since: date, kwh: int = 5, component: str = "blocks") -> pricing.Counter:
    return pricing.Counter(component, since, Decimal(kwh))


class TestReactiveEnergy:
    @pytest.mark.parametrize(
        ("components", "unpriced"),
        [
            ((), ["P1", "P2"]),
            ((reactive("P1"),), ["P2"]),
            ((reactive("P1"), pricing.Extra(name="x", tax_code="none")), ["P2"]),
        ],
    )
    def test_is_refused_for_each_register_that_nothing_prices(
        self, components: tuple[pricing.Component, ...], unpriced: list[str]
    ) -> None:
        twice = Period.month(2026, 3)
        uses = tuple(
            pricing.ReactiveUse(name, span, Decimal(9))
            for name in ("P1", "P2")
            for span in (twice, APRIL)
        )

        assert faults(*components, usage={"reactive": uses}) == [
            ("reactive_unpriced", {"tariff": "T", "register": name}) for name in unpriced
        ]

    def test_of_all_registers_is_taken_by_a_price_that_names_none(self) -> None:
        uses = (pricing.ReactiveUse("P1", APRIL, Decimal(9)),)

        assert faults(reactive(), usage={"reactive": uses}) == []


class TestThingsSold:
    @pytest.mark.parametrize(
        ("on", "outside"),
        [
            (date(2026, 3, 31), True),
            (date(2026, 4, 1), False),
            (date(2026, 4, 30), False),
            (date(2026, 5, 1), True),
            (None, False),
        ],
    )
    def test_are_billed_with_the_days_they_were_sold_on(
        self, on: date | None, outside: bool
    ) -> None:
        lamp = pricing.ExtraItem("shop", "lamp", 1, 9, on=on)
        shop = pricing.Extra(name="shop", tax_code="none")

        refused = ("item_outside", {"component": "shop", "label": "lamp"})
        assert faults(shop, usage={"extras": (lamp,)}) == ([refused] if outside else [])


class TestIndices:
    def test_that_nothing_reads_are_each_refused(self) -> None:
        linked = pricing.IndexLinked(name="linked", tax_code="none", index="read")
        indices = tuple(pricing.always(name, 1, "test") for name in ("read", "gas", "coal"))

        assert faults(linked, indices=indices) == [
            ("index_unread", {"index": "gas"}),
            ("index_unread", {"index": "coal"}),
        ]


class TestCarriedOver:
    @pytest.mark.parametrize(
        ("component", "since"),
        [
            (blocks(YEARS.TAX_YEAR), date(2026, 4, 1)),
            (blocks(YEARS.TAX_YEAR), date(1999, 4, 1)),
            (blocks(YEARS.TAX_YEAR, (2, 29)), date(2026, 2, 28)),
            (blocks(YEARS.CONTRACT_YEAR), date(2024, 2, 29)),
            (blocks(YEARS.CONTRACT_YEAR), date(2026, 2, 28)),
        ],
    )
    def test_is_taken_of_each_year_that_began(self, component: pricing.Blocks, since: date) -> None:
        assert faults(component, counters=(counter(since),), since=date(2024, 2, 29)) == []

    @pytest.mark.parametrize(
        ("component", "since"),
        [
            (blocks(YEARS.TAX_YEAR), date(2026, 1, 1)),
            (blocks(YEARS.TAX_YEAR), date(2025, 4, 2)),
            (blocks(YEARS.TAX_YEAR), date(2027, 4, 1)),
            (blocks(YEARS.TAX_YEAR, (4, 2)), date(2026, 4, 2)),
            (blocks(YEARS.TAX_YEAR, (2, 29)), date(2026, 3, 1)),
            (blocks(YEARS.CONTRACT_YEAR), date(2025, 4, 1)),
            (blocks(YEARS.CONTRACT_YEAR), date(2023, 2, 28)),
        ],
    )
    def test_is_refused_of_a_year_that_is_none_or_has_not_begun(
        self, component: pricing.Blocks, since: date
    ) -> None:
        found = faults(component, counters=(counter(since),), since=date(2024, 2, 29))

        assert found == [("carried_since", {"carried": "blocks", "since": str(since)})]

    def test_counter_of_a_contract_that_nobody_knows_is_not_looked_at(self) -> None:
        tariff = pricing.Tariff(
            "T", "Test", "EUR", (blocks(YEARS.CONTRACT_YEAR),), (),
            RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP),
        )  # fmt: skip
        carried = pricing.CarriedOver((counter(date(2025, 7, 9)),))

        found = pricing.rating_faults(
            tariff,
            pricing.Usage((pricing.RegisterUse("P1", APRIL, Energy(30)),)),
            period=APRIL,
            circumstances=pricing.Circumstances(carried_over=carried),
        )

        assert [(c, error.code) for c, error in found] == [("blocks", "pricing.since_missing")]

    def test_is_refused_where_nothing_carries_it_on(self) -> None:
        april = date(2026, 4, 1)
        by_bill = blocks(YEARS.BILL)
        free = pricing.Discount(name="free", tax_code="none", bases=("energy",), amount=Decimal(1))

        found = faults(
            by_bill,
            free,
            BUDGET,
            counters=(counter(april), counter(april, component="welcome"), counter(april, 5, "x")),
            discounts=tuple(
                pricing.DiscountGiven(name, Decimal(5)) for name in ("free", "blocks", "welcome")
            ),
        )

        assert found == [
            ("carried_unknown", {"carried": "blocks", "since": "2026-04-01"}),
            ("carried_unknown", {"carried": "welcome", "since": "2026-04-01"}),
            ("carried_unknown", {"carried": "x", "since": "2026-04-01"}),
            ("carried_unknown", {"carried": "free"}),
            ("carried_unknown", {"carried": "blocks"}),
        ]

    def test_is_of_the_sort_that_a_component_carries(self) -> None:
        given = (pricing.DiscountGiven("blocks", Decimal(5)),)

        found = faults(blocks(YEARS.TAX_YEAR), discounts=given)

        assert found == [("carried_unknown", {"carried": "blocks"})]

    def test_is_refused_when_what_a_discount_gave_stands_twice(self) -> None:
        other = pricing.Discount(
            name="other", tax_code="none", bases=("energy",), amount=Decimal(1), budget=Decimal(9)
        )
        given = [pricing.DiscountGiven(name, Decimal(5)) for name in ("welcome", "other")]

        assert faults(BUDGET, other, discounts=tuple(given)) == []
        assert faults(BUDGET, other, discounts=(*given, given[0])) == [
            ("carried_twice", {"carried": "welcome"})
        ]

    def test_is_refused_when_a_year_stands_twice_and_not_when_two_years_do(self) -> None:
        two = (counter(date(2025, 4, 1)), counter(date(2026, 4, 1)))

        assert faults(blocks(YEARS.TAX_YEAR), counters=two) == []
        assert faults(blocks(YEARS.TAX_YEAR), counters=(*two, two[0])) == [
            ("carried_twice", {"carried": "blocks", "since": "2025-04-01"})
        ]

    def test_may_be_less_than_nothing_of_energy_and_not_of_money(self) -> None:
        april = date(2026, 4, 1)

        assert faults(blocks(YEARS.TAX_YEAR), counters=(counter(april, kwh=-5),)) == []
        for amount, found in ((0, []), (-1, [("carried_negative", {"carried": "welcome"})])):
            given = (pricing.DiscountGiven("welcome", Decimal(amount)),)
            assert faults(BUDGET, discounts=given) == found


class TestDays:
    @pytest.mark.parametrize(
        ("since", "late"),
        [(date(2026, 4, 1), False), (date(2026, 4, 2), True), (date(2026, 5, 1), True)],
    )
    def test_of_the_contract_begin_before_the_bill(self, since: date, late: bool) -> None:
        refused = ("since_late", {"since": str(since), "period": "2026-04-01/2026-05-01"})

        assert faults(since=since) == ([refused] if late else [])

    @pytest.mark.parametrize(
        ("advance", "refused"),
        [
            (Period.month(2026, 5), False),
            (Period.month(2026, 6), False),
            (Period(date(2026, 4, 30), date(2026, 5, 31)), True),
            (Period.month(2026, 3), True),
        ],
    )
    def test_in_advance_come_after_those_billed(self, advance: Period, refused: bool) -> None:
        fault = {"advance": str(advance), "period": "2026-04-01/2026-05-01"}

        assert faults(advance=advance) == ([("advance_days", fault)] if refused else [])


class TestWhatIsOnlyKnown:
    def test_is_no_fault(self) -> None:
        known = {
            "uses": (
                pricing.RegisterUse("P1", APRIL, Energy(30)),
                pricing.RegisterUse("E1", APRIL, Energy(30), flow=pricing.Flow.EXPORT),
            ),
            "powers": (("P7", Power(5)),),
            "peaks": (pricing.Peak("P7", date(2024, 1, 1), Power(5)),),
            "profile": pricing.Profile("flat", APRIL.start, (Decimal(1),)),
        }

        assert faults(usage=known) == []


class TestRates:
    @pytest.mark.parametrize("value", ["-0.01", "100.01"])
    def test_of_a_tax_are_0_to_100_at_every_time(self, value: str) -> None:
        later = Period(date(2027, 1, 1))
        rate = pricing.DatedPrice(
            "rate",
            (
                pricing.Version(Period(date(2026, 1, 1), later.start), Decimal(100), "law"),
                pricing.Version(later, Decimal(value), "law"),
            ),
        )

        for build in (
            lambda: pricing.Vat("VAT", "VAT", rate),
            lambda: pricing.PercentageTax(name="t", tax_code="none", bases=("b",), rate=rate),
        ):
            with pytest.raises(Invalid) as refused:
                build()
            assert refused.value.code == "pricing.rate_range"
            assert refused.value.text
            assert refused.value.facts == {"rate": "rate", "value": value}

    @pytest.mark.parametrize("value", ["0", "100"])
    def test_may_be_nothing_or_all(self, value: str) -> None:
        assert pricing.Vat("VAT", "VAT", pricing.always("rate", value, "law")).code == "VAT"
