"""What every implementation of the port of imports promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

import attrs
import pytest

from energyretail.application.imports import (
    CustomersToKeep,
    PortfolioPoint,
    PortfolioStanding,
    QuotesToKeep,
)
from energyretail.application.shared import Work
from energyretail.domain.parties import Customer
from energyretail.domain.shared import Conflict, Power
from energyretail.testing.conformance.contracts import customer_of, point, quote_of

__all__ = ["PortfolioStandingConformance", "PortfolioWorld"]

DAY = date(2026, 3, 2)


class _CustomersByNumber(CustomersToKeep, Protocol):
    def by_numbers(self, numbers: Sequence[str]) -> tuple[Customer, ...]: ...


@attrs.frozen
class PortfolioWorld:
    """One implementation, empty."""

    work: Work
    standing: PortfolioStanding
    customers: _CustomersByNumber
    quotes: QuotesToKeep

    def add(self, *points: PortfolioPoint) -> None:
        """Save points in a transaction of their own."""
        with self.work() as transaction:
            self.standing.save_points(points, on=DAY)
            transaction.commit()


def _point(number: int, power_kw: str = "4.600") -> PortfolioPoint:
    return PortfolioPoint(point(number), (("P1", Power(power_kw)), ("P2", Power("5.75"))), 250)


class PortfolioStandingConformance:
    """Inherit and give the fixture ``world``."""

    def test_finds_customers_by_tax_id_in_order_of_number(self, world: PortfolioWorld) -> None:
        """Those that are there, whatever the order asked in."""
        one, two, three = (customer_of(number) for number in (1, 2, 3))
        with world.work() as transaction:
            world.customers.save([three, one, two])
            transaction.commit()

        asked = [three.person.tax_id, "NOBODY000", one.person.tax_id]

        assert world.standing.customers(asked) == (one, three)
        assert world.standing.customers([]) == ()

    def test_finds_quotes_by_reference_in_order_of_number(self, world: PortfolioWorld) -> None:
        """Those that are there, whatever the order asked in."""
        one, two = quote_of(1), quote_of(2)
        with world.work() as transaction:
            world.quotes.save([two, one])
            transaction.commit()

        assert world.standing.quotes([two.reference, "none", one.reference]) == (one, two)
        assert world.standing.quotes([]) == ()

    def test_gives_points_back_as_they_were(self, world: PortfolioWorld) -> None:
        """In order of CUPS, powers and all."""
        one, two = _point(1), _point(2, "13.856")
        world.add(two, one)

        found = world.standing.points([two.cups, point(9), one.cups])

        assert found == tuple(sorted((one, two), key=lambda each: each.cups))
        assert world.standing.points([]) == ()

    def test_refuses_a_point_it_has(self, world: PortfolioWorld) -> None:
        """Nothing of the batch is kept, and nothing is written over."""
        world.add(_point(1))

        with pytest.raises(Conflict) as conflict:
            world.add(_point(2), _point(1, "9.9"))

        assert conflict.value.code == "import.supply_point.known"
        assert world.standing.points([point(1), point(2)]) == (_point(1),)

    def test_adds_nothing_for_nothing(self, world: PortfolioWorld) -> None:
        """An empty chunk is no mistake."""
        world.add()

        assert world.standing.points([point(1)]) == ()
