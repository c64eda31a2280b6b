"""Switches, claimants and a market registry in dictionaries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import attrs

from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.simulated.registry import RegistryBehaviour
from energyretail.application.switching import RegistryArrival
from energyretail.domain import switching
from energyretail.domain.parties import Customer
from energyretail.domain.shared import Conflict

__all__ = ["MemoryClaimFacts", "MemoryRegistry", "MemorySwitches"]


class MemorySwitches:
    """Implements the Switches port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def by_request(self, requests: Sequence[str]) -> tuple[switching.Switch, ...]:
        """Return those that exist, ordered by request."""
        table = self._store.table("switch")
        return tuple(table[request] for request in sorted(set(requests)) if request in table)

    def for_change(self, requests: Sequence[str]) -> tuple[switching.Switch, ...]:
        """Return those that exist, ordered by request; the store has one writer at a time."""
        self._store.writable("switch")
        return self.by_request(requests)

    def by_supply(self, supplies: Sequence[tuple[str, str]]) -> tuple[switching.Switch, ...]:
        """Return the switches not rejected of (contract, cups) pairs, ordered by request."""
        wanted = set(supplies)
        return tuple(
            switch
            for switch in self._all()
            if switch.state is not switching.SwitchState.REJECTED and _supply(switch) in wanted
        )

    def by_points(self, points: Sequence[str]) -> tuple[switching.Switch, ...]:
        """Return the switches not rejected of supply points, ordered by request."""
        wanted = {point[:20] for point in points}
        return tuple(
            switch
            for switch in self._all()
            if switch.state is not switching.SwitchState.REJECTED
            and switch.cups.value[:20] in wanted
        )

    def open_requested_before(self, day: date) -> tuple[switching.Switch, ...]:
        """Return those that wait for an answer and were requested before `day`."""
        return tuple(s for s in self._all() if s.is_open() and s.requested_on < day)

    def save(self, switches: Sequence[switching.Switch]) -> None:
        """Write switches; raises Conflict for two of one supply that are not rejected."""
        table = self._store.writable("switch")
        new = {s.request: _answered(table.get(s.request, s), s) for s in switches}
        after = table | new
        standing = [
            _supply(switch)
            for switch in after.values()
            if switch.state is not switching.SwitchState.REJECTED
        ]
        if len(standing) != len(set(standing)):
            raise Conflict("switching.switch.exists", "the supply has a switch already")
        table.update(new)

    def _all(self) -> tuple[switching.Switch, ...]:
        table = self._store.table("switch")
        return tuple(table[request] for request in sorted(table))


def _answered(known: switching.Switch, new: switching.Switch) -> switching.Switch:
    return attrs.evolve(
        known,
        state=new.state,
        expected_on=new.expected_on,
        activated_on=new.activated_on,
        rejections=new.rejections,
    )


def _supply(switch: switching.Switch) -> tuple[str, str]:
    return switch.contract, switch.cups.value


class MemoryClaimFacts:
    """Implements the ClaimFacts port over the customers of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def claimants(self, customers: Sequence[str]) -> Mapping[str, switching.Claimant]:
        """Return the known ones of `customers` by their number; we hold no telephone."""
        table = self._store.table("customer")
        return {number: _claimant(table[number]) for number in customers if number in table}


def _claimant(customer: Customer) -> switching.Claimant:
    person = customer.person
    return switching.Claimant(
        customer.number, person.name, person.tax_id, person.kind, email=person.email
    )


class MemoryRegistry:
    """Implements the Registry port: a register in memory, answering as the sandbox's does."""

    def __init__(self, behaviour: RegistryBehaviour, *, batch_size: int = 500):
        self._behaviour = behaviour
        self._batch_size = batch_size
        self._day = date.min
        self.told: dict[
            tuple[type, str], switching.Claim | switching.SupplyRelease | switching.SupplyEvent
        ] = {}
        self._due: list[tuple[date, RegistryArrival]] = []
        self._acknowledged: set[str] = set()

    def advance(self, day: date) -> None:
        """Move to `day`; what is due by then is shown from now on."""
        self._day = day

    def lay(self, arrival: RegistryArrival) -> None:
        """Lay a message into the inbox, visible at once."""
        self._due.append((self._day, arrival))

    def claim(self, claim: switching.Claim) -> None:
        """Take a claim once, and prepare its answers."""
        if self._take(claim):
            for due in self._behaviour.answers(claim):
                self._due.append((due.due, arrival_of(due.answer)))

    def release(self, release: switching.SupplyRelease) -> None:
        """Take a release once."""
        self._take(release)

    def notify(self, event: switching.SupplyEvent) -> None:
        """Take an event once."""
        self._take(event)

    def receive(self) -> tuple[RegistryArrival, ...]:
        """Return what is due and not acknowledged, in natural-key order."""
        shown = [
            arrival
            for due, arrival in self._due
            if due <= self._day and arrival.receipt not in self._acknowledged
        ]
        return tuple(sorted(shown, key=lambda arrival: arrival.receipt)[: self._batch_size])

    def acknowledge(self, receipts: Sequence[str]) -> None:
        """Show these no more."""
        self._acknowledged.update(receipts)

    def _take(
        self, told: switching.Claim | switching.SupplyRelease | switching.SupplyEvent
    ) -> bool:
        key = (type(told), told.request)
        if self.told.get(key, told) != told:
            raise Conflict(
                "registry.key_reused", "other words stand under that request", key=told.request
            )
        is_new = key not in self.told
        self.told[key] = told
        return is_new


_STEPS = {
    switching.ClaimAccepted: "accepted",
    switching.ClaimRejected: "rejected",
    switching.SupplyActivated: "activated",
}


def arrival_of(answer: switching.Answer) -> RegistryArrival:
    """Return an answer as it arrives in memory: its text is its bytes."""
    key = f"{answer.request}.{_STEPS[type(answer)]}"
    return RegistryArrival(key, key, repr(answer).encode(), "memory", answer)
