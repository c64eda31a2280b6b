"""Show what would be billed, by the path that bills."""

from __future__ import annotations

from energyretail.application.billing.drafting import Drafting
from energyretail.application.billing.ports import SuppliesToBill, Tariffs
from energyretail.application.shared import Clock
from energyretail.domain import pricing
from energyretail.domain.billing import Draft
from energyretail.domain.shared import Period

__all__ = ["PreviewBill", "PriceBill"]


class PreviewBill:
    """Draft what is due for a contract today, exactly as it would be charged.

    Rules: the same function drafts a preview and a charge; nothing is written.
    """

    def __init__(self, *, clock: Clock, supplies: SuppliesToBill, drafting: Drafting):
        self._clock = clock
        self._supplies = supplies
        self._drafting = drafting

    def __call__(self, contract: str) -> tuple[Draft, ...]:
        """Return the drafts in order; raises Refused where billing would park the supply."""
        today = self._clock.today()
        supplies = self._supplies.of_contract(contract, today=today)
        desk = self._drafting.due(supplies, today=today)
        return tuple(each for supply in supplies for each in desk.drafts(supply))


class PriceBill:
    """Price any usage by a tariff of ours.

    Rules: the same rating as a bill's; the period may be any, for a quote or a question.
    """

    def __init__(self, *, tariffs: Tariffs):
        self._tariffs = tariffs

    def __call__(self, tariff: str, usage: pricing.Usage, period: Period) -> pricing.PricedBill:
        """Return the priced bill; raises NotFound for the tariff and what `pricing.rate` raises."""
        return pricing.rate(self._tariffs.tariff(tariff), usage, period=period)
