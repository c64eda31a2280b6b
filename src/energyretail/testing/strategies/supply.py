"""Strategies for supply points under a contract."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from energyretail.domain.shared import Cups, PowerUnit
from energyretail.domain.supply import Site, Supply, SupplyState
from energyretail.testing.strategies.shared import cups, days, powers

__all__ = ["sites", "supplies"]


@st.composite
def sites(draw: st.DrawFn, *, point: Cups | None = None, tariff: str | None = None) -> Site:
    """Sites of a Spanish product, with power subscribed in P1 and P2, in either order."""
    product = tariff or draw(st.sampled_from(["2.0TD-FIJO", "2.0TD-HORAS"]))
    given = [("P1", draw(powers(PowerUnit.KW))), ("P2", draw(powers(PowerUnit.KW)))]
    return Site(point or draw(cups()), product, tuple(draw(st.permutations(given))))


@st.composite
def supplies(draw: st.DrawFn, state: SupplyState | None = None) -> Supply:
    """Supplies in every state, or in the one given, each reached by the table's own steps."""
    wanted = state or draw(st.sampled_from(SupplyState))
    supply = Supply(draw(sites()))
    if wanted is SupplyState.AGREED:
        return supply
    supply = supply.request()
    if wanted is SupplyState.REQUESTED:
        return supply
    if wanted is SupplyState.REFUSED:
        return supply.refuse()
    start = draw(days())
    supply = supply.activate(start)
    if wanted is SupplyState.ACTIVE:
        return supply
    return supply.end(start + timedelta(days=draw(st.integers(1, 800))))
