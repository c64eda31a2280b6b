"""Laws of what a customer is told of what is left of a document."""

from __future__ import annotations

from datetime import timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from energyretail.domain import billing
from energyretail.domain.billing import InvoiceKind, LeftAs, left_as
from energyretail.domain.shared import InvoiceNumber, Money
from energyretail.testing import strategies

OF_CREDIT = InvoiceNumber("R99-000001")


@st.composite
def documents(draw: st.DrawFn) -> billing.Invoice:
    """Bills, credit notes, bills of credit and credit notes of these."""
    invoice = draw(strategies.invoices() | strategies.credit_notes())
    if invoice.kind is InvoiceKind.CREDIT_NOTE and draw(st.booleans()):
        given = attrs.evolve(invoice, kind=InvoiceKind.INVOICE, original=None)
        if draw(st.booleans()):
            return given
        later = given.issued_on + timedelta(days=1)
        return billing.credit(given, number=OF_CREDIT, issued_on=later)[0]
    return invoice


class TestWhatIsLeft:
    @given(documents(), st.integers(-500, 500))
    def test_is_to_pay_where_it_is_owed_whatever_the_document(
        self, invoice: billing.Invoice, cents: int
    ) -> None:
        told = left_as(invoice, Money.of_cents(cents, invoice.gross.currency))

        if cents > 0:
            assert told is LeftAs.TO_PAY
        elif cents < 0:
            takes_back = invoice.kind is InvoiceKind.CREDIT_NOTE or invoice.gross.cents < 0
            assert told is (LeftAs.CREDITED if takes_back else LeftAs.PAID_BACK)
        else:
            assert told is not LeftAs.PAID_BACK

    @given(documents())
    def test_of_a_document_itself_is_credited_only_where_it_is_not_more_than_nothing(
        self, invoice: billing.Invoice
    ) -> None:
        told = left_as(invoice, invoice.gross)

        assert (told is LeftAs.TO_PAY) == (
            invoice.gross.cents > 0
            or (invoice.gross.cents == 0 and invoice.kind is not InvoiceKind.CREDIT_NOTE)
        )
