"""Read what was issued, and why it is what it is."""

from __future__ import annotations

from energyretail.application.billing.ports import Invoices
from energyretail.domain.billing import Explanation, Invoice, explain
from energyretail.domain.shared import NotFound

__all__ = ["ExplainInvoice", "InvoiceByNumber"]


class InvoiceByNumber:
    """Return one issued document."""

    def __init__(self, *, invoices: Invoices):
        self._invoices = invoices

    def __call__(self, number: str) -> Invoice:
        """Return the document; raises NotFound ``billing.invoice.unknown``."""
        found = self._invoices.by_numbers([number])
        if not found:
            raise NotFound("billing.invoice.unknown", "no such invoice", number=number)
        return found[0]


class ExplainInvoice:
    """Explain every line of one issued document: readings, prices, formula, rounding."""

    def __init__(self, *, invoices: Invoices):
        self._invoice = InvoiceByNumber(invoices=invoices)

    def __call__(self, number: str) -> Explanation:
        """Return the explanation; raises NotFound ``billing.invoice.unknown``."""
        return explain(self._invoice(number))
