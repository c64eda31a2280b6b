"""A company that forgets to bill a supply is found out on the evening it should have."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest
from company_harness import FIRST_DAY, Life, company_at
from dependency_injector.providers import Object

from energyretail.application.billing import BulkBills, DuePage
from energyretail.domain.shared import Period

# By then the first months of supply were read and billed.
EVENING = date(2026, 4, 12)
FORGOTTEN = "K000001"


@attrs.frozen
class Forgetful:
    """The BulkBills port, but for one contract, and those that are billed with it."""

    bills: BulkBills

    def due(self, **asked: Any) -> DuePage:
        """Return what is due, but for what is forgotten."""
        page = self.bills.due(**asked)
        return attrs.evolve(
            page,
            alike=tuple(each for each in page.alike if FORGOTTEN not in each.contracts),
            others={at: key for at, key in page.others.items() if not key.startswith(FORGOTTEN)},
        )

    def __getattr__(self, name: str) -> Any:
        return getattr(self.bills, name)


class TestACompany:
    def test_bills_every_supply_by_the_evening_it_is_due(self, life: Life) -> None:
        company = life.at(EVENING)

        assert company.ask("SELECT 1 FROM invoice WHERE contract = :number", number=FORGOTTEN)

    def test_that_forgets_one_is_found_out(self, database_url: str, tmp_path: Path) -> None:
        with company_at(database_url, tmp_path) as company:
            bills = company.container.bulk_bills
            bills.override(Object(Forgetful(bills())))

            with pytest.raises(AssertionError, match="nobody can say why"):
                company.live(Period(FIRST_DAY, EVENING))
