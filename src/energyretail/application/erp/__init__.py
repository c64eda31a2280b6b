"""What the ERP is told, and how a message whose end is unknown is resolved."""

from energyretail.application.erp.erp import (
    Erp,
    ErpContract,
    ErpCustomer,
    ErpEntry,
    ErpPosting,
    every_entry,
)
from energyretail.application.erp.senders import (
    ErpFacts,
    SendContract,
    SendCustomer,
    SendEntry,
    erp_entry,
)

__all__ = [
    "Erp",
    "ErpContract",
    "ErpCustomer",
    "ErpEntry",
    "ErpFacts",
    "ErpPosting",
    "SendContract",
    "SendCustomer",
    "SendEntry",
    "erp_entry",
    "every_entry",
]
