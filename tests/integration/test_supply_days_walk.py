"""A company that forgets to bill a supply is found out on the evening it should have."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import attrs
import pytest
from company_harness import FIRST_DAY, Life, company_at
from dependency_injector.providers import Object

from energyretail.application.billing import SuppliesToBill
from energyretail.domain.billing import BillableSupply
from energyretail.domain.shared import Period

# By then the first months of supply were read and billed.
EVENING = date(2026, 4, 12)
FORGOTTEN = "K000001"


@attrs.frozen
class Forgetful:
    """Supplies to bill without the first of the company's contracts."""

    supplies: SuppliesToBill

    def due(
        self, *, today: date, after: str, until: str = "", limit: int
    ) -> tuple[BillableSupply, ...]:
        """Return the supplies that are due, but for those of one contract."""
        found = self.supplies.due(today=today, after=after, until=until, limit=limit)
        return tuple(each for each in found if each.contract != FORGOTTEN)


class TestACompany:
    def test_bills_every_supply_by_the_evening_it_is_due(self, life: Life) -> None:
        company = life.at(EVENING)

        assert company.ask("SELECT 1 FROM invoice WHERE contract = :number", number=FORGOTTEN)

    def test_that_forgets_one_is_found_out(self, database_url: str, tmp_path: Path) -> None:
        with company_at(database_url, tmp_path) as company:
            supplies = company.container.supplies_to_bill
            supplies.override(Object(Forgetful(supplies())))

            with pytest.raises(AssertionError, match="nobody can say why"):
                company.live(Period(FIRST_DAY, EVENING))
