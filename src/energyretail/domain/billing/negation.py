"""A bill turned around: every amount exactly negated, its calculation kept inside."""

from __future__ import annotations

import attrs

from energyretail.domain import pricing
from energyretail.domain.shared import InvoiceNumber

__all__ = ["negated", "taken_back"]


def negated(bill: pricing.PricedBill, original: InvoiceNumber) -> pricing.PricedBill:
    """Return `bill` with every quantity and amount negated, as a credit of `original`."""
    return attrs.evolve(
        bill,
        lines=tuple(_line(line, original) for line in bill.lines),
        taxes=tuple(_tax(tax, original) for tax in bill.taxes),
        net=-bill.net,
        tax=-bill.tax,
        gross=-bill.gross,
        energy=None if bill.energy is None else -bill.energy,
    )


def taken_back(derivation: pricing.Derivation, original: InvoiceNumber) -> pricing.Derivation:
    """Return minus one times a calculation, rounded where it was and not again."""
    # The rounding stays inside, with the original's amount: nothing is rounded twice.
    minus = pricing.Factor("taken back", -1, "", f"credit of {original}")
    return pricing.Derivation(
        f"Credit: {derivation.name}", (minus,), parts=(derivation,), rounding=derivation.rounding
    )


def _line(line: pricing.PriceLine, original: InvoiceNumber) -> pricing.PriceLine:
    return attrs.evolve(
        line,
        quantity=-line.quantity,
        amount=-line.amount,
        derivation=taken_back(line.derivation, original),
    )


def _tax(tax: pricing.TaxLine, original: InvoiceNumber) -> pricing.TaxLine:
    return attrs.evolve(
        tax,
        base=-tax.base,
        amount=-tax.amount,
        derivation=taken_back(tax.derivation, original),
    )
