"""Start the contracts whose cooling-off is over, and give up those never signed."""

from __future__ import annotations

import attrs

from energyretail.application.contracts.ports import Contracts
from energyretail.application.shared import Clock, Events, Work
from energyretail.domain.contracts import UNSIGNED_DAYS, Contract, ContractState
from energyretail.domain.shared import Event

__all__ = ["AdvanceContracts", "Advanced"]


@attrs.frozen
class Advanced:
    """How many contracts were started and how many lapsed."""

    started: int
    lapsed: int


class AdvanceContracts:
    """Do what the business day makes due on contracts.

    A signed contract starts on the first day it may: its supply points are claimed at the
    registry. One not signed in thirty days lapses.
    """

    def __init__(self, *, work: Work, clock: Clock, events: Events, contracts: Contracts):
        self._work = work
        self._clock = clock
        self._events = events
        self._contracts = contracts

    def __call__(self) -> Advanced:
        """Advance all that is due; doing it again the same day changes nothing."""
        today = self._clock.today()
        with self._work() as transaction:
            cooling = self._contracts.in_state(ContractState.COOLING_OFF)
            unsigned = self._contracts.in_state(ContractState.UNSIGNED)
            ready = [c for c in cooling if c.starts_on_or_after and c.starts_on_or_after <= today]
            stale = [c for c in unsigned if (today - c.accepted_on).days >= UNSIGNED_DAYS]
            started = [contract.start(on=today) for contract in ready]
            lapsed = [contract.lapse(on=today) for contract in stale]
            self._save([*started, *lapsed])
            transaction.commit()
        return Advanced(len(started), len(lapsed))

    def _save(self, decisions: list[tuple[Contract, tuple[Event, ...]]]) -> None:
        self._contracts.save([contract for contract, _ in decisions])
        self._events.record([event for _, events in decisions for event in events])
