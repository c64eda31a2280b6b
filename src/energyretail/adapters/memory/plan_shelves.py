"""The long list of instalment plans, over a store."""

from __future__ import annotations

from energyretail.adapters.memory.pages import asked, page_as_kept
from energyretail.adapters.memory.plans import plans_of
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.shared import Page
from energyretail.domain.billing import InstalmentPlan

__all__ = ["MemoryInstalmentPlanShelf"]


class MemoryInstalmentPlanShelf:
    """The InstalmentPlanShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(self, *, after: str, limit: int, contract: str | None = None) -> Page[InstalmentPlan]:
        """Return plans made after the one of a key."""
        told = {plan.key: plan for plan in plans_of(self._store)}
        kept = self._store.table("instalment_plan").values()
        return page_as_kept(
            {plan.key: told[plan.key] for plan in kept},
            lambda plan: asked(contract, is_=plan.contract),
            lambda plan: plan.key,
            after=after,
            limit=limit,
        )
