"""The long list of instalment plans, in Postgres."""

from __future__ import annotations

from typing import Final

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.adapters.postgres.plans import plans_named
from energyretail.application.shared import Page, page_of
from energyretail.domain.billing import InstalmentPlan

__all__ = ["PostgresInstalmentPlanShelf"]

# The contract is asked for by itself, so that its index finds the plan.
_PAGE: Final = Keyset(
    "SELECT contract, first_day FROM instalment_plan",
    "instalment_plan.id",
    """instalment_plan.id > (SELECT id FROM instalment_plan
        WHERE contract = split_part(:after, '/', 1) AND contract || '/' || first_day = :after)""",
    {"contract": "contract = :contract"},
)


class PostgresInstalmentPlanShelf:
    """Implements the InstalmentPlanShelf port."""

    def __init__(self, database: Database):
        self._database = database

    def page(self, *, after: str, limit: int, contract: str | None = None) -> Page[InstalmentPlan]:
        """Return plans made after the one of a key."""
        rows = _PAGE.rows(self._database, after=after, limit=limit, contract=contract)
        keys = [(row.contract, row.first_day) for row in rows]
        with self._database.reading() as connection:
            found = plans_named(connection, keys)
        of_key = {(plan.contract, plan.first_day): plan for plan in found}
        return page_of((of_key[key] for key in keys), limit=limit, key=lambda plan: plan.key)
