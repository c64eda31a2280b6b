"""What happened to mandates, collections, and payment files."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import attrs

from energyretail.domain.shared import (
    ContractNumber,
    CustomerNumber,
    EndToEndId,
    Event,
    InvoiceNumber,
    MandateReference,
    MessageId,
    Money,
)

__all__ = ["CollectionReturned", "MandateRegistered", "MandateStopped", "PaymentFileCreated"]


@attrs.frozen
class MandateRegistered(Event):
    """A mandate stands and may be used."""

    name: ClassVar[str] = "payments.mandate.registered"
    umr: MandateReference
    contract: ContractNumber
    customer: CustomerNumber


@attrs.frozen
class MandateStopped(Event):
    """A mandate may not be used for now, or ever again; `reason` is the bank's code."""

    name: ClassVar[str] = "payments.mandate.stopped"
    umr: MandateReference
    contract: ContractNumber
    reason: str


@attrs.frozen
class PaymentFileCreated(Event):
    """A payment file waits to go to the bank."""

    name: ClassVar[str] = "payments.file.created"
    msg_id: MessageId


@attrs.frozen
class CollectionReturned(Event):
    """A collection came back and the debt of its item is open again."""

    name: ClassVar[str] = "payments.collection.returned"
    end_to_end_id: EndToEndId
    item: InvoiceNumber
    customer: CustomerNumber
    amount: Money
    reason: str
    on: date
