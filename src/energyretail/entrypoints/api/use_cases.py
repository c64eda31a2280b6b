"""What the API can do, as it needs it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from energyretail.application.billing import InvoiceNames
from energyretail.application.contracts import Acceptance, QuoteRequest
from energyretail.domain import pricing
from energyretail.domain.billing import Explanation, Invoice
from energyretail.domain.contracts import Contract, Quote
from energyretail.domain.shared import Period

__all__ = ["ApiUseCases"]


@attrs.frozen
class ApiUseCases:
    """The use cases behind the routes; each may be called from any thread.

    `readiness` names what must hold to serve, and whether it does; it never raises.
    """

    price_bill: Callable[[str, pricing.Usage, Period], pricing.PricedBill]
    quote_supply: Callable[[QuoteRequest], Quote]
    accept_quote: Callable[[Acceptance], Contract]
    invoice: Callable[[str], Invoice]
    invoice_names: InvoiceNames
    explain_invoice: Callable[[str], Explanation]
    readiness: Callable[[], Mapping[str, bool]]
