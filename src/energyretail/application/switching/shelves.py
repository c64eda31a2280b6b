"""The long list of switches."""

from __future__ import annotations

from typing import Protocol

from energyretail.application.shared import Page
from energyretail.domain import switching
from energyretail.domain.shared import Cups

__all__ = ["SwitchShelf"]


class SwitchShelf(Protocol):
    """The switches, in order of request code."""

    def page(
        self,
        *,
        after: str,
        limit: int,
        contract: str | None = None,
        cups: Cups | None = None,
        state: switching.SwitchState | None = None,
    ) -> Page[switching.Switch]:
        """Return up to `limit` of them beyond the request code `after` (empty for all)."""
        ...
