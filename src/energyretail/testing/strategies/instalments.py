"""Strategies for instalment plans and their advances."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from energyretail.domain import billing
from energyretail.domain.shared import (
    TARGET,
    Money,
    contract_number,
    customer_number,
    invoice_number,
)
from energyretail.testing.strategies.shared import days

__all__ = ["advances_of", "instalment_plans"]

_CENTS = st.integers(-50, 50) | st.integers(-10_000_000, 10_000_000)
_RATES = st.sampled_from([Decimal(0), Decimal("5.5"), Decimal(10), Decimal(19), Decimal(21)])


@st.composite
def instalment_plans(draw: st.DrawFn) -> billing.InstalmentPlan:
    """Plans of one to eighteen months with nothing asked yet; totals any, tiny and negative."""
    months = draw(st.integers(1, 18))
    plan, _ = billing.set_up(
        contract=contract_number(draw(st.integers(1, 999_999))),
        customer=customer_number(draw(st.integers(1, 999_999))),
        tariff="2.0TD-FIJO",
        tax="IVA",
        first_day=draw(days(date(2020, 1, 1), date(2030, 12, 31))),
        months=months,
        # Due days move to working days: at most a part for every five days stays apart.
        count=draw(st.integers(1, min(18, months * 4))),
        expected=Money.of_cents(draw(_CENTS), "EUR"),
        at_end=draw(st.sampled_from(billing.EndOfPlan)),
        calendar=TARGET,
        carried=Money.of_cents(draw(_CENTS), "EUR"),
    )
    return plan


@st.composite
def advances_of(
    draw: st.DrawFn, plan: billing.InstalmentPlan, *, count: int
) -> tuple[billing.Advance, ...]:
    """The documents over the first `count` instalments of a plan, each at a rate of its own."""
    return tuple(
        billing.ask(
            plan,
            instalment,
            number=invoice_number("AN", instalment.due_on, place),
            issued_on=instalment.due_on - timedelta(days=draw(st.integers(0, 30))),
            due_on=instalment.due_on,
            rate=draw(_RATES),
        )[0]
        for place, instalment in enumerate(plan.instalments[:count], 1)
    )
