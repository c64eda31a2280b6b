# mypy knows reveal_type, and what is only named is not used.
# ruff: noqa: ARG001, F821
"""A user's program: what mypy reveals of each value stands beside it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import attrs

from energyretail.application.billing import PriceBill, Tariffs
from energyretail.application.erp import Erp
from energyretail.application.shared import Clock, Page, page_of
from energyretail.application.switching import Registry
from energyretail.domain import contracts, markets, pricing, switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import (
    Cups,
    Energy,
    Money,
    Period,
    Power,
    check_identifier,
    contract_number,
    customer_number,
    request_code,
)

# Price a bill.
period = Period(date(2026, 3, 7), date(2026, 4, 6))
use = pricing.RegisterUse("P1", period, Energy("250"), pricing.Quality.ACTUAL)
usage = pricing.Usage([use], powers={"P1": Power("4.6")}.items())
bill = pricing.rate(markets.SPAIN.tariff("2.0TD-FIJO"), usage, period=period)
reveal_type(bill)  # energyretail.domain.pricing.bill.PricedBill
reveal_type(bill.gross)  # energyretail.domain.shared.money.Money
reveal_type(bill.gross.amount)  # decimal.Decimal
reveal_type(bill.lines[0].period.end)  # datetime.date | None
reveal_type(bill.net + bill.tax)  # energyretail.domain.shared.money.Money
reveal_type(usage.uses)  # tuple[energyretail.domain.pricing.usage.Use, ...]
reveal_type(pricing.recompute(bill.lines[0].derivation))  # decimal.Decimal
reveal_type(period.days)  # int
reveal_type(Energy(250) + Energy("0.5"))  # energyretail.domain.shared.quantities.Energy

# Check an identifier.
found = check_identifier("ES-CUPS", "ES1234000000000001JN0F")
reveal_type(found.value)  # str
reveal_type(Cups("ES1234000000000001JN0F") < Cups("ES1234000000000002JS0F"))  # bool

# Decide a switch.
rules = markets.SPAIN.switching
reveal_type(rules.wanted_day(date(2026, 3, 2), date(2026, 3, 9)))  # datetime.date | None
switch, events = switching.request_switch(
    request_code(date(2026, 3, 2), 1),
    contract=contract_number(1),
    cups=Cups("ES1234000000000001JN0F"),
    claimant=switching.Claimant(customer_number(1), "Ana", "12345678Z", CustomerKind.HOME),
    on=date(2026, 3, 2),
    wanted_on=None,
)
reveal_type(switch)  # energyretail.domain.switching.gain.Switch
reveal_type(events)  # tuple[energyretail.domain.shared.events.Event, ...]
switch, events = switching.take_answer(
    switch, switching.ClaimAccepted(switch.request, date(2026, 3, 9))
)

# Walk a transition table.
reveal_type(switching.GAIN.rows[0].target)  # energyretail.domain.switching.gain.SwitchState
triggers = switching.GAIN.triggers(switching.SwitchState.REQUESTED)
reveal_type(triggers)  # tuple[energyretail.domain.switching.gain.SwitchTrigger, ...]
reveal_type(switching.GAIN.finals())  # frozenset[energyretail.domain.switching.gain.SwitchState]
way = contracts.CONTRACT_TABLE.path(contracts.ContractState.ACTIVE)
reveal_type(way is None)  # bool


# Build adapters: a class of one's own is taken where a port is wanted.
@attrs.frozen
class OwnTariffs:
    """Implements the Tariffs port."""

    known: tuple[pricing.Tariff, ...]

    def tariff(self, code: str) -> pricing.Tariff:
        """Return the tariff of a code."""
        return next(each for each in self.known if each.code == code)


class OwnClock:
    """Implements the Clock port."""

    def today(self) -> date:
        """Return the company's day."""
        return date(2026, 3, 2)


tariffs: Tariffs = OwnTariffs(markets.SPAIN.tariffs)
clock: Clock = OwnClock()
priced = PriceBill(tariffs=tariffs)("2.0TD-FIJO", usage, period)
reveal_type(priced)  # energyretail.domain.pricing.bill.PricedBill


@attrs.frozen(kw_only=True)
class OwnComponent(pricing.Component):
    """A component of one's own."""

    def draft(self, piece: pricing.Piece) -> tuple[pricing.Draft, ...]:
        """Bill nothing."""
        return ()


component: pricing.Component = OwnComponent(name="own", tax_code=pricing.NO_TAX)


def ports(erp: Erp, registry: Registry, known: Sequence[Money]) -> Page[Money]:
    """Name ports and pages in one's own signatures."""
    return page_of(known, limit=10, key=lambda money: str(money.amount + Decimal(1)))
