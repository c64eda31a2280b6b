"""What every implementation of the ports of contracts promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import attrs
import pytest

from energyretail.application.contracts import Contracts, Customers, Quotes
from energyretail.application.shared import Work
from energyretail.domain.contracts import (
    Contract,
    ContractState,
    Quote,
    QuoteState,
    Signature,
    SitePrice,
)
from energyretail.domain.parties import Address, Customer, CustomerKind, Person
from energyretail.domain.shared import (
    Conflict,
    Cups,
    Iban,
    Money,
    NotFound,
    Power,
    PowerUnit,
    contract_number,
    customer_number,
    quote_number,
)
from energyretail.domain.supply import Site, Supply, SupplyState

__all__ = [
    "ContractsConformance",
    "ContractsWorld",
    "CustomersConformance",
    "QuotesConformance",
    "contract_of",
    "customer_of",
    "person_of",
    "point",
    "quote_of",
    "site_of",
]

DAY = date(2026, 3, 2)
APRIL, MAY, JUNE = date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1)


@attrs.frozen
class ContractsWorld:
    """One implementation, empty."""

    work: Work
    customers: Customers
    quotes: Quotes
    contracts: Contracts

    def save(self, *things: Customer | Quote | Contract) -> None:
        """Save things in one committed transaction."""
        with self.work() as transaction:
            self.customers.save([one for one in things if isinstance(one, Customer)])
            self.quotes.save([one for one in things if isinstance(one, Quote)])
            self.contracts.save([one for one in things if isinstance(one, Contract)])
            transaction.commit()


def point(number: int) -> Cups:
    """Return the `number`-th supply point."""
    return Cups.of_digits(f"0021{number:012d}")


def person_of(number: int) -> Person:
    """Return the `number`-th person; every third is a company."""
    kind = CustomerKind.HOME if number % 3 else CustomerKind.COMPANY
    address = Address("Calle Ancha, 1", "24003", "León", "ES")
    return Person(kind, f"Zoé {number}", f"{number:08d}Z", f"z{number}@example.org", address)


def customer_of(number: int) -> Customer:
    """Return the `number`-th customer."""
    return Customer(customer_number(number), person_of(number))


def site_of(number: int) -> Site:
    """Return the `number`-th site, with powers in two units."""
    """Return the site of the `number`-th supply point."""
    powers = (("P2", Power("4.60")), ("P1", Power("5.75", PowerUnit.KVA)))
    return Site(point(number), "2.0TD-FIJO", powers)


def quote_of(number: int, *, points: Sequence[int] = ()) -> Quote:
    """Return the `number`-th quote, for `points` (else its own number)."""
    return Quote(
        number=quote_number(number),
        reference=f"web-{number}",
        person=person_of(number),
        product="2.0TD-FIJO",
        sites=tuple(
            SitePrice(site_of(each), 250, Money("64.56", "EUR")) for each in points or (number,)
        ),
        quoted_on=DAY,
    )


def contract_of(number: int, *supplies: Supply, customer: int = 1) -> Contract:
    """Return the `number`-th contract, unsigned unless it supplies."""
    started = any(supply.started_on for supply in supplies)
    return Contract(
        number=contract_number(number),
        quote=quote_number(number),
        customer=customer_number(customer),
        kind=person_of(customer).kind,
        product="2.0TD-FIJO",
        iban=Iban("ES9121000418450200051332"),
        accepted_on=DAY,
        early_start=True,
        document_sha256="ab" * 32,
        supplies=supplies or (Supply(site_of(number)),),
        state=ContractState.ACTIVE if started else ContractState.UNSIGNED,
        signature=Signature(DAY, "evidence") if started else None,
    )


def supplied(number: int, start: date = APRIL, end: date | None = None) -> Supply:
    """Return a supply of the `number`-th site, running or ended."""
    state = SupplyState.ENDED if end else SupplyState.ACTIVE
    return Supply(site_of(number), state, start, end)


class CustomersConformance:
    """Subclass in a test and give a fixture `world` that returns an empty ContractsWorld."""

    def test_are_given_back_as_they_were_in_order_of_number(self, world: ContractsWorld) -> None:
        world.save(customer_of(3), customer_of(1), customer_of(2))

        found = world.customers.by_numbers(["C000003", "C000001", "C000003", "C000009"])

        assert found == (customer_of(1), customer_of(3))
        assert world.customers.by_numbers([]) == ()

    def test_are_found_by_tax_id(self, world: ContractsWorld) -> None:
        world.save(customer_of(1), customer_of(2))

        assert world.customers.by_tax_id("00000002Z") == customer_of(2)
        assert world.customers.by_tax_id("00000009Z") is None

    def test_are_replaced_by_number(self, world: ContractsWorld) -> None:
        world.save(customer_of(1))
        moved = Customer(customer_number(1), attrs.evolve(person_of(5), language="ca"), version=7)

        world.save(moved)

        assert world.customers.by_numbers(["C000001"]) == (moved,)

    def test_are_one_for_each_tax_id(self, world: ContractsWorld) -> None:
        world.save(customer_of(1))

        with pytest.raises(Conflict) as refused:
            world.save(Customer(customer_number(2), person_of(1)))

        assert refused.value.code == "parties.tax_id_taken"
        assert world.customers.by_numbers(["C000002"]) == ()


class QuotesConformance:
    """Subclass in a test and give a fixture `world` that returns an empty ContractsWorld."""

    def test_are_given_back_as_they_were_in_order_of_number(self, world: ContractsWorld) -> None:
        world.save(quote_of(2), quote_of(1, points=(9, 7, 8)))

        found = world.quotes.by_numbers(["Q000002", "Q000009", "Q000001"])

        assert found == (quote_of(1, points=(9, 7, 8)), quote_of(2))
        assert world.quotes.by_numbers([]) == ()

    def test_are_found_by_the_reference_of_the_caller(self, world: ContractsWorld) -> None:
        world.save(quote_of(1), quote_of(2))

        assert world.quotes.by_reference("web-2") == quote_of(2)
        assert world.quotes.by_reference("web-9") is None

    def test_are_found_by_number_or_refused(self, world: ContractsWorld) -> None:
        world.save(quote_of(1))

        assert world.quotes.by_number("Q000001") == quote_of(1)
        with pytest.raises(NotFound) as missing:
            world.quotes.by_number("Q000002")
        assert missing.value.code == "contracts.quote.unknown"

    def test_are_replaced_by_number(self, world: ContractsWorld) -> None:
        world.save(quote_of(1))
        changed = attrs.evolve(
            quote_of(1, points=(4,)),
            reference="post-1",
            state=QuoteState.ACCEPTED,
            contract=contract_number(1),
            quoted_on=APRIL,
        )

        world.save(changed)

        assert world.quotes.by_number("Q000001") == changed

    def test_are_one_for_each_reference(self, world: ContractsWorld) -> None:
        world.save(quote_of(1))

        with pytest.raises(Conflict) as refused:
            world.save(attrs.evolve(quote_of(2), reference="web-1"))

        assert refused.value.code == "contracts.quote.reference_reused"


class ContractsConformance:
    """Subclass in a test and give a fixture `world` that returns an empty ContractsWorld."""

    @pytest.fixture(autouse=True)
    def customers(self, world: ContractsWorld) -> None:
        """Know the customers of the contracts."""
        world.save(customer_of(1), customer_of(3))

    def test_are_given_back_as_they_were_in_order_of_number(self, world: ContractsWorld) -> None:
        first = contract_of(1, Supply(site_of(5)), Supply(site_of(4)))
        second = contract_of(2, supplied(7, APRIL), supplied(6, APRIL, MAY), customer=3)
        world.save(second, first)

        found = world.contracts.by_numbers(["K000002", "K000009", "K000001", "K000002"])

        assert found == (first, second)
        assert [supply.site.cups for supply in found[0].supplies] == [point(4), point(5)]
        assert world.contracts.by_numbers([]) == ()

    def test_are_replaced_with_their_supplies(self, world: ContractsWorld) -> None:
        world.save(contract_of(1))
        site = Site(point(1), "2.0TD-HORAS", (("P1", Power("3.45")),))
        changed = attrs.evolve(
            contract_of(1, Supply(site, SupplyState.ENDED, APRIL, MAY), supplied(2, MAY)),
            quote=quote_number(9),
            customer=customer_number(3),
            kind=CustomerKind.COMPANY,
            product="2.0TD-HORAS",
            iban=Iban.of_account("ES", "21000418450200051332"),
            accepted_on=APRIL,
            early_start=False,
            document_sha256="cd" * 32,
            signature=Signature(APRIL, "other"),
        )

        world.save(changed)

        assert world.contracts.by_numbers(["K000001"]) == (changed,)

    def test_have_the_kind_of_their_customer(self, world: ContractsWorld) -> None:
        world.save(attrs.evolve(contract_of(1), kind=CustomerKind.COMPANY))
        before = world.contracts.by_numbers(["K000001"])

        world.save(Customer(customer_number(1), person_of(6)))

        (after,) = world.contracts.by_numbers(["K000001"])
        assert before == (contract_of(1),)
        assert after.kind is CustomerKind.COMPANY

    def test_keep_the_supplies_they_are_saved_without(self, world: ContractsWorld) -> None:
        one, other = Supply(site_of(1)), Supply(site_of(2))
        world.save(contract_of(1, one, other))

        world.save(contract_of(1, other))

        assert world.contracts.by_numbers(["K000001"]) == (contract_of(1, one, other),)

    def test_are_found_by_state_in_order_of_number(self, world: ContractsWorld) -> None:
        active = contract_of(2, supplied(2, APRIL))
        world.save(contract_of(3), active, contract_of(1))

        assert world.contracts.in_state(ContractState.UNSIGNED) == (contract_of(1), contract_of(3))
        assert world.contracts.in_state(ContractState.ACTIVE) == (active,)
        assert world.contracts.in_state(ContractState.LAPSED) == ()

    def test_are_forgotten_without_commit(self, world: ContractsWorld) -> None:
        with world.work():
            world.contracts.save([contract_of(1)])
            seen = world.contracts.by_numbers(["K000001"])

        assert seen == (contract_of(1),)
        assert world.contracts.by_numbers(["K000001"]) == ()

    def test_save_nothing(self, world: ContractsWorld) -> None:
        world.save()

        assert world.contracts.in_state(ContractState.UNSIGNED) == ()

    def test_refuse_a_point_that_another_supplies_in_another_spelling(
        self, world: ContractsWorld
    ) -> None:
        """Its first twenty characters name it."""
        world.save(contract_of(1, supplied(1)))
        site = attrs.evolve(site_of(1), cups=Cups(point(1).point))
        other = attrs.evolve(supplied(1), site=site)

        with pytest.raises(Conflict) as refused:
            world.save(contract_of(2, other))

        assert refused.value.code == "supply.point_taken"

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ((APRIL, None), (APRIL, None)),
            ((APRIL, None), (JUNE, None)),
            ((APRIL, MAY), (DAY, None)),
            ((APRIL, JUNE), (MAY, JUNE)),
        ],
    )
    def test_refuse_a_point_that_another_supplies(
        self, world: ContractsWorld, one: tuple[date, date | None], other: tuple[date, date | None]
    ) -> None:
        world.save(contract_of(1, supplied(1, *one)))

        with pytest.raises(Conflict) as refused:
            world.save(contract_of(2, supplied(1, *other)))

        assert refused.value.code == "supply.point_taken"
        assert world.contracts.by_numbers(["K000002"]) == ()

    @pytest.mark.parametrize("order", [tuple, lambda pair: tuple(reversed(pair))])
    def test_hand_a_point_over_in_one_save_whatever_the_order(
        self,
        world: ContractsWorld,
        order: Callable[[tuple[Contract, Contract]], tuple[Contract, ...]],
    ) -> None:
        world.save(contract_of(1, supplied(1, APRIL)), contract_of(2, Supply(site_of(1))))
        pair = contract_of(1, supplied(1, APRIL, MAY)), contract_of(2, supplied(1, MAY))

        world.save(*order(pair))

        assert world.contracts.by_numbers(["K000001", "K000002"]) == pair

    def test_may_wish_for_a_point_that_another_supplies(self, world: ContractsWorld) -> None:
        world.save(contract_of(1, supplied(1, APRIL)), contract_of(2, Supply(site_of(1))))

        assert len(world.contracts.by_numbers(["K000001", "K000002"])) == 2

    def test_are_one_for_each_quote(self, world: ContractsWorld) -> None:
        world.save(contract_of(1))

        with pytest.raises(Conflict) as refused:
            world.save(attrs.evolve(contract_of(2), quote=quote_number(1)))

        assert refused.value.code == "contracts.contract.quote_taken"
