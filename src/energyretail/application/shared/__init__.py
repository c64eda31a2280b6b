"""What every use case may need: the ports that belong to no subdomain."""

from energyretail.application.shared.beside import Begin, Beside
from energyretail.application.shared.books import Books
from energyretail.application.shared.clock import Clock
from energyretail.application.shared.events import Events
from energyretail.application.shared.inbox import Inbox, Kept, Received, Settled
from energyretail.application.shared.jobs import Jobs
from energyretail.application.shared.numbers import Numbers
from energyretail.application.shared.once import Answer, Once
from energyretail.application.shared.outbox import (
    Channel,
    Claimed,
    Delivery,
    DeliveryState,
    Message,
    Outbox,
)
from energyretail.application.shared.pages import PAGE_MAX, Page, page_of
from energyretail.application.shared.relay import Sender
from energyretail.application.shared.work import Transaction, Whole, Work
from energyretail.application.shared.work_list import WorkList

__all__ = [
    "PAGE_MAX",
    "Answer",
    "Begin",
    "Beside",
    "Books",
    "Channel",
    "Claimed",
    "Clock",
    "Delivery",
    "DeliveryState",
    "Events",
    "Inbox",
    "Jobs",
    "Kept",
    "Message",
    "Numbers",
    "Once",
    "Outbox",
    "Page",
    "Received",
    "Sender",
    "Settled",
    "Transaction",
    "Whole",
    "Work",
    "WorkList",
    "page_of",
]
