"""The long list of switches, over a store."""

from __future__ import annotations

from energyretail.adapters.memory.pages import asked, page_by_key
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.shared import Page
from energyretail.domain import switching
from energyretail.domain.shared import Cups

__all__ = ["MemorySwitchShelf"]


class MemorySwitchShelf:
    """The SwitchShelf port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        cups: Cups | None = None,
        state: switching.SwitchState | None = None,
    ) -> Page[switching.Switch]:
        """Return switches beyond a request code."""
        found = (
            one
            for one in self._store.table("switch").values()
            if asked(contract, is_=one.contract)
            and asked(cups, is_=one.cups)
            and asked(state, is_=one.state)
        )
        return page_by_key(found, lambda one: one.request, after=after, limit=limit)
