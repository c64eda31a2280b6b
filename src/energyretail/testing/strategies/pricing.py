"""Strategies for tariffs of every component kind, and usages that fit them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import Period, PowerUnit
from energyretail.testing.strategies.shared import (
    days,
    energies,
    periods,
    powers,
    rounding_policies,
)

__all__ = ["bills", "components", "dated_prices", "priced", "tariffs", "usages"]

_FIRST = date(2000, 1, 1)
_REGISTERS = ("P1", "P2")
_TAXES = ("A", "B")


def _prices() -> st.SearchStrategy[Decimal]:
    return st.decimals("-1", "30", places=6) | st.sampled_from([Decimal(0), Decimal("0.15")])


@st.composite
def dated_prices(
    draw: st.DrawFn, values: st.SearchStrategy[Decimal] | None = None
) -> pricing.DatedPrice:
    """Prices without a gap from 2000 on, of one to three versions that begin on odd days."""
    worth = _prices() if values is None else values
    cuts = draw(st.sets(days(), max_size=2))
    versions = tuple(
        pricing.Version(part, draw(worth), "drawn") for part in Period(_FIRST).split(cuts)
    )
    return pricing.DatedPrice("price", versions)


@st.composite
def components(draw: st.DrawFn, kind: str, *, bases: tuple[str, ...] = ()) -> pricing.Component:
    """A component of a `kind` named in COMPONENTS, whose name it takes.

    What rests on others needs the names of its `bases`. Registers are P1 and P2, power is in kVA,
    indices are named "index", calendars "calendar" with the bands day and night.
    """
    fields = {name: draw(strategy) for name, strategy in _fields(kind, bases).items()}
    tax = draw(st.sampled_from([*_TAXES, pricing.NO_TAX]))
    return pricing.COMPONENTS[kind](name=kind, tax_code=tax, **fields)


Fields = dict[str, st.SearchStrategy[Any]]


def _priced_fields(kind: str) -> Fields:
    prices = st.lists(dated_prices(), min_size=1, max_size=2).map(tuple)
    one = dated_prices().map(lambda price: (price,))
    by_register = st.tuples(*(st.tuples(st.just(name), one) for name in _REGISTERS))
    unit, power = st.sampled_from(pricing.EnergyUnit), st.just(PowerUnit.KVA)
    per = st.sampled_from(pricing.Per)
    share = _amounts(0, 200)
    fields: dict[str, Fields] = {
        "standing_charge": {"price": prices, "per": per},
        "unit_rate": {"price": prices, "per": unit},
        "time_of_use": {"rates": by_register, "per": unit},
        "blocks": {
            "steps": _blocks(one),
            "per": unit,
            "method": st.sampled_from(pricing.BlockMethod),
            "counted_over": st.sampled_from(_COUNTED),
        },
        "subscribed_power": {"rates": by_register, "unit": power, "per": per},
        "stepped_power": {"steps": by_register.map(lambda r: r[:1]), "unit": power, "per": per},
        "demand": {"price": prices, "unit": power, "minimum": st.none() | share},
        "overrun": {"rates": by_register, "unit": power, "tolerance_percent": share},
        "reactive": {"free_percent": share, "bands": one.map(_below_one)},
        "index_linked": {"index": st.just("index"), "margin": one, "per": unit},
        "spot": {"index": st.just("index"), "margin": one, "per": unit},
        "pass_through": {},
        "levy": {"price": prices, "per": unit},
        "feed_in": {"price": prices, "per": unit},
        "extra": {},
    }
    return fields.get(kind, {})


def _fields(kind: str, bases: tuple[str, ...]) -> Fields:
    amounts = _amounts(0, 500)
    per = st.sampled_from(pricing.AmountPer)
    resting: dict[str, Fields] = {
        "percentage_tax": {
            "rate": dated_prices(_amounts(0, 30)),
            "minimum": st.none() | dated_prices(_amounts(0, 9)),
            "minimum_per": st.sampled_from(pricing.EnergyUnit),
        },
        "discount": {
            "percent": dated_prices(_amounts(0, 120)),
            "budget": st.none() | amounts,
        },
        "minimum_charge": {"amount": amounts, "per": per},
    }
    if kind in resting:
        return {**resting[kind], "bases": st.just(bases)}
    return _priced_fields(kind)


def _amounts(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.decimals(low, high, places=2)


def _blocks(price: st.SearchStrategy[tuple[pricing.DatedPrice, ...]]) -> st.SearchStrategy[Any]:
    ends = st.lists(st.integers(1, 2000), unique=True, max_size=3).map(sorted)
    return ends.flatmap(
        lambda found: st.tuples(*(price for _ in range(len(found) + 1))).map(
            lambda prices: tuple(
                pricing.Block(each, None if at == len(found) else Decimal(found[at]))
                for at, each in enumerate(prices)
            )
        )
    )


def _below_one(price: tuple[pricing.DatedPrice, ...]) -> tuple[pricing.CosPhiBand, ...]:
    return (pricing.CosPhiBand(Decimal(1), price),)


_COUNTED = [each for each in pricing.CountedOver if each is not pricing.CountedOver.CONTRACT_YEAR]
_ON_ENERGY = ("unit_rate", "time_of_use", "blocks")
_RESTING = ("percentage_tax", "discount", "minimum_charge")
# These want intervals, indices, items or reactive energy, which not every usage has.
_SPECIAL = frozenset({"spot", "index_linked", "pass_through", "extra", "reactive", "feed_in"})


@st.composite
def tariffs(draw: st.DrawFn) -> pricing.Tariff:
    """Tariffs of one to all kinds of components, net or tax inclusive, any policy.

    One kind always puts a price on every register, as a bill without it would be refused.
    """
    prices = draw(st.sampled_from(pricing.Prices))
    plain = [kind for kind in pricing.COMPONENTS if kind not in (*_RESTING, *_SPECIAL)]
    energy = draw(st.sampled_from(_ON_ENERGY))
    chosen = draw(st.sets(st.sampled_from(plain), max_size=5)) | {energy}
    ordered = [kind for kind in plain if kind in chosen]
    made = [draw(components(kind)) for kind in ordered]
    for kind in draw(st.lists(st.sampled_from(_RESTING), unique=True, max_size=3)):
        if kind != "percentage_tax" or prices is pricing.Prices.NET:
            bases = draw(st.lists(st.sampled_from(ordered), min_size=1, unique=True))
            made.append(draw(components(kind, bases=tuple(bases))))
    rates = st.decimals(0, 30, places=1)
    return pricing.Tariff(
        code="DRAWN",
        name="Drawn",
        currency="EUR",
        components=tuple(made),
        taxes=tuple(pricing.Vat(code, code, draw(dated_prices(rates))) for code in _TAXES),
        rounding=draw(rounding_policies()),
        prices=prices,
        apportioning=draw(st.sampled_from(pricing.Apportioning)),
    )


@st.composite
def usages(draw: st.DrawFn, period: Period, *, cut: bool = True) -> pricing.Usage:
    """Usages that fit the drawn tariffs for every day of `period`: P1, P2, powers in kVA.

    Each register is read at both ends and, with `cut`, on up to three days between, not the
    same for both; some uses are estimated.
    """
    between = st.sets(st.sampled_from(list(period.each_day())), max_size=3)
    uses = tuple(
        pricing.RegisterUse(
            register,
            part,
            draw(energies()),
            draw(st.sampled_from(pricing.Quality)),
            (f"{register} {part.start} drawn",),
        )
        for register in _REGISTERS
        for part in period.split(draw(between) if cut else ())
    )
    peaks = tuple(
        pricing.Peak(register, month, draw(powers(PowerUnit.KVA)))
        for register in _REGISTERS
        for month in sorted({day.replace(day=1) for day in period.each_day()})
    )
    subscribed = tuple((name, draw(powers(PowerUnit.KVA))) for name in _REGISTERS)
    return pricing.Usage(uses, subscribed, peaks)


@st.composite
def priced(draw: st.DrawFn) -> tuple[pricing.Tariff, pricing.Usage, Period]:
    """A tariff, a period of up to three months and a usage that fits both.

    Many a period lies across a day on which a price changes.
    """
    tariff = draw(tariffs())
    spans = periods(days_max=90)
    if cuts := sorted(day for day in _changes(tariff) if day > _FIRST):
        spans = spans | st.sampled_from(cuts).flatmap(_across)
    period = draw(spans)
    return tariff, draw(usages(period)), period


def _changes(tariff: pricing.Tariff) -> set[date]:
    prices = [price for component in tariff.components for price in component.prices]
    prices += [tax.rate for tax in tariff.taxes]
    return {version.period.start for price in prices for version in price.versions}


@st.composite
def _across(draw: st.DrawFn, cut: date) -> Period:
    before, after = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    return Period(cut - timedelta(days=before), cut + timedelta(days=after))


def bills() -> st.SearchStrategy[pricing.PricedBill]:
    """Bills of any drawn tariff and usage."""
    return priced().map(lambda case: pricing.rate(case[0], case[1], period=case[2]))
