"""What a site would pay for thirty days, by the same rating as its bills."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal

from energyretail.domain import pricing
from energyretail.domain.contracts.quotes import SitePrice
from energyretail.domain.shared import Energy, Period
from energyretail.domain.supply import Site

__all__ = ["month_priced", "price_month"]

_DAYS = timedelta(days=30)


def month_priced(tariff: pricing.Tariff, on: date) -> Period:
    """Return the thirty days that a quote of `on` is for.

    They begin on it; of a tariff that follows a published index they end before it, for what is
    to come is not published.
    """
    return Period(on - _DAYS, on) if tariff.index_names else Period(on, on + _DAYS)


def price_month(
    site: Site,
    *,
    month_kwh: int,
    tariff: pricing.Tariff,
    days: Period,
    figures: pricing.PublishedFigures = pricing.NO_FIGURES,
) -> SitePrice:
    """Price `month_kwh` over `days` at `site`, gross, rounded as the tariff rounds a bill.

    It is spread over the registers as a home's use is, and evenly over the hours where the tariff
    is priced by interval. Raises Refused where the tariff has no price for one of the days.
    """
    uses = _hours(month_kwh, days, tariff) if tariff.by_interval else _shares(month_kwh, days)
    bill = pricing.rate(
        tariff,
        pricing.Usage(tuple(uses), powers=site.powers),
        period=days,
        circumstances=pricing.Circumstances(
            since=days.start, indices=figures.named(tariff.index_names), invoiced_on=days.until
        ),
    )
    return SitePrice(site, month_kwh, bill.gross)


def _shares(month_kwh: int, days: Period) -> Iterator[pricing.RegisterUse]:
    # Of a home's use about 30 % falls in P1, 25 % in P2 (CNMC, reference profile 2.0TD).
    first, second = month_kwh * 30 // 100, month_kwh * 25 // 100
    parts = {"P1": first, "P2": second, "P3": month_kwh - first - second}
    for register, kwh in parts.items():
        yield pricing.RegisterUse(
            register, days, Energy(kwh), pricing.Quality.ESTIMATED, ("quote",)
        )


def _hours(month_kwh: int, days: Period, tariff: pricing.Tariff) -> Iterator[pricing.IntervalUse]:
    """Yield equal hours in whole Wh; what is left over is in the first ones."""
    start, end = (tariff.zone.start_of(day).astimezone(UTC) for day in (days.start, days.until))
    count = (end - start) // timedelta(hours=1)
    each, left = divmod(month_kwh * 1000, count)
    yield pricing.IntervalUse(
        register=next((name for name in _channels(tariff)), "hours"),
        start=start,
        minutes=60,
        kwh=tuple(Decimal(each + (at < left)).scaleb(-3) for at in range(count)),
        zone=tariff.zone,
        quality=pricing.Quality.ESTIMATED,
        source="quote",
    )


def _channels(tariff: pricing.Tariff) -> Iterator[str]:
    """Yield the channels that what is priced by interval asks for by name."""
    for component in tariff.components:
        if component.by_interval:
            names: tuple[str, ...] = getattr(component, "registers", ())
            yield from names
