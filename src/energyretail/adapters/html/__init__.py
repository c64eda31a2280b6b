"""Documents as pages of HTML."""

from energyretail.adapters.html.invoice import HtmlInvoicePages, Seller

__all__ = ["HtmlInvoicePages", "Seller"]
