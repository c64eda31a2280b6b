"""What happens to customers."""

from __future__ import annotations

from typing import ClassVar

import attrs

from energyretail.domain.shared import CustomerNumber, Event

__all__ = ["CustomerChanged"]


@attrs.frozen
class CustomerChanged(Event):
    """Name, address, e-mail or language are others from this version of the customer on."""

    name: ClassVar[str] = "parties.customer.changed"
    customer: CustomerNumber
    customer_version: int
