"""An issued document as one page of HTML, complete without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import attrs
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from energyretail.adapters.html.reasons import reasons
from energyretail.adapters.html.words import (
    day_text,
    money_text,
    number_text,
    period_text,
    signed_text,
    unit_text,
    words_of,
)
from energyretail.domain.billing import (
    BillStage,
    Deduction,
    Invoice,
    InvoiceKind,
    compare,
    explain,
    left_as,
    settle,
)
from energyretail.domain.parties import Customer
from energyretail.domain.shared import InvoiceNumber

__all__ = ["HtmlInvoicePages", "Seller", "environment"]


@attrs.frozen
class Seller:
    """Who issues the document, as the law wants it named on it."""

    legal_name: str
    tax_id: str
    address: str


# What a document says of the one it names.
_ORIGINAL = {
    InvoiceKind.CREDIT_NOTE: "of",
    InvoiceKind.REBILL: "in_place_of",
    InvoiceKind.RECTIFICATION: "changes",
}


_STAGES = {BillStage.FIRST: "first_invoice", BillStage.FINAL: "final_invoice"}


def _title(invoice: Invoice) -> str:
    """Return the word for a document: which bill it is, or what it does to another."""
    if invoice.kind is InvoiceKind.INVOICE:
        return _STAGES.get(invoice.stage, "invoice")
    return str(invoice.kind.value)


def environment() -> Environment:
    """Return what our pages are rendered by: everything escaped, nothing left undefined."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


class HtmlInvoicePages:
    """Implements the InvoicePages port: everything escaped, the same document the same bytes."""

    def __init__(self, seller: Seller):
        self._seller = seller
        self._template = environment().get_template("invoice.html.j2")

    def page(
        self,
        invoice: Invoice,
        customer: Customer,
        *,
        previous: Invoice | None = None,
        deductions: Sequence[Deduction] = (),
        named: Sequence[InvoiceNumber] = (),
    ) -> str:
        """Return the page in the customer's language; raises nothing but our own mistakes.

        `previous` is a bill of the same supply: any other is refused as `billing.compare` does.
        """
        language, words = words_of(customer.person.language)
        # A rectification tells of a difference itself.
        told = previous if invoice.kind is not InvoiceKind.RECTIFICATION else None
        comparison = compare(told, invoice) if told else None
        settled = settle(invoice.bill, deductions)
        left = left_as(invoice, settled.gross)
        return self._template.render(
            language=language,
            words=words,
            title=words[_title(invoice)],
            left=left.value,
            original=words[_ORIGINAL.get(invoice.kind, "of")],
            named=named or filter(None, [invoice.original]),
            seller=self._seller,
            invoice=invoice,
            settled=settled,
            customer=customer,
            comparison=comparison,
            reasons=reasons(comparison, language) if comparison else (),
            lines=tuple(zip(invoice.lines, explain(invoice).lines, strict=True)),
            day=partial(day_text, language=language),
            span=partial(period_text, language=language),
            unit=partial(unit_text, language=language),
            money=partial(money_text, language=language),
            signed=partial(signed_text, language=language),
            number=partial(number_text, language=language),
        )
