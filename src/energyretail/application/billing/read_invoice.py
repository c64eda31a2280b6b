"""Read what was issued, why it is what it is, and why it is not what the last one was."""

from __future__ import annotations

from energyretail.application.billing.ports import Invoices
from energyretail.domain.billing import Comparison, Explanation, Invoice, compare, explain
from energyretail.domain.shared import NotFound

__all__ = ["CompareInvoice", "ExplainInvoice", "InvoiceByNumber"]


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


class CompareInvoice:
    """Tell why a bill differs from the one before it of the same supply.

    That is the last bill in force, when this one was issued, that ends where its days begin or
    earlier: the one the customer has in their hands.
    """

    def __init__(self, *, invoices: Invoices):
        self._invoices = invoices
        self._invoice = InvoiceByNumber(invoices=invoices)

    def __call__(self, number: str) -> Comparison:
        """Return the comparison.

        Raises NotFound ``billing.invoice.unknown``, or ``billing.comparison.no_previous`` for a
        first bill and for a credit note.
        """
        invoice = self._invoice(number)
        previous = self._invoices.previous([invoice.number]).get(invoice.number)
        if previous is None:
            raise NotFound(
                "billing.comparison.no_previous", "no bill came before it", number=number
            )
        return compare(previous, invoice)
