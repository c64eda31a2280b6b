"""Let contracts follow what the registry decided."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from energyretail.application.contracts.ports import Contracts
from energyretail.application.shared import Events
from energyretail.domain.contracts import Contract
from energyretail.domain.shared import ContractNumber, Cups, Event

__all__ = ["FollowSwitches"]


class FollowSwitches:
    """Start supplies that became ours and note the claims that were rejected.

    Runs inside the transaction in which the switches were decided.
    """

    def __init__(self, *, events: Events, contracts: Contracts):
        self._events = events
        self._contracts = contracts

    def activated(self, supplies: Sequence[tuple[ContractNumber, str, date]]) -> None:
        """Start the supplies given as (contract, cups, first day)."""
        first_day = {(contract, cups): day for contract, cups, day in supplies}
        self._apply(
            first_day,
            lambda contract, cups: contract.activate(
                Cups(cups), on=first_day[(contract.number, cups)]
            ),
        )

    def rejected(self, supplies: Sequence[tuple[ContractNumber, str]]) -> None:
        """Note the rejected claims given as (contract, cups)."""
        self._apply(supplies, lambda contract, cups: contract.refuse(Cups(cups)))

    def _apply(
        self,
        supplies: Iterable[tuple[ContractNumber, str]],
        decide: Callable[[Contract, str], tuple[Contract, tuple[Event, ...]]],
    ) -> None:
        pairs = sorted(supplies)
        contracts = {
            contract.number: contract
            for contract in self._contracts.by_numbers(sorted({number for number, _ in pairs}))
        }
        happened: list[Event] = []
        for number, cups in pairs:
            contracts[number], events = decide(contracts[number], cups)
            happened += events
        self._contracts.save(list(contracts.values()))
        self._events.record(happened)
