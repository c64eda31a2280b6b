"""What a site would pay for thirty days, by the same rating as its bills."""

from __future__ import annotations

from datetime import date, timedelta

from energyretail.domain import pricing
from energyretail.domain.contracts.quotes import SitePrice
from energyretail.domain.shared import Energy, Period
from energyretail.domain.supply import Site

__all__ = ["price_month"]


def price_month(site: Site, *, month_kwh: int, tariff: pricing.Tariff, on: date) -> SitePrice:
    """Price thirty days from `on` at `site`, gross, rounded as the tariff rounds a bill.

    `month_kwh` is spread over the registers as a home's use is. Raises Refused where the
    tariff has no price for one of the days.
    """
    period = Period(on, on + timedelta(days=30))
    usage = pricing.Usage(
        uses=tuple(
            pricing.RegisterUse(register, period, energy, pricing.Quality.ESTIMATED, ("quote",))
            for register, energy in _shares(month_kwh)
        ),
        powers=site.powers,
    )
    return SitePrice(site, month_kwh, pricing.rate(tariff, usage, period=period).gross)


def _shares(month_kwh: int) -> tuple[tuple[str, Energy], ...]:
    # Of a home's use about 30 % falls in P1, 25 % in P2 (CNMC, reference profile 2.0TD).
    first, second = month_kwh * 30 // 100, month_kwh * 25 // 100
    parts = {"P1": first, "P2": second, "P3": month_kwh - first - second}
    return tuple((register, Energy(kwh)) for register, kwh in parts.items())
