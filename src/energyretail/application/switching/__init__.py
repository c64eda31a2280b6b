"""Claims supply points at the market registry, and follows its answers."""

from energyretail.application.switching.ports import (
    ClaimFacts,
    Registry,
    RegistryArrival,
    Switches,
)
from energyretail.application.switching.receive_messages import (
    ReceiveRegistryMessages,
    RegistryReceipt,
)
from energyretail.application.switching.request_switches import (
    CLAIM_KIND,
    RequestSwitch,
    WantedSupply,
)
from energyretail.application.switching.send_claim import SendClaim
from energyretail.application.switching.shelves import SwitchShelf
from energyretail.application.switching.watch_deadlines import WatchSwitchDeadlines

__all__ = [
    "CLAIM_KIND",
    "ClaimFacts",
    "ReceiveRegistryMessages",
    "Registry",
    "RegistryArrival",
    "RegistryReceipt",
    "RequestSwitch",
    "SendClaim",
    "SwitchShelf",
    "Switches",
    "WantedSupply",
    "WatchSwitchDeadlines",
]
