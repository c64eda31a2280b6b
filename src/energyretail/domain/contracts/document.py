"""The text a customer signs."""

from __future__ import annotations

from energyretail.domain.contracts.quotes import Quote
from energyretail.domain.shared import (
    ContractNumber,
    Iban,
)

__all__ = ["contract_text"]


def contract_text(
    quote: Quote, *, number: ContractNumber, retailer: str, iban: Iban, early: bool
) -> str:
    """Write the contract and its direct debit mandate as plain text; same input, same bytes."""
    person = quote.person
    sites = [
        f"- {price.site.cups}, tariff {price.site.tariff}, power "
        + ", ".join(f"{period} {power}" for period, power in price.site.powers)
        + f", about {price.month} a month for {price.month_kwh} kWh"
        for price in quote.sites
    ]
    start = (
        "I ask expressly that the supply begins before the fourteen days are over."
        if early
        else "The supply begins after the fourteen days in which I may withdraw."
    )
    return "\n".join(
        [
            f"Contract {number} of {retailer} with {person.name} ({person.tax_id})",
            f"Quote {quote.number} of {quote.quoted_on}, product {quote.product}",
            *sites,
            start,
            f"I authorise {retailer} to collect what I owe from {iban} (SEPA direct debit, CORE).",
            "Invoices announce each collection at least five days before.",
            "",
        ]
    )
