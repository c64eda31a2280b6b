"""How documents are numbered: series without gaps, one a kind and year."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.domain.shared import Invalid, InvoiceNumber, invoice_number, invoice_numbers

__all__ = ["DocumentSeries"]


def _prefix(_: object, __: object, value: str) -> None:
    if not (value.isascii() and value.isalnum() and value.isupper() and len(value) <= 4):
        raise Invalid("billing.series.prefix", "a prefix is 1 to 4 capitals", prefix=value)


@attrs.frozen
class DocumentSeries:
    """The prefixes of the number series.

    Invoices and rebills in one, credit notes and rectifications in another, one each of the rest.

    RD 1619/2012 art. 6.1.a: rectifying documents have a series of their own; series of
    different purposes, such as the advances, are allowed. So has what is no bill itself: requests
    for a deposit, and consolidated invoices.

    With series `beside` the one for invoices a transaction numbers its invoices in the first of
    them nobody else holds, so that several bill at once: a series without gaps is held until what
    it numbers is kept. Rebills are numbered in the one for invoices.

    Raises Invalid ``billing.series.same`` (each kind of document needs a series of its own).
    """

    invoice: str = attrs.field(default="F", validator=_prefix)
    credit_note: str = attrs.field(default="R", validator=_prefix)
    advance: str = attrs.field(default="AN", validator=_prefix)
    deposit: str = attrs.field(default="D", validator=_prefix)
    consolidated: str = attrs.field(default="G", validator=_prefix)
    beside: tuple[str, ...] = attrs.field(
        default=(), validator=attrs.validators.deep_iterable(_prefix)
    )

    def __attrs_post_init__(self) -> None:
        prefixes = (
            self.invoice, self.credit_note, self.advance, self.deposit, self.consolidated,
            *self.beside,
        )  # fmt: skip
        if len(set(prefixes)) < len(prefixes):
            raise Invalid("billing.series.same", "each kind of document needs its own series")

    @property
    def invoices(self) -> tuple[str, ...]:
        """The prefixes invoices may be numbered under, the first of them preferred."""
        return self.invoice, *self.beside

    def series(self, prefix: str, issued_on: date) -> str:
        """Return the name of the series (``invoice:F26``) that numbers are taken from."""
        return f"invoice:{prefix}{issued_on:%y}"

    def number(self, prefix: str, issued_on: date, count: int) -> InvoiceNumber:
        """Return the document number (``F26-000001``) of the `count`-th of its year."""
        return invoice_number(prefix, issued_on, count)

    def numbers(self, prefix: str, issued_on: date, counts: range) -> tuple[InvoiceNumber, ...]:
        """Return the document numbers of counts that follow one another."""
        return invoice_numbers(prefix, issued_on, counts)
