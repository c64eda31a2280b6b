"""The long list of switches, in Postgres."""

from __future__ import annotations

from typing import Final

from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.keyset import Keyset
from energyretail.adapters.postgres.switching import SWITCH_COLUMNS, switch_of
from energyretail.application.shared import Page, page_of
from energyretail.domain import switching
from energyretail.domain.shared import Cups

__all__ = ["PostgresSwitchShelf"]

_SWITCHES: Final = Keyset.by_text(
    f"SELECT {SWITCH_COLUMNS} FROM switch",
    "request",
    {
        "contract": "contract = :contract",
        "cups": "left(cups, 20) = left(:cups, 20)",
        "state": "state = :state",
    },
)


class PostgresSwitchShelf:
    """Implements the SwitchShelf port."""

    def __init__(self, database: Database):
        self._database = database

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
        rows = _SWITCHES.rows(
            self._database, after=after, limit=limit, contract=contract, cups=cups, state=state
        )
        return page_of(map(switch_of, rows), limit=limit, key=lambda switch: switch.request)
