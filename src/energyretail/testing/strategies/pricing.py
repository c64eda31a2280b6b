"""Strategies for tariffs of every component kind, and usages that fit them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

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

    A percentage needs the names of its `bases`. Registers are P1 and P2, power is in kVA.
    """
    tax = draw(st.sampled_from([*_TAXES, pricing.NO_TAX]))
    prices = tuple(draw(st.lists(dated_prices(), min_size=1, max_size=2)))
    unit = draw(st.sampled_from(pricing.EnergyUnit))
    by_register = tuple((name, (draw(dated_prices()),)) for name in _REGISTERS)
    match kind:
        case "standing_charge":
            return pricing.StandingCharge(kind, kind, prices, tax)
        case "fixed_amount":
            per = draw(st.sampled_from([pricing.Per.MONTH, pricing.Per.YEAR]))
            return pricing.FixedAmount(kind, kind, prices, per, tax)
        case "subscribed_power":
            return pricing.SubscribedPower(kind, kind, by_register, PowerUnit.KVA, tax)
        case "unit_rate":
            return pricing.UnitRate(kind, kind, prices, tax, unit)
        case "time_of_use":
            return pricing.TimeOfUse(kind, kind, by_register, tax, unit)
        case "levy":
            return pricing.Levy(kind, kind, prices, tax, unit)
        case "percentage_tax":
            rate = draw(dated_prices(st.decimals(0, 30, places=4)))
            floor = draw(st.none() | dated_prices(st.decimals(0, 9, places=2)))
            return pricing.PercentageTax(kind, kind, bases, rate, tax, floor, unit)
    raise NotImplementedError(f"a new kind of component needs a strategy: {kind}")


@st.composite
def tariffs(draw: st.DrawFn) -> pricing.Tariff:
    """Tariffs of one to all kinds of components, net or tax inclusive, any policy.

    One kind always puts a price on every register, as a bill without it would be refused.
    """
    prices = draw(st.sampled_from(pricing.Prices))
    plain = [kind for kind in pricing.COMPONENTS if kind != "percentage_tax"]
    energy = draw(st.sampled_from(["unit_rate", "time_of_use"]))
    chosen = draw(st.sets(st.sampled_from(plain))) | {energy}
    ordered = [kind for kind in plain if kind in chosen]
    made = [draw(components(kind)) for kind in ordered]
    if prices is pricing.Prices.NET and draw(st.booleans()):
        bases = tuple(draw(st.lists(st.sampled_from(ordered), min_size=1, unique=True)))
        made.append(draw(components("percentage_tax", bases=bases)))
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
    return pricing.Usage(uses, tuple((name, draw(powers(PowerUnit.KVA))) for name in _REGISTERS))


@st.composite
def priced(draw: st.DrawFn) -> tuple[pricing.Tariff, pricing.Usage, Period]:
    """A tariff, a period of up to three months and a usage that fits both.

    Many a period lies across a day on which a price changes.
    """
    tariff = draw(tariffs())
    spans = periods(days_max=90)
    if cuts := sorted(day for day in tariff.cuts if day > _FIRST):
        spans = spans | st.sampled_from(cuts).flatmap(_across)
    period = draw(spans)
    return tariff, draw(usages(period)), period


@st.composite
def _across(draw: st.DrawFn, cut: date) -> Period:
    before, after = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    return Period(cut - timedelta(days=before), cut + timedelta(days=after))


def bills() -> st.SearchStrategy[pricing.PricedBill]:
    """Bills of any drawn tariff and usage."""
    return priced().map(lambda case: pricing.rate(case[0], case[1], period=case[2]))
