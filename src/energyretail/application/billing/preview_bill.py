"""Show what would be billed, by the path that bills."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from energyretail.application.billing.ports import SuppliesToBill, Tariffs
from energyretail.application.shared import Clock
from energyretail.domain import pricing
from energyretail.domain.billing import (
    BillableSupply,
    BillingPolicy,
    Draft,
    draft,
    limit_back_billing,
)
from energyretail.domain.shared import Period

__all__ = ["PreviewBill", "PriceBill"]


class PreviewBill:
    """Draft what is due for a contract today, exactly as it would be charged.

    Rules: the same function drafts a preview and a charge; nothing is written.
    """

    def __init__(
        self, *, clock: Clock, supplies: SuppliesToBill, tariffs: Tariffs, policy: BillingPolicy
    ):
        self._clock = clock
        self._supplies = supplies
        self._tariffs = tariffs
        self._policy = policy

    def __call__(self, contract: str) -> tuple[Draft, ...]:
        """Return the drafts in order; raises Refused where billing would park the supply."""
        today = self._clock.today()
        supplies = self._supplies.of_contract(contract, today=today)
        return tuple(each for supply in supplies for each in self._drafts(supply, today))

    def _drafts(self, supply: BillableSupply, today: date) -> Iterator[Draft]:
        registers = self._policy.registers_of(supply.tariff)
        for period in supply.periods_due(today=today, registers=registers):
            drafted = draft(
                supply,
                period,
                tariff=self._tariffs.tariff(supply.tariff),
                registers=registers,
                meter_digits=self._policy.meter_digits,
            )
            supply = supply.billed(drafted.bill)
            yield limit_back_billing(
                drafted,
                billed=None,
                on=today,
                rule=self._policy.corrections.back_billing,
                customer=supply.kind,
                faults=supply.faults,
            )


class PriceBill:
    """Price any usage by a tariff of ours.

    Rules: the same rating as a bill's; the period may be any, for a quote or a question.
    """

    def __init__(self, *, tariffs: Tariffs):
        self._tariffs = tariffs

    def __call__(self, tariff: str, usage: pricing.Usage, period: Period) -> pricing.PricedBill:
        """Return the priced bill; raises NotFound for the tariff and what `pricing.rate` raises."""
        return pricing.rate(self._tariffs.tariff(tariff), usage, period=period)
