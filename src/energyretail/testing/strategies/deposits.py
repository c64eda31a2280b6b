"""Strategies for deposits, their rules, and the ends of supplies."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from energyretail.domain import billing, pricing
from energyretail.domain.shared import (
    Money,
    Period,
    contract_number,
    customer_number,
    invoice_number,
)
from energyretail.testing.strategies.shared import cups, days

__all__ = ["deposit_rules", "deposits", "ended_supplies"]


@st.composite
def deposit_rules(draw: st.DrawFn) -> billing.DepositRules:
    """Rules whose rates are known for every day, of one to four versions."""
    cuts = sorted(draw(st.sets(days(), max_size=3)) - {date.min})
    starts, ends = [date.min, *cuts], [*cuts, None]
    percents = st.decimals(0, 20, places=2)
    versions = tuple(
        pricing.Version(Period(start, end), draw(percents), f"rate from {start}")
        for start, end in zip(starts, ends, strict=True)
    )
    return billing.DepositRules(
        market="XX",
        rates=pricing.DatedPrice("rate", versions),
        day_count=draw(st.sampled_from(billing.DayCount)),
        source="drawn",
        credited_on=draw(st.none() | st.just((10, 1))),
        months_good=draw(st.none() | st.integers(1, 36)),
    )


@st.composite
def deposits(draw: st.DrawFn) -> billing.Deposit:
    """Deposits in every state; what is gone went without interest."""
    asked_on = draw(days(date(2020, 1, 1), date(2030, 1, 1)))
    rules = billing.DepositRules(
        "XX", pricing.always("rate", 0, "drawn"), billing.DayCount.ACTUAL_365, "drawn"
    )
    amount = Money.of_cents(draw(st.integers(1, 10**7)), "EUR")
    deposit = billing.Deposit.ask(
        number=invoice_number("D", asked_on, draw(st.integers(1, 999_999))),
        contract=contract_number(draw(st.integers(1, 999_999))),
        customer=customer_number(draw(st.integers(1, 999_999))),
        amount=amount,
        on=asked_on,
    ).deposit
    later = asked_on + timedelta(days=draw(st.integers(0, 400)))
    state = draw(st.sampled_from(billing.DepositState))
    if state is billing.DepositState.ASKED:
        return deposit
    if state is billing.DepositState.WAIVED:
        return deposit.waive(on=later).deposit
    held = deposit.receive(amount, on=asked_on).deposit
    if state is billing.DepositState.SET_OFF:
        return held.set_off((), on=later, rules=rules).deposit
    if state is billing.DepositState.GIVEN_BACK:
        return held.give_back(on=later, rules=rules).deposit
    return held


@st.composite
def ended_supplies(draw: st.DrawFn) -> billing.EndedSupply:
    """Ended supplies billed never, too short, to their end, or beyond it."""
    ended_on = draw(days(date(2022, 1, 1), date(2028, 1, 1)))
    off = draw(st.none() | st.integers(-40, 20))
    return billing.EndedSupply(
        contract=contract_number(draw(st.integers(1, 999_999))),
        customer=customer_number(draw(st.integers(1, 999_999))),
        cups=draw(cups()),
        ended_on=ended_on,
        billed_until=None if off is None else ended_on + timedelta(days=off),
    )
