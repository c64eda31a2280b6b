"""Requests the switch of supplies that a contract wants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import attrs

from energyretail.application.shared import (
    Channel,
    Clock,
    Events,
    Message,
    Numbers,
    Outbox,
    WorkList,
)
from energyretail.application.switching.ports import ClaimFacts, Switches
from energyretail.domain import switching
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import (
    ContractNumber,
    Cups,
    CustomerNumber,
    DomainError,
    Event,
    NotFound,
    Refused,
    RequestCode,
    request_code,
)

__all__ = ["CLAIM_KIND", "RequestSwitch", "WantedSupply"]

CLAIM_KIND: Final = "claim"
SERIES: Final = "switch"


@attrs.frozen(order=True)
class WantedSupply:
    """A supply point a contract wants from `from_day` on; ordered by (cups, contract)."""

    cups: str
    contract: ContractNumber
    customer: CustomerNumber
    from_day: date = attrs.field(order=False)


class RequestSwitch:
    """Give each wanted supply a request code and a claim in the outbox.

    Part of the open transaction: it answers an event of contracts. Codes are given in
    natural-key order (cups, then contract). A supply with a switch that is not rejected is
    left as it is. A supply that cannot be claimed goes to the work list; the others go on: so
    does a point that another contract of ours has or is claiming (``switching.point_in_hand``).
    """

    def __init__(
        self,
        switches: Switches,
        facts: ClaimFacts,
        numbers: Numbers,
        outbox: Outbox,
        work_list: WorkList,
        events: Events,
        clock: Clock,
        rules: switching.SwitchingRules,
    ):
        self._switches = switches
        self._facts = facts
        self._numbers = numbers
        self._outbox = outbox
        self._work_list = work_list
        self._events = events
        self._clock = clock
        self._rules = rules

    def __call__(self, wanted: Sequence[WantedSupply]) -> tuple[RequestCode, ...]:
        """Request the switches of `wanted`; return the new request codes."""
        new = self._without_known(wanted)
        if not new:
            return ()
        today = self._clock.today()
        claimants = self._facts.claimants(sorted({each.customer for each in new}))
        in_hand = self._in_hand(new)
        made: list[tuple[switching.Switch, tuple[Event, ...]]] = []
        parked: list[WorkItem] = []
        codes = (request_code(today, n) for n in self._numbers.take(SERIES, len(new)))
        for each, code in zip(new, codes, strict=True):
            try:
                _refuse_in_hand(each, in_hand)
                made.append(self._decide(each, code, claimants, today))
                in_hand[each.cups[:20]] = each.contract
            except DomainError as error:
                parked.append(_not_claimed(each, error, today))
        self._switches.save([switch for switch, _ in made])
        self._outbox.add([_message(switch) for switch, _ in made])
        self._work_list.add(parked)
        self._events.record([event for _, events in made for event in events])
        return tuple(switch.request for switch, _ in made)

    def _without_known(self, wanted: Sequence[WantedSupply]) -> list[WantedSupply]:
        each_once = {(each.contract, each.cups): each for each in wanted}
        known = {
            (switch.contract, switch.cups.value)
            for switch in self._switches.by_supply(sorted(each_once))
        }
        return sorted(each for pair, each in each_once.items() if pair not in known)

    def _in_hand(self, wanted: Sequence[WantedSupply]) -> dict[str, ContractNumber]:
        """Return which contract has or claims each point, by its first twenty characters."""
        standing = self._switches.by_points(sorted({each.cups for each in wanted}))
        return {switch.cups.value[:20]: switch.contract for switch in standing}

    def _decide(
        self,
        wanted: WantedSupply,
        code: RequestCode,
        claimants: Mapping[str, switching.Claimant],
        today: date,
    ) -> tuple[switching.Switch, tuple[Event, ...]]:
        if wanted.customer not in claimants:
            raise NotFound(
                "switching.claimant.unknown", "no such customer", customer=wanted.customer
            )
        return switching.request_switch(
            code,
            contract=wanted.contract,
            cups=Cups(wanted.cups),
            claimant=claimants[wanted.customer],
            on=today,
            wanted_on=self._rules.wanted_day(today, wanted.from_day),
        )


def _refuse_in_hand(wanted: WantedSupply, in_hand: Mapping[str, ContractNumber]) -> None:
    holder = in_hand.get(wanted.cups[:20], wanted.contract)
    if holder != wanted.contract:
        raise Refused(
            "switching.point_in_hand",
            "another contract of ours has the supply point or is claiming it",
            contract=holder,
        )


def _message(switch: switching.Switch) -> Message:
    return Message(Channel.REGISTRY, CLAIM_KIND, switch.request)


def _not_claimed(wanted: WantedSupply, error: DomainError, today: date) -> WorkItem:
    return WorkItem(
        kind="switch",
        key=f"{wanted.contract}.{wanted.cups}",
        code=error.code,
        text=f"{wanted.cups} of contract {wanted.contract} was not claimed: {error}",
        way_out="correct the contract or the customer, then request the switch again",
        raised_on=today,
    )
