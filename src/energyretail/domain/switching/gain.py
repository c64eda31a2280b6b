"""A gain: a supply point comes to us, from the request to the first day of supply."""

from __future__ import annotations

import enum
from datetime import date

import attrs

from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    Event,
    Invalid,
    Refused,
    RequestCode,
    Transition,
    TransitionTable,
)
from energyretail.domain.switching.events import (
    SwitchAccepted,
    SwitchActivated,
    SwitchRejected,
    SwitchRequested,
)
from energyretail.domain.switching.messages import (
    Answer,
    Claim,
    ClaimAccepted,
    ClaimRejected,
    SupplyActivated,
)

__all__ = [
    "GAIN",
    "Claimant",
    "Switch",
    "SwitchState",
    "SwitchTrigger",
    "request_switch",
    "take_answer",
]


class SwitchState(enum.Enum):
    """Where a gain stands. Whether the claim left the house is the outbox's business."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    ACTIVE = "active"
    REJECTED = "rejected"


class SwitchTrigger(enum.Enum):
    """What the registry tells."""

    ACCEPT = "accept"
    REJECT = "reject"
    ACTIVATE = "activate"


GAIN = TransitionTable(
    "switching.gain",
    SwitchState.REQUESTED,
    (
        Transition(
            SwitchState.REQUESTED,
            SwitchTrigger.ACCEPT,
            SwitchState.ACCEPTED,
            "the registry takes the claim (CNMC formats, C1 step 02 acceptance)",
        ),
        Transition(
            SwitchState.REQUESTED,
            SwitchTrigger.REJECT,
            SwitchState.REJECTED,
            "the registry refuses it with reasons (CNMC formats, C1 step 02 rejection, TABLA_27)",
        ),
        Transition(
            SwitchState.REQUESTED,
            SwitchTrigger.ACTIVATE,
            SwitchState.ACTIVE,
            "an activation that overtakes its acceptance implies it (C1 step 05 before 02)",
        ),
        Transition(
            SwitchState.ACCEPTED,
            SwitchTrigger.ACTIVATE,
            SwitchState.ACTIVE,
            "the registry has us as supplier from a day on (CNMC formats, C1 step 05)",
        ),
        Transition(
            SwitchState.ACCEPTED,
            SwitchTrigger.REJECT,
            SwitchState.REJECTED,
            "field work showed that it cannot be done (CNMC formats, C1 step 04)",
        ),
    ),
)


@attrs.frozen
class Claimant:
    """The customer as the claim names it, kept as it was on the day of the request.

    A claim sent again must carry the same words, whatever changed in between. `phone` and
    `email` may be empty.
    """

    customer: CustomerNumber
    name: str
    tax_id: str
    kind: CustomerKind
    email: str = ""
    phone: str = ""


@attrs.frozen
class Switch:
    """One gain under its request code; dates and reasons are there when the state has them.

    Raises Invalid ``switching.active_day`` (active goes with its day); ``switching.reasons``
    (rejected goes with reasons); ``switching.expected`` (accepted goes with a day).
    """

    request: RequestCode
    contract: ContractNumber
    cups: Cups
    claimant: Claimant
    requested_on: date
    wanted_on: date | None = None
    state: SwitchState = SwitchState.REQUESTED
    expected_on: date | None = None
    activated_on: date | None = None
    rejections: tuple[tuple[str, str], ...] = ()

    def __attrs_post_init__(self) -> None:
        if (self.state is SwitchState.ACTIVE) != (self.activated_on is not None):
            raise Invalid("switching.active_day", "active goes with its day", request=self.request)
        if (self.state is SwitchState.REJECTED) != bool(self.rejections):
            raise Invalid("switching.reasons", "rejected goes with reasons", request=self.request)
        if self.state is SwitchState.ACCEPTED and self.expected_on is None:
            raise Invalid("switching.expected", "accepted goes with a day", request=self.request)
        # What the registry will be told must be sayable: refuse it here, not when it is sent.
        self.claim()

    def claim(self) -> Claim:
        """Return what the registry is told."""
        return Claim(
            request=self.request,
            cups=self.cups,
            contract=self.contract,
            customer_name=self.claimant.name,
            customer_tax_id=self.claimant.tax_id,
            customer_kind=self.claimant.kind,
            phone=self.claimant.phone,
            email=self.claimant.email,
            requested_on=self.requested_on,
            wanted_on=self.wanted_on,
        )

    def is_open(self) -> bool:
        """Tell whether the registry still owes an answer."""
        return self.state not in GAIN.finals()


def request_switch(
    request: RequestCode,
    *,
    contract: ContractNumber,
    cups: Cups,
    claimant: Claimant,
    on: date,
    wanted_on: date | None,
) -> tuple[Switch, tuple[Event, ...]]:
    """Return a new switch under `request`; raises Invalid for what no registry would take."""
    switch = Switch(
        request=request,
        contract=contract,
        cups=cups,
        claimant=claimant,
        requested_on=on,
        wanted_on=wanted_on,
    )
    return switch, (SwitchRequested(request, contract, cups.value, on),)


def take_answer(switch: Switch, answer: Answer) -> tuple[Switch, tuple[Event, ...]]:
    """Return the switch after an answer of the registry, with what happened.

    An answer that says what is known already changes nothing and nothing happened. An
    acceptance after the activation it leads to only adds the day that was expected. Raises
    Refused ``switching.gain.not_allowed`` when the table has no row for it,
    ``switching.answer.other_request`` or ``.other_point`` when it is not about this switch.
    """
    if answer.request != switch.request:
        raise Refused(
            "switching.answer.other_request",
            "the answer is to another request",
            request=switch.request,
            answer=answer.request,
        )
    if isinstance(answer, ClaimAccepted):
        return _accept(switch, answer)
    if isinstance(answer, ClaimRejected):
        return _reject(switch, answer)
    return _activate(switch, answer)


def _accept(switch: Switch, answer: ClaimAccepted) -> tuple[Switch, tuple[Event, ...]]:
    known = switch.state in (SwitchState.ACCEPTED, SwitchState.ACTIVE)
    if known and switch.expected_on == answer.expected_on:
        return switch, ()
    if switch.state is SwitchState.ACTIVE and switch.expected_on is None:
        return attrs.evolve(switch, expected_on=answer.expected_on), ()
    state = GAIN.after(switch.state, SwitchTrigger.ACCEPT)
    event = SwitchAccepted(switch.request, switch.contract, switch.cups.value, answer.expected_on)
    return attrs.evolve(switch, state=state, expected_on=answer.expected_on), (event,)


def _reject(switch: Switch, answer: ClaimRejected) -> tuple[Switch, tuple[Event, ...]]:
    if switch.rejections == answer.reasons:
        return switch, ()
    state = GAIN.after(switch.state, SwitchTrigger.REJECT)
    codes = tuple(code for code, _ in answer.reasons)
    event = SwitchRejected(switch.request, switch.contract, switch.cups.value, codes)
    return attrs.evolve(switch, state=state, rejections=answer.reasons), (event,)


def _activate(switch: Switch, answer: SupplyActivated) -> tuple[Switch, tuple[Event, ...]]:
    # The last two characters name a measuring point and are often left out: not compared.
    if answer.cups != switch.cups:
        raise Refused(
            "switching.answer.other_point",
            "the activation names another supply point",
            request=switch.request,
            cups=switch.cups,
            answer=answer.cups,
        )
    if switch.activated_on == answer.on:
        return switch, ()
    state = GAIN.after(switch.state, SwitchTrigger.ACTIVATE)
    event = SwitchActivated(switch.request, switch.contract, switch.cups.value, answer.on)
    return attrs.evolve(switch, state=state, activated_on=answer.on), (event,)
