"""The long list of instalment plans."""

from __future__ import annotations

from typing import Protocol

from energyretail.application.shared import Page
from energyretail.domain.billing import InstalmentPlan

__all__ = ["InstalmentPlanShelf"]


class InstalmentPlanShelf(Protocol):
    """Every plan as it stands, in the order they were made."""

    def page(self, *, after: str, limit: int, contract: str | None = None) -> Page[InstalmentPlan]:
        """Return up to `limit` of them made after the plan of the key `after` (empty for all).

        Nothing comes after a plan never made.
        """
        ...
