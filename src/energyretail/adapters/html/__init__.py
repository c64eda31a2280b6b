"""Documents as pages of HTML."""

from energyretail.adapters.html.advance import HtmlAdvancePages
from energyretail.adapters.html.invoice import HtmlInvoicePages, Seller

__all__ = ["HtmlAdvancePages", "HtmlInvoicePages", "Seller"]
