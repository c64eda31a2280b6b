"""Strategies for switches, what a registry answers, and the orders its messages come in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TypeVar

from hypothesis import strategies as st

from energyretail.domain import switching
from energyretail.domain.shared import Cups, contract_number, customer_number, request_code
from energyretail.testing.strategies.parties import people
from energyretail.testing.strategies.shared import cups, days

__all__ = ["answers", "message_orders", "switches"]

T = TypeVar("T")

_REASONS = (("01", "no such point"), ("03", "tax id does not fit"), ("37", "other reasons"))


@st.composite
def switches(
    draw: st.DrawFn, state: switching.SwitchState | None = None, *, point: Cups | None = None
) -> switching.Switch:
    """Switches in every state, or in the one given, reached by the registry's own answers."""
    wanted = state or draw(st.sampled_from(switching.SwitchState))
    requested_on, person = draw(days()), draw(people())
    ahead = st.integers(0, 60).map(lambda n: requested_on + timedelta(days=n))
    switch, _ = switching.request_switch(
        request_code(requested_on, draw(st.integers(1, 999_999))),
        contract=contract_number(draw(st.integers(1, 999_999))),
        cups=point or draw(cups()),
        claimant=switching.Claimant(
            customer_number(draw(st.integers(1, 999_999))),
            person.name,
            person.tax_id,
            person.kind,
            person.email,
        ),
        on=requested_on,
        wanted_on=draw(st.none() | ahead),
    )
    for answer in draw(_way(switch, wanted)):
        switch, _ = switching.take_answer(switch, answer)
    return switch


@st.composite
def _way(
    draw: st.DrawFn, switch: switching.Switch, wanted: switching.SwitchState
) -> tuple[switching.Answer, ...]:
    accepted, rejected, activated = draw(_one_of_each(switch))
    before = (accepted,) if draw(st.booleans()) else ()
    return {
        switching.SwitchState.REQUESTED: (),
        switching.SwitchState.ACCEPTED: (accepted,),
        switching.SwitchState.REJECTED: (*before, rejected),
        switching.SwitchState.ACTIVE: (*before, activated),
    }[wanted]


@st.composite
def _one_of_each(
    draw: st.DrawFn, switch: switching.Switch
) -> tuple[switching.ClaimAccepted, switching.ClaimRejected, switching.SupplyActivated]:
    on = switch.requested_on + timedelta(days=draw(st.integers(1, 10)))
    reasons = draw(st.lists(st.sampled_from(_REASONS), min_size=1, max_size=3, unique=True))
    # The last two characters name a measuring point and may be left out.
    named = Cups(switch.cups.value[:20]) if draw(st.booleans()) else switch.cups
    return (
        switching.ClaimAccepted(switch.request, on),
        switching.ClaimRejected(switch.request, tuple(reasons)),
        switching.SupplyActivated(switch.request, named, on),
    )


def answers(switch: switching.Switch) -> st.SearchStrategy[switching.Answer]:
    """What a registry may say to a request: accepted, rejected, activated."""
    return _one_of_each(switch).flatmap(st.sampled_from)


@st.composite
def message_orders(
    draw: st.DrawFn, messages: Sequence[T], *, losing: bool = True, repeats_max: int = 3
) -> tuple[T, ...]:
    """`messages` as a careless carrier brings them: reordered, repeated and, if `losing`, lost."""
    kept = [one for one in messages if not (losing and draw(st.integers(0, 4)) == 4)]
    again = draw(st.lists(st.sampled_from(kept), max_size=repeats_max)) if kept else []
    return tuple(draw(st.permutations([*kept, *again])))
