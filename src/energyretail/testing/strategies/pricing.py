"""Strategies for tariffs of every kind of component, and for what they price."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import Period, PowerUnit, RoundingPolicy
from energyretail.testing.strategies.prices import FIRST_DAY, amounts, dated_prices
from energyretail.testing.strategies.shared import decimals, periods, rounding_policies
from energyretail.testing.strategies.usages import REGISTERS, circumstances, usages

__all__ = ["bills", "components", "priced", "tariffs"]

_TAXES = ("A", "B")


@st.composite
def components(
    draw: st.DrawFn,
    kind: str,
    *,
    bases: tuple[str, ...] = (),
    prices: st.SearchStrategy[Decimal] | None = None,
) -> pricing.Component:
    """A component of a `kind` named in COMPONENTS, whose name it takes.

    What rests on others needs the names of its `bases`. `prices` are per unit; some are negative
    unless given. Registers are P1 and P2, power is in kVA; an index is named "index", that of spot
    prices "spot". A kind for which nothing is known here raises NotImplementedError.
    """
    fields = {name: draw(strategy) for name, strategy in _fields(kind, bases, prices).items()}
    tax = draw(st.sampled_from([*_TAXES, pricing.NO_TAX]))
    return pricing.COMPONENTS[kind](name=kind, tax_code=tax, **fields)


Fields = dict[str, st.SearchStrategy[Any]]


def _priced_fields(kind: str, values: st.SearchStrategy[Decimal] | None) -> Fields:
    prices = st.lists(dated_prices(values), min_size=1, max_size=2).map(tuple)
    one = dated_prices(values).map(lambda price: (price,))
    by_register = st.tuples(*(st.tuples(st.just(name), one) for name in REGISTERS))
    unit, power = st.sampled_from(pricing.EnergyUnit), st.just(PowerUnit.KVA)
    per = st.sampled_from(pricing.Per)
    share = amounts(0, 200)
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
        "reactive": {"free_percent": amounts(0, 100), "bands": one.map(_below_one)},
        "index_linked": {"index": st.just("index"), "margin": one, "per": unit},
        "spot": {"index": st.just("spot"), "margin": one, "per": unit},
        "pass_through": {},
        "levy": {"price": prices, "per": unit},
        "feed_in": {"price": prices, "per": unit},
        "extra": {},
    }
    if kind not in fields:
        raise NotImplementedError(f"{kind} needs a strategy")
    return fields[kind]


@lru_cache(maxsize=256)
def _fields(kind: str, bases: tuple[str, ...], prices: st.SearchStrategy[Decimal] | None) -> Fields:
    worth = amounts(0, 500)
    per = st.sampled_from(pricing.AmountPer)
    resting: dict[str, Fields] = {
        "percentage_tax": {
            "rate": dated_prices(amounts(0, 30)),
            "minimum": st.none() | dated_prices(amounts(0, 9)),
            "minimum_per": st.sampled_from(pricing.EnergyUnit),
        },
        "discount": {
            "percent": dated_prices(amounts(0, 120)),
            "budget": st.none() | worth,
        },
        "minimum_charge": {"amount": worth, "per": per},
    }
    if kind in resting:
        return {**resting[kind], "bases": st.just(bases)}
    return _priced_fields(kind, prices)


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
_ON_ENERGY = ("unit_rate", "time_of_use", "blocks", "index_linked", "spot")
_RESTING = ("percentage_tax", "discount", "minimum_charge")
_VAT_RATES = dated_prices(decimals(0, 30, 1))
_DAYS_MAX = 90
_DAYS_OF_INTERVALS = 7  # every hour of spot prices is computed: months of them are for a night


@st.composite
def tariffs(
    draw: st.DrawFn,
    *,
    kinds: Collection[str] = pricing.COMPONENTS,
    policies: st.SearchStrategy[RoundingPolicy] | None = None,
) -> pricing.Tariff:
    """Tariffs of one to all `kinds` of components, net or tax inclusive, any policy.

    One kind always puts a price on every register, as a bill without it would be refused.
    """
    prices = draw(st.sampled_from(pricing.Prices))
    plain = [kind for kind in pricing.COMPONENTS if kind in kinds and kind not in _RESTING]
    energy = draw(st.sampled_from([kind for kind in _ON_ENERGY if kind in kinds]))
    chosen = draw(st.sets(st.sampled_from(plain), max_size=5)) | {energy}
    ordered = [kind for kind in plain if kind in chosen]
    made = [draw(components(kind)) for kind in ordered]
    for kind in draw(st.lists(st.sampled_from(_RESTING), unique=True, max_size=3)):
        if kind not in kinds:
            continue
        if kind != "percentage_tax" or prices is pricing.Prices.NET:
            bases = draw(st.lists(st.sampled_from(ordered), min_size=1, unique=True))
            made.append(draw(components(kind, bases=tuple(bases))))
    return pricing.Tariff(
        code="DRAWN",
        name="Drawn",
        currency="EUR",
        components=tuple(made),
        taxes=tuple(pricing.Vat(code, code, draw(_VAT_RATES)) for code in _TAXES),
        rounding=draw(rounding_policies() if policies is None else policies),
        prices=prices,
        apportioning=draw(st.sampled_from(pricing.Apportioning)),
    )


@st.composite
def priced(
    draw: st.DrawFn,
    *,
    cut: bool = True,
    kinds: Collection[str] = pricing.COMPONENTS,
    policies: st.SearchStrategy[RoundingPolicy] | None = None,
) -> tuple[pricing.Tariff, pricing.Usage, Period, pricing.Circumstances]:
    """A tariff, a usage, a period and circumstances that `rate` makes a bill of.

    The period has up to three months, a week at most with spot prices; many a one lies across a
    day on which a price changes. `cut` is that of `usages`, `kinds` and `policies` are those of
    `tariffs`.
    """
    tariff = draw(tariffs(kinds=kinds, policies=policies))
    by_interval = any(isinstance(each, pricing.Spot) for each in tariff.components)
    days_max = _DAYS_OF_INTERVALS if by_interval else _DAYS_MAX
    spans = periods(days_max=days_max)
    if cuts := sorted(day for day in _changes(tariff) if day > FIRST_DAY):
        spans = spans | st.sampled_from(cuts).flatmap(lambda day: _across(day, days_max // 2))
    period = draw(spans)
    usage = draw(usages(period, tariff=tariff, cut=cut))
    return tariff, usage, period, draw(circumstances(tariff, period))


def _changes(tariff: pricing.Tariff) -> set[date]:
    prices = [price for component in tariff.components for price in component.prices]
    prices += [tax.rate for tax in tariff.taxes]
    return {version.period.start for price in prices for version in price.versions}


@st.composite
def _across(draw: st.DrawFn, cut: date, most: int) -> Period:
    before, after = draw(st.integers(1, most)), draw(st.integers(1, most))
    return Period(cut - timedelta(days=before), cut + timedelta(days=after))


def bills() -> st.SearchStrategy[pricing.PricedBill]:
    """Bills of any drawn tariff and usage."""
    return priced().map(_rated)


def _rated(
    case: tuple[pricing.Tariff, pricing.Usage, Period, pricing.Circumstances],
) -> pricing.PricedBill:
    tariff, usage, period, known = case
    return pricing.rate(tariff, usage, period=period, circumstances=known)
