"""What every use case may need: the clock, the transaction, the outbox, the events."""

from energyretail.application.shared.clock import Clock
from energyretail.application.shared.events import Events
from energyretail.application.shared.outbox import (
    Channel,
    Claimed,
    Delivery,
    DeliveryState,
    Message,
    Outbox,
)
from energyretail.application.shared.relay import Sender
from energyretail.application.shared.work import Transaction, Work

__all__ = [
    "Channel",
    "Claimed",
    "Clock",
    "Delivery",
    "DeliveryState",
    "Events",
    "Message",
    "Outbox",
    "Sender",
    "Transaction",
    "Work",
]
