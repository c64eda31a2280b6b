"""A random walk over customers, quotes and contracts that two implementations must agree on."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Final

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from energyretail.domain.contracts import Contract, ContractState, Quote
from energyretail.domain.parties import Customer, CustomerKind
from energyretail.domain.shared import contract_number, customer_number, quote_number
from energyretail.domain.supply import Supply, SupplyState
from energyretail.testing.conformance.contracts import (
    ContractsWorld,
    contract_of,
    customer_of,
    person_of,
    quote_of,
    site_of,
)
from energyretail.testing.outcomes import outcome

__all__ = ["ContractsMachine"]

_NUMBERS: Final = (1, 2, 3)
_DAYS: Final = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
_numbers = st.sampled_from(_NUMBERS)


@st.composite
def _supplies(draw: st.DrawFn, number: int) -> tuple[Supply, ...]:
    """One or two supplies in any state, of a point that is the next contract's too."""
    points = draw(st.sets(st.sampled_from([number, number % 3 + 1]), min_size=1))
    return tuple(draw(_supply(point)) for point in sorted(points))


@st.composite
def _supply(draw: st.DrawFn, point: int) -> Supply:
    state = draw(st.sampled_from(SupplyState))
    start, end = sorted(draw(st.lists(st.sampled_from(_DAYS), min_size=2, max_size=2, unique=True)))
    begun = state in (SupplyState.ACTIVE, SupplyState.ENDED)
    ended = state is SupplyState.ENDED
    return Supply(site_of(point), state, start if begun else None, end if ended else None)


@st.composite
def _contracts(draw: st.DrawFn) -> Contract:
    number = draw(_numbers)
    made = contract_of(number, *draw(_supplies(number)), customer=draw(_numbers))
    return attrs.evolve(made, kind=draw(st.sampled_from(CustomerKind)))


class ContractsMachine(RuleBasedStateMachine):
    """Save the same in both worlds; each save succeeds or is refused in both alike."""

    def __init__(self, one: ContractsWorld, other: ContractsWorld):
        super().__init__()
        self.worlds = (one, other)

    @initialize()
    def know_the_customers(self) -> None:
        """Begin with everybody a contract may be of."""
        self._save(*(customer_of(number) for number in _NUMBERS))

    @rule(number=_numbers, other=st.integers(0, 3), swap=st.booleans())
    def save_customer(self, number: int, other: int, swap: bool) -> None:
        """A customer changes its name and tax id, perhaps its kind, perhaps to another's."""
        who = {1: 2, 2: 1, 3: 3}[number] if swap else number
        self._save(Customer(customer_number(number), person_of(who + other)))

    @rule(number=_numbers, as_number=_numbers, points=st.sets(_numbers, min_size=1))
    def save_quote(self, number: int, as_number: int, points: set[int]) -> None:
        """A quote under its own reference, or one that another quote has."""
        quote = quote_of(number, points=sorted(points))
        self._save(quote if number == as_number else _renumbered(quote, as_number))

    # One at a time: the database looks at row after row, and a start taken back in the same
    # save, which no process does, could hide or make a clash between two rows.
    @rule(contract=_contracts())
    def save_contract(self, contract: Contract) -> None:
        """A contract whose points another may have then."""
        self._save(contract)

    @rule(contract=_contracts())
    def forget(self, contract: Contract) -> None:
        """Save and leave without a commit."""
        one, other = (outcome(partial(_undone, world, contract)) for world in self.worlds)
        assert one == other

    @invariant()
    def the_worlds_agree(self) -> None:
        """Whatever is asked is answered alike."""
        one, other = (_seen(world) for world in self.worlds)
        assert one == other

    def _save(self, *things: Customer | Quote | Contract) -> None:
        one, other = (outcome(partial(world.save, *things)) for world in self.worlds)
        assert one == other


def _renumbered(quote: Quote, number: int) -> Quote:
    return attrs.evolve(quote, number=quote_number(number))


def _undone(world: ContractsWorld, contract: Contract) -> None:
    with world.work():
        world.contracts.save([contract])


def _seen(world: ContractsWorld) -> object:
    quotes = [quote_number(number) for number in _NUMBERS]
    return (
        world.customers.by_numbers([customer_number(number) for number in _NUMBERS]),
        [world.customers.by_tax_id(person_of(who).tax_id) for who in range(1, 7)],
        world.quotes.by_numbers(quotes),
        [world.quotes.by_reference(f"web-{number}") for number in _NUMBERS],
        [outcome(partial(world.quotes.by_number, number)) for number in quotes],
        world.contracts.by_numbers([contract_number(number) for number in _NUMBERS]),
        [world.contracts.in_state(state) for state in ContractState],
    )
