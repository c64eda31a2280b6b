"""Let a home withdraw from its contract."""

from __future__ import annotations

from energyretail.application.contracts.ports import Contracts
from energyretail.application.shared import Clock, Events, Work
from energyretail.domain.contracts import Contract
from energyretail.domain.shared import NotFound

__all__ = ["WithdrawContract"]


class WithdrawContract:
    """Withdraw within fourteen days of the signature, without a reason (Dir. 2011/83/EU art. 9)."""

    def __init__(self, *, work: Work, clock: Clock, events: Events, contracts: Contracts):
        self._work = work
        self._clock = clock
        self._events = events
        self._contracts = contracts

    def __call__(self, number: str) -> Contract:
        """Return the withdrawn contract; raises NotFound, or Refused when it is too late."""
        with self._work() as transaction:
            found = self._contracts.by_numbers([number])
            if not found:
                raise NotFound("contracts.contract.unknown", "no such contract", contract=number)
            contract, events = found[0].withdraw(on=self._clock.today())
            self._contracts.save([contract])
            self._events.record(events)
            transaction.commit()
        return contract
