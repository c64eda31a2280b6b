"""Random services are billed by columns as one by one, to the last row; a fault shows."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bulk_bills.compare import compare
from bulk_bills.faults import AtFault
from bulk_bills.portfolios import Portfolio, random_portfolio
from energyretail.testing.profiles import dear
from oracle_bills.dice import Drawn


@st.composite
def portfolios(draw: st.DrawFn) -> Portfolio:
    """A few tariffs, and up to a dozen services under them."""
    dice = Drawn(draw)
    return random_portfolio(dice, tariffs=dice.randint(1, 3), services=dice.randint(1, 12))


@pytest.mark.usefixtures("template_database")
class TestServicesBilledBothWays:
    @dear(6)
    @given(portfolio=portfolios())
    def test_have_the_same_rows_explanations_and_copies(
        self, postgres_url: str, template_database: str, portfolio: Portfolio
    ) -> None:
        found = compare(postgres_url, template_database, portfolio)

        assert found.differences == ()

    def test_are_mostly_billed_by_columns(self, postgres_url: str, template_database: str) -> None:
        portfolio = random_portfolio(Random(7), tariffs=4, services=60)

        found = compare(postgres_url, template_database, portfolio)

        assert found.differences == ()
        assert found.by_columns > found.bills / 2

    @pytest.mark.parametrize(
        ("shape", "seed"), [("volumes", 3), ("intervals", 4), ("many_registers", 5)]
    )
    def test_differ_of_a_shape_only_where_its_kernel_is_at_fault(
        self, postgres_url: str, template_database: str, shape: str, seed: int
    ) -> None:
        portfolio = random_portfolio(Random(seed), tariffs=3, services=40, shape=shape)
        rating = AtFault(step=0)

        sound = compare(postgres_url, template_database, portfolio)
        spoilt = compare(postgres_url, template_database, portfolio, rating=rating)

        assert sound.differences == ()
        assert sound.by_columns > sound.bills / 2
        assert rating.changed
        assert spoilt.differences

    @pytest.mark.parametrize("step", range(0, 12, 3))
    def test_differ_where_a_step_of_a_kernel_is_at_fault(
        self, postgres_url: str, template_database: str, step: int
    ) -> None:
        portfolio = random_portfolio(Random(7), tariffs=4, services=60)
        rating = AtFault(step=step)

        found = compare(postgres_url, template_database, portfolio, rating=rating)

        assert rating.changed
        assert found.differences
