"""A kind of price refuses what contradicts in it, and takes what is just right."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from energyretail.domain import pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    Invalid,
    Period,
    Power,
    PowerUnit,
    RoundingPolicy,
    RoundingScope,
)

APRIL = Period.month(2026, 4)
LINE = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)


def price(value: str = "1") -> tuple[pricing.DatedPrice, ...]:
    return (pricing.always("price", value, "test"),)


def fixed(name: str = "fixed", **fields: Any) -> pricing.StandingCharge:
    given = {"tax_code": pricing.NO_TAX, "price": price(), **fields}
    return pricing.StandingCharge(name=name, **given)


def percentage(name: str, *bases: str, **fields: Any) -> pricing.PercentageTax:
    rate = pricing.always("rate", "10", "test")
    return pricing.PercentageTax(
        name=name, tax_code=pricing.NO_TAX, bases=bases, rate=rate, **fields
    )


def energy(name: str = "energy", **fields: Any) -> pricing.UnitRate:
    return pricing.UnitRate(name=name, tax_code=pricing.NO_TAX, price=price(), **fields)


def tariff(*components: pricing.Component, **changes: Any) -> pricing.Tariff:
    given = {"taxes": (), "rounding": LINE, **changes}
    return pricing.Tariff("T", "Test", "EUR", components, **given)


class TestComponents:
    @pytest.mark.parametrize(
        ("make", "code"),
        [
            (lambda: energy(bands=("day",)), "pricing.band_unknown"),
            (lambda: energy(calendar="c"), "pricing.band_unknown"),
            (lambda: percentage("tax"), "pricing.base_missing"),
            (lambda: fixed(anchor_day=0), "pricing.anchor_day"),
            (lambda: fixed(anchor_day=32), "pricing.anchor_day"),
            (lambda: discount(), "pricing.discount_kind"),
            (
                lambda: discount(percent=pricing.always("p", 1, ""), amount=Decimal(1)),
                "pricing.discount_kind",
            ),
            (lambda: discount(amount=Decimal("-0.01")), "pricing.amount_negative"),
            (lambda: discount(amount=Decimal(1), budget=Decimal(-1)), "pricing.amount_negative"),
            (lambda: discount(amount=Decimal(1), months=0), "pricing.months"),
            (lambda: minimum("-0.01"), "pricing.amount_negative"),
            (lambda: pricing.CosPhiBand(Decimal(0), price()), "pricing.cos_phi"),
            (lambda: pricing.CosPhiBand(Decimal("1.01"), price()), "pricing.cos_phi"),
            (lambda: blocks(), "pricing.blocks_open"),
            (lambda: blocks("5"), "pricing.blocks_open"),
            (lambda: blocks(None, None), "pricing.blocks_open"),
            (lambda: blocks("0", None), "pricing.blocks_order"),
            (lambda: blocks("5", "5", None), "pricing.blocks_order"),
        ],
    )
    def test_refuse_what_contradicts_in_them(self, make: Any, code: str) -> None:
        with pytest.raises(Invalid) as error:
            make()

        assert error.value.code == code

    def test_take_what_is_just_right(self) -> None:
        fixed(anchor_day=1)
        fixed(anchor_day=31)
        discount(amount=Decimal(0), budget=Decimal(0), months=1)
        minimum("0")
        pricing.CosPhiBand(Decimal(1), price())
        blocks("0.001", "0.002", None)

    def test_of_power_want_the_unit_of_the_price(self) -> None:
        kw = pricing.SubscribedPower(
            name="power", tax_code=pricing.NO_TAX, rates=(("P1", price()),), unit=PowerUnit.KW
        )
        usage = pricing.Usage(powers=(("P1", Power("5", PowerUnit.KVA)),))

        ((component, error),) = pricing.rating_faults(tariff(kw), usage, period=APRIL)

        assert (component, error.code) == ("power", "pricing.power_unit")
        assert error.facts["expected"] == "kW"


def discount(**fields: Any) -> pricing.Discount:
    return pricing.Discount(name="off", tax_code=pricing.NO_TAX, bases=("fixed",), **fields)


def minimum(amount: str) -> pricing.MinimumCharge:
    return pricing.MinimumCharge(
        name="minimum", tax_code=pricing.NO_TAX, bases=("fixed",), amount=Decimal(amount)
    )


def blocks(*ends: str | None) -> pricing.Blocks:
    steps = tuple(pricing.Block(price(), None if e is None else Decimal(e)) for e in ends)
    return pricing.Blocks(name="blocks", tax_code=pricing.NO_TAX, steps=steps)
