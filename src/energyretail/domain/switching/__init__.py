"""Supply points that come to us: requested, answered by the market registry, active or rejected."""

from energyretail.domain.switching.events import (
    SwitchAccepted,
    SwitchActivated,
    SwitchRejected,
    SwitchRequested,
)
from energyretail.domain.switching.gain import (
    GAIN,
    Claimant,
    Switch,
    SwitchState,
    SwitchTrigger,
    request_switch,
    take_answer,
)
from energyretail.domain.switching.messages import (
    Answer,
    Claim,
    ClaimAccepted,
    ClaimRejected,
    EventKind,
    SupplyActivated,
    SupplyEvent,
    SupplyRelease,
)
from energyretail.domain.switching.rules import (
    RejectionReason,
    SwitchingDeadline,
    SwitchingRules,
)

__all__ = [
    "GAIN",
    "Answer",
    "Claim",
    "ClaimAccepted",
    "ClaimRejected",
    "Claimant",
    "EventKind",
    "RejectionReason",
    "SupplyActivated",
    "SupplyEvent",
    "SupplyRelease",
    "Switch",
    "SwitchAccepted",
    "SwitchActivated",
    "SwitchRejected",
    "SwitchRequested",
    "SwitchState",
    "SwitchTrigger",
    "SwitchingDeadline",
    "SwitchingRules",
    "request_switch",
    "take_answer",
]
