"""A product whose prices have a gap: what cannot be priced waits, the others are billed."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from company_harness import Company, Life

from energyretail.domain.markets import SPAIN, MarketProfile
from energyretail.domain.pricing import DatedPrice, Tariff, UnitRate, Version
from energyretail.domain.shared import Period

DAY, MENDED, END = date(2026, 4, 18), date(2026, 4, 22), date(2026, 4, 26)
"""Two homes and a company are billed from DAY on before MENDED, and two more before END."""

GAPS = {
    "a gap": (Period(date.min, date(2026, 4, 10)), Period(date(2026, 4, 15))),
    "an end": (Period(date.min, date(2026, 4, 10)),),
}


def priced_only_in(periods: tuple[Period, ...]) -> MarketProfile:
    """Return Spain whose homes' energy has a price in these periods alone."""
    tariffs = tuple(_with_gap(tariff, periods) for tariff in SPAIN.tariffs)
    return attrs.evolve(SPAIN, tariffs=tariffs)


def _with_gap(tariff: Tariff, periods: tuple[Period, ...]) -> Tariff:
    components = []
    for component in tariff.components:
        if isinstance(component, UnitRate):
            (price,) = component.price
            (version,) = price.versions
            dated = tuple(Version(each, version.value, version.source) for each in periods)
            component = attrs.evolve(component, price=(DatedPrice(price.name, dated),))
        components.append(component)
    return attrs.evolve(tariff, components=tuple(components))


def bills(company: Company) -> list[Any]:
    return company.ask(
        "SELECT contract, cups, kind, period::text, net_cents, tax_cents, gross_cents FROM invoice"
        " ORDER BY cups, period"
    )


def homes_billed(company: Company, *, since: date) -> list[str]:
    found = company.ask(
        "SELECT supply.tariff FROM invoice JOIN supply USING (contract, cups)"
        " WHERE issued_on >= :since ORDER BY number",
        since=since,
    )
    return [row.tariff for row in found]


@pytest.mark.parametrize("name", sorted(GAPS))
def test_parks_whom_it_concerns_and_bills_them_when_it_is_closed(life: Life, name: str) -> None:
    undisturbed = bills(life.at(END))
    company = life.at(DAY)
    company.tariffs.profile = priced_only_in(GAPS[name])
    try:
        company.live(Period(DAY, MENDED))
        parked = company.work_items("billing")
        assert [item.code for item in parked] == ["pricing.version_gap"] * 2
        assert all("energía" in item.text and "2026-04-10" in item.text for item in parked)
        assert homes_billed(company, since=DAY) == ["2.0TD-HORAS"]
    finally:
        company.tariffs.profile = SPAIN

    company.live(Period(MENDED, END))

    assert bills(company) == undisturbed
    numbers = company.ask("SELECT number FROM invoice ORDER BY number")
    assert [row.number for row in numbers] == [f"F26-{n:06d}" for n in range(1, len(numbers) + 1)]
    assert company.container.check_ledger()().imbalance_cents == 0
