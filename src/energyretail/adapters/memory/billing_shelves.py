"""The long list of issued documents, over a store."""

from __future__ import annotations

from datetime import date

from energyretail.adapters.memory.invoice_names import MemoryInvoiceNames
from energyretail.adapters.memory.pages import asked, page_as_kept
from energyretail.adapters.memory.plans import MemoryDeductions
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import InvoiceCopy, InvoiceSummary, LineCopy, TaxCopy
from energyretail.application.shared import Page
from energyretail.domain.billing import Invoice, InvoiceKind
from energyretail.domain.pricing import PriceLine, TaxLine
from energyretail.domain.shared import Cups, InvoiceNumber, NotFound

__all__ = ["MemoryInvoiceShelf", "line_copy_of", "summary_of"]


class MemoryInvoiceShelf:
    """The InvoiceShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def copy_of(self, name: str) -> InvoiceCopy:
        """Return a document by its outside name or its number."""
        names = MemoryInvoiceNames(self._store)
        number = names.number_of(name)
        invoice = self._store.table("invoice").get(number)
        if invoice is None:
            raise NotFound("billing.invoice.unknown", "no such invoice", invoice=name)
        bill = invoice.bill
        return InvoiceCopy(
            id=names.name_of(number),
            summary=summary_of(invoice, self._store.table("invoice_cancelled").get(number)),
            lines=tuple(map(line_copy_of, bill.lines)),
            taxes=tuple(map(_tax, bill.taxes)),
            prices=bill.prices,
            rounding=bill.policy.scope,
            deductions=tuple(
                one.deduction for one in MemoryDeductions(self._store).of_bills([number])
            ),
        )

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        customer: str | None = None,
        cups: Cups | None = None,
        kind: InvoiceKind | None = None,
        issued_from: date | None = None,
        issued_until: date | None = None,
    ) -> Page[InvoiceSummary]:
        """Return documents issued after a number."""

        def wanted(one: InvoiceSummary) -> bool:
            return (
                asked(contract, is_=one.contract)
                and asked(customer, is_=one.customer)
                and asked(cups, is_=one.cups)
                and asked(kind, is_=one.kind)
                and (issued_from is None or one.issued_on >= issued_from)
                and (issued_until is None or one.issued_on < issued_until)
            )

        cancelled = self._store.table("invoice_cancelled")
        table = {
            number: summary_of(invoice, cancelled.get(number))
            for number, invoice in self._store.table("invoice").items()
        }
        return page_as_kept(table, wanted, lambda one: one.number, after=after, limit=limit)


def summary_of(invoice: Invoice, cancelled_by: InvoiceNumber | None) -> InvoiceSummary:
    """Return the head of a document."""
    return InvoiceSummary(
        number=invoice.number,
        kind=invoice.kind,
        stage=invoice.stage,
        contract=invoice.contract,
        customer=invoice.customer,
        cups=invoice.cups,
        tariff=invoice.tariff,
        period=invoice.period,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        original=invoice.original,
        cancelled_by=cancelled_by,
    )


def line_copy_of(line: PriceLine) -> LineCopy:
    """Return a line without how its numbers came to be."""
    return LineCopy(
        component=line.component,
        group=line.group,
        label=line.label,
        period=line.period,
        quantity=line.quantity,
        unit=line.unit,
        price=line.price,
        price_unit=line.price_unit,
        amount=line.amount,
        tax_code=line.tax_code,
        tax_rate=line.tax_rate,
        estimated=line.estimated,
    )


def _tax(tax: TaxLine) -> TaxCopy:
    return TaxCopy(tax=tax.tax, rate=tax.rate, base=tax.base, amount=tax.amount)
