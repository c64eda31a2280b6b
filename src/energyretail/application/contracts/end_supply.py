"""End the supply of a point."""

from __future__ import annotations

from datetime import date

from energyretail.application.contracts.ports import Contracts
from energyretail.application.shared import Clock, Events, Work
from energyretail.domain.contracts import Contract
from energyretail.domain.shared import Cups, NotFound

__all__ = ["EndSupply"]


class EndSupply:
    """End our supply of a point under a contract: another supplier has it, or nobody.

    Rules: the end is a day that has come, after the first day of supply; the final bill reaches
    exactly that day, and until it does a person sees what is missing. A contract ends with its
    last supply. Ending again on the same day changes nothing, on another day is refused: what
    was billed to that day stays true.
    """

    def __init__(self, *, work: Work, clock: Clock, events: Events, contracts: Contracts):
        self._work = work
        self._clock = clock
        self._events = events
        self._contracts = contracts

    def __call__(self, number: str, cups: str, *, on: date) -> Contract:
        """Return the contract with the supply that ended; `on` is the first day without us.

        Raises NotFound ``contracts.contract.unknown`` or ``contracts.supply``, and Refused where
        the rules forbid it.
        """
        with self._work() as transaction:
            found = self._contracts.by_numbers([number])
            if not found:
                raise NotFound("contracts.contract.unknown", "no such contract", contract=number)
            contract, events = found[0].end(Cups(cups), on=on, today=self._clock.today())
            self._contracts.save([contract])
            self._events.record(events)
            transaction.commit()
        return contract
