"""Strategies for supplies to bill and the documents that come of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from energyretail.domain import billing, pricing
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Period, PowerUnit, contract_number, customer_number
from energyretail.domain.shared import invoice_number as _invoice_number
from energyretail.testing.strategies.shared import cups, days, powers

__all__ = ["billable_supplies", "credit_notes", "invoices"]

_REGISTERS = ("P1", "P2", "P3")
_DIGITS = 6
# Prices of the Spanish products are known for this year; a bill outside it is refused.
_FIRST, _LAST = date(2026, 1, 1), date(2026, 12, 31)


@st.composite
def billable_supplies(draw: st.DrawFn) -> billing.BillableSupply:
    """Supplies of a Spanish product read on two to four days of 2026, none billed yet.

    Indexes are any a meter shows, so that registers roll over; readings are actual or estimated.
    """
    bounds = sorted(draw(st.sets(days(_FIRST, _LAST), min_size=2, max_size=4)))
    indexes = st.decimals(0, Decimal(10**_DIGITS - 1), places=3)
    taken = tuple(
        billing.IndexReading(
            register,
            day,
            draw(st.integers(1, 12)),
            draw(indexes),
            draw(st.sampled_from(pricing.Quality)),
        )
        for day in bounds
        for register in _REGISTERS
    )
    return billing.BillableSupply(
        contract=contract_number(draw(st.integers(1, 999_999))),
        customer=customer_number(draw(st.integers(1, 999_999))),
        cups=draw(cups()),
        tariff=draw(st.sampled_from(["2.0TD-FIJO", "2.0TD-HORAS"])),
        powers=(("P1", draw(powers(PowerUnit.KW))), ("P2", draw(powers(PowerUnit.KW)))),
        supplied=Period(bounds[0]),
        billed_until=None,
        readings=taken,
    )


@st.composite
def invoices(draw: st.DrawFn) -> billing.Invoice:
    """Issued documents of a drawn supply's first period: bills, and rebills of bills."""
    supply = draw(billable_supplies())
    period = supply.periods_due(today=_LAST, registers=_REGISTERS)[0]
    drafted = billing.draft(
        supply,
        period,
        tariff=SPAIN.tariff(supply.tariff),
        registers=_REGISTERS,
        meter_digits=_DIGITS,
    )
    issued_on = period.until
    number, again = draw(st.lists(st.integers(1, 999_999), min_size=2, max_size=2, unique=True))
    due_on = issued_on + timedelta(days=draw(st.integers(0, 40)))
    invoice, _ = billing.issue(
        drafted,
        number=_invoice_number("F", issued_on, number),
        issued_on=issued_on,
        due_on=due_on,
    )
    if draw(st.booleans()):
        return invoice
    rebill, _ = billing.issue(
        drafted,
        number=_invoice_number("F", issued_on, again),
        issued_on=issued_on,
        due_on=due_on,
        original=invoice,
    )
    return rebill


@st.composite
def credit_notes(draw: st.DrawFn) -> billing.Invoice:
    """Credit notes that take a drawn document back."""
    original = draw(invoices())
    number = _invoice_number("R", original.issued_on, draw(st.integers(1, 999_999)))
    return billing.credit(original, number=number, issued_on=original.issued_on)[0]
