"""Strategies for what things cost: dated prices, and amounts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from hypothesis import strategies as st

from energyretail.domain import pricing
from energyretail.domain.shared import Period
from energyretail.testing.strategies.shared import days, decimals

__all__ = ["FIRST_DAY", "amounts", "dated_prices", "prices"]

FIRST_DAY: Final = date(2000, 1, 1)
_PRICES = decimals(-1, 30, 6) | st.sampled_from([Decimal(0), Decimal("0.15")])
_CUTS = st.sets(days(), max_size=2)


def prices() -> st.SearchStrategy[Decimal]:
    """Prices of six places, some negative, some nothing."""
    return _PRICES


def amounts(low: int, high: int) -> st.SearchStrategy[Decimal]:
    """Amounts of two places from `low` to `high`."""
    return decimals(low, high, 2)


@st.composite
def dated_prices(
    draw: st.DrawFn, values: st.SearchStrategy[Decimal] | None = None
) -> pricing.DatedPrice:
    """Prices without a gap from 2000 on, of one to three versions that begin on odd days."""
    worth = prices() if values is None else values
    cuts = draw(_CUTS)
    versions = tuple(
        pricing.Version(part, draw(worth), "drawn") for part in Period(FIRST_DAY).split(cuts)
    )
    return pricing.DatedPrice("price", versions)
