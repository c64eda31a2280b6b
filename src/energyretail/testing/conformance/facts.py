"""What every implementation of the ports promises that say who a customer is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import attrs

from energyretail.application.erp import ErpContract, ErpCustomer, ErpFacts
from energyretail.application.payments import Debtors
from energyretail.application.shared import Books, Work
from energyretail.application.switching import ClaimFacts
from energyretail.domain import payments, switching
from energyretail.domain.contracts import Contract
from energyretail.domain.ledger import Entry
from energyretail.domain.parties import Customer
from energyretail.domain.supply import Supply
from energyretail.testing.conformance.contracts import (
    DAY,
    contract_of,
    customer_of,
    point,
    site_of,
)
from energyretail.testing.conformance.ledger import bill_entry

__all__ = [
    "ClaimFactsConformance",
    "DebtorsConformance",
    "ErpFactsConformance",
    "FactsWorld",
]


class _SavesCustomers(Protocol):
    def save(self, customers: Sequence[Customer], /) -> None: ...


class _SavesContracts(Protocol):
    def save(self, contracts: Sequence[Contract], /) -> None: ...


@attrs.frozen
class FactsWorld:
    """One implementation, empty, with what it takes to fill it."""

    work: Work
    customers: _SavesCustomers
    contracts: _SavesContracts
    books: Books
    claim_facts: ClaimFacts
    debtors: Debtors
    erp_facts: ErpFacts

    def keep(self, *things: Customer | Contract | Entry) -> None:
        """Keep things in one committed transaction."""
        with self.work() as transaction:
            self.customers.save([one for one in things if isinstance(one, Customer)])
            self.contracts.save([one for one in things if isinstance(one, Contract)])
            self.books.post([one for one in things if isinstance(one, Entry)])
            transaction.commit()


class ClaimFactsConformance:
    """Subclass and give a fixture `world` that returns an empty FactsWorld."""

    def test_says_of_a_customer_what_a_claim_says(self, world: FactsWorld) -> None:
        one, two = customer_of(1), customer_of(3)
        world.keep(one, two)

        told = world.claim_facts.claimants([one.number, two.number])

        assert told == {
            each.number: switching.Claimant(
                each.number,
                each.person.name,
                each.person.tax_id,
                each.person.kind,
                email=each.person.email,
            )
            for each in (one, two)
        }

    def test_leaves_out_whom_it_does_not_know(self, world: FactsWorld) -> None:
        world.keep(customer_of(1))

        assert list(world.claim_facts.claimants(["C000009", "C000001"])) == ["C000001"]
        assert world.claim_facts.claimants([]) == {}


class DebtorsConformance:
    """Subclass and give a fixture `world` that returns an empty FactsWorld."""

    def test_names_a_customer_as_the_bank_must_know_it(self, world: FactsWorld) -> None:
        customer = customer_of(1)
        world.keep(customer, customer_of(2))
        address = customer.person.address

        assert world.debtors.parties([customer.number]) == {
            customer.number: payments.Party(
                customer.person.name,
                address.town,
                address.country,
                address.street,
                address.postcode,
            )
        }

    def test_leaves_out_whom_it_does_not_know(self, world: FactsWorld) -> None:
        world.keep(customer_of(1))

        assert list(world.debtors.parties(["C000009", "C000001"])) == ["C000001"]
        assert world.debtors.parties([]) == {}


class ErpFactsConformance:
    """Subclass and give a fixture `world` that returns an empty FactsWorld."""

    def test_tells_customers_once_in_order_of_number(self, world: FactsWorld) -> None:
        world.keep(customer_of(1), customer_of(3))

        found = world.erp_facts.customers(["C000003", "C000001", "C000009", "C000001"])

        assert found == (_erp_customer(customer_of(1)), _erp_customer(customer_of(3)))
        assert world.erp_facts.customers([]) == ()

    def test_tells_contracts_with_their_points_in_order(self, world: FactsWorld) -> None:
        world.keep(customer_of(1))
        contract = contract_of(1, Supply(site_of(7)), Supply(site_of(2)))
        world.keep(contract_of(4), contract)

        told = world.erp_facts.contracts(["K000004", "K000001", "K000009"])

        points = (point(2).value, point(7).value)
        assert [one.number for one in told] == ["K000001", "K000004"]
        assert told[0] == ErpContract(
            contract.number, contract.customer, contract.product, "unsigned", None, points
        )

    def test_tells_a_contract_as_it_is_now(self, world: FactsWorld) -> None:
        world.keep(customer_of(1), contract_of(1))
        started = contract_of(1, Supply(site_of(1)).request().activate(DAY))
        world.keep(started)

        (told,) = world.erp_facts.contracts(["K000001"])

        assert (told.state, told.signed_on) == ("active", DAY)

    def test_tells_entries_oldest_first_as_they_were_posted(self, world: FactsWorld) -> None:
        first, second = bill_entry("b", "F1", 100), bill_entry("a", "F2", -7)
        world.keep(first)
        world.keep(second)

        assert world.erp_facts.entries(["a", "nothing", "b"]) == (first, second)
        assert world.erp_facts.entries([]) == ()


def _erp_customer(customer: Customer) -> ErpCustomer:
    person, address = customer.person, customer.person.address
    return ErpCustomer(
        customer.number,
        person.kind.value,
        person.name,
        person.tax_id,
        person.email,
        address.street,
        address.postcode,
        address.town,
        address.country,
        person.language,
    )
