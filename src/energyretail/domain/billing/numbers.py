"""How documents are numbered: series without gaps, one a kind and year."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.domain.shared import Invalid, InvoiceNumber, invoice_number

__all__ = ["DocumentSeries"]


def _prefix(_: object, __: object, value: str) -> None:
    if not (value.isascii() and value.isalnum() and value.isupper() and len(value) <= 4):
        raise Invalid("billing.series.prefix", "a prefix is 1 to 4 capitals", prefix=value)


@attrs.frozen
class DocumentSeries:
    """The prefixes of the number series: invoices and rebills in one, credit notes and
    rectifications in another.

    RD 1619/2012 art. 6.1.a: rectifying documents have a series of their own.

    Raises Invalid ``billing.series.same`` (credit notes need a series of their own).
    """

    invoice: str = attrs.field(default="F", validator=_prefix)
    credit_note: str = attrs.field(default="R", validator=_prefix)

    def __attrs_post_init__(self) -> None:
        if self.invoice == self.credit_note:
            raise Invalid("billing.series.same", "credit notes need a series of their own")

    def series(self, prefix: str, issued_on: date) -> str:
        """Return the name of the series (``invoice:F26``) that numbers are taken from."""
        return f"invoice:{prefix}{issued_on:%y}"

    def number(self, prefix: str, issued_on: date, count: int) -> InvoiceNumber:
        """Return the document number (``F26-000001``) of the `count`-th of its year."""
        return invoice_number(prefix, issued_on, count)
