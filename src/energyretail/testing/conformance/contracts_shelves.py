"""What every implementation of the long lists of contracts promises."""

from __future__ import annotations

from functools import partial

import attrs
import pytest

from energyretail.application.contracts import (
    ContractShelf,
    CustomerShelf,
    PointSupply,
    QuoteShelf,
    SupplyPoint,
    SupplyPointShelf,
)
from energyretail.domain.contracts import Contract, ContractState, QuoteState
from energyretail.domain.shared import Cups, NotFound, contract_number, customer_number
from energyretail.domain.supply import Supply
from energyretail.testing.conformance.contracts import (
    ContractsWorld,
    contract_of,
    customer_of,
    point,
    quote_of,
    site_of,
    supplied,
)
from energyretail.testing.conformance.pages import check_pages, leaf_through

__all__ = [
    "ContractShelfConformance",
    "ContractShelves",
    "CustomerShelfConformance",
    "QuoteShelfConformance",
    "SupplyPointShelfConformance",
]


@attrs.frozen
class ContractShelves:
    """One implementation, empty, with what fills it."""

    world: ContractsWorld
    customers: CustomerShelf
    quotes: QuoteShelf
    contracts: ContractShelf
    points: SupplyPointShelf


class CustomerShelfConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty ContractShelves."""

    def test_gives_every_customer_once_in_order_of_number(self, shelves: ContractShelves) -> None:
        check_pages(shelves.customers.page, ())
        shelves.world.save(*(customer_of(number) for number in (3, 1, 5, 2, 4)))

        check_pages(shelves.customers.page, [customer_of(number) for number in range(1, 6)])

    def test_misses_none_while_others_come(self, shelves: ContractShelves) -> None:
        shelves.world.save(customer_of(2), customer_of(4), customer_of(6))

        def meanwhile() -> None:
            shelves.world.save(customer_of(1), customer_of(5))

        found = leaf_through(shelves.customers.page, 1, meanwhile=meanwhile)

        assert found == tuple(map(customer_of, (2, 4, 5, 6)))

    @pytest.mark.parametrize(
        ("after", "left"),
        [
            ("C000002", 1),
            ("C0000025", 1),
            ("", 3),
            ("A", 3),
            ("ñ;'--", 0),
            ("C\0", 0),
            ("\ud800", 0),
        ],
    )
    def test_goes_on_beyond_a_key_nobody_has(
        self, shelves: ContractShelves, after: str, left: int
    ) -> None:
        shelves.world.save(customer_of(1), customer_of(2), customer_of(3))

        assert len(shelves.customers.page(after=after, limit=9).items) == left

    def test_is_asked_by_tax_id_and_email(self, shelves: ContractShelves) -> None:
        shelves.world.save(*(customer_of(number) for number in range(1, 4)))
        page = shelves.customers.page

        check_pages(partial(page, tax_id="00000002Z"), [customer_of(2)])
        check_pages(partial(page, email="z3@example.org"), [customer_of(3)])
        check_pages(partial(page, tax_id="00000002Z", email="z3@example.org"), [])
        check_pages(partial(page, email="z3@\0"), [])


class QuoteShelfConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty ContractShelves."""

    def test_gives_every_quote_once_in_order_of_number(self, shelves: ContractShelves) -> None:
        quotes = [quote_of(number, points=(9, 7, number)) for number in range(1, 5)]
        shelves.world.save(*reversed(quotes))

        check_pages(shelves.quotes.page, quotes)

    def test_is_asked_by_state_and_reference(self, shelves: ContractShelves) -> None:
        taken = attrs.evolve(quote_of(2), state=QuoteState.ACCEPTED, contract=contract_number(1))
        shelves.world.save(quote_of(1), taken, quote_of(3))
        page = shelves.quotes.page

        check_pages(partial(page, state=QuoteState.OPEN), [quote_of(1), quote_of(3)])
        check_pages(partial(page, state=QuoteState.ACCEPTED), [taken])
        check_pages(partial(page, reference="web-3"), [quote_of(3)])
        check_pages(partial(page, reference="web-3", state=QuoteState.ACCEPTED), [])


def _three() -> tuple[Contract, ...]:
    return (
        contract_of(1, supplied(7), Supply(site_of(4))),
        contract_of(2, customer=3),
        contract_of(3, Supply(site_of(7))),
    )


class ContractShelfConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty ContractShelves."""

    @pytest.fixture(autouse=True)
    def customers(self, shelves: ContractShelves) -> None:
        """Know the customers of the contracts."""
        shelves.world.save(customer_of(1), customer_of(3))

    def test_gives_every_contract_once_in_order_of_number(self, shelves: ContractShelves) -> None:
        shelves.world.save(*reversed(_three()))

        check_pages(shelves.contracts.page, _three())

    def test_is_asked_by_customer_state_and_point(self, shelves: ContractShelves) -> None:
        first, second, third = _three()
        shelves.world.save(first, second, third)
        page = shelves.contracts.page

        check_pages(partial(page, customer="C000001"), [first, third])
        check_pages(partial(page, state=ContractState.UNSIGNED), [second, third])
        check_pages(partial(page, cups=point(7)), [first, third])
        check_pages(partial(page, cups=point(7), state=ContractState.UNSIGNED), [third])
        check_pages(partial(page, customer="C000009"), [])


class SupplyPointShelfConformance:
    """Subclass in a test and give a fixture `shelves` that returns empty ContractShelves."""

    @pytest.fixture(autouse=True)
    def filled(self, shelves: ContractShelves) -> None:
        """Have three contracts, two of which meet at a point."""
        shelves.world.save(customer_of(1), customer_of(3), *_three())

    def test_gives_every_point_once_with_all_its_supplies(self, shelves: ContractShelves) -> None:
        check_pages(shelves.points.page, [_point(2), _point(4), _point(7)])

    def test_gives_a_point_whole_whoever_asks_for_it(self, shelves: ContractShelves) -> None:
        shelves.world.save(contract_of(4, Supply(site_of(7)), customer=3))

        own = shelves.points.page(after="", limit=9, customer="C000003").items

        assert [each.cups for each in own] == [point(2), point(7)]
        assert [each.contract for each in own[1].supplies] == ["K000001", "K000003", "K000004"]

    def test_is_asked_by_customer_and_first_characters(self, shelves: ContractShelves) -> None:
        page = shelves.points.page

        check_pages(partial(page, customer="C000001"), [_point(4), _point(7)])
        check_pages(partial(page, prefix=point(4).value[:18]), [_point(4)])
        check_pages(partial(page, prefix="ES0021"), [_point(2), _point(4), _point(7)])
        check_pages(partial(page, prefix="ES_"), [])
        check_pages(partial(page, prefix="ES0021", customer="C000003"), [_point(2)])

    def test_finds_a_point_by_its_cups(self, shelves: ContractShelves) -> None:
        assert shelves.points.by_cups(point(7)) == _point(7)
        with pytest.raises(NotFound) as missing:
            shelves.points.by_cups(point(9))
        assert missing.value.code == "supply.point.unknown"

    def test_is_one_point_in_either_spelling(self, shelves: ContractShelves) -> None:
        short = attrs.evolve(site_of(7), cups=Cups(point(7).point))
        shelves.world.save(contract_of(4, Supply(short), customer=3))

        found = shelves.points.by_cups(short.cups)
        listed = shelves.points.page(after="", limit=9).items

        assert found.cups.value == point(7).value
        assert [each.contract for each in found.supplies] == ["K000001", "K000003", "K000004"]
        assert [each.cups for each in listed] == [point(2), point(4), point(7)]
        check_pages(partial(shelves.points.page, prefix=f"{point(7).point}1P"), [found])
        contracts = shelves.contracts.page(after="", limit=9, cups=short.cups).items
        assert [each.number for each in contracts] == ["K000001", "K000003", "K000004"]


def _point(number: int) -> SupplyPoint:
    supplies = tuple(
        PointSupply(contract.number, customer_number(int(contract.customer[1:])), supply)
        for contract in _three()
        for supply in contract.supplies
        if supply.site.cups == point(number)
    )
    return SupplyPoint(point(number), supplies)
