"""Items told for a day on which their supply point was nobody's of ours: no bill takes them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import attrs

from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Cups

__all__ = ["STRAY_LOOK_BACK", "StrayItem", "stray_work_item"]

STRAY_LOOK_BACK: Final = timedelta(days=400)
"""How long after its day an item is looked for: no market lets older days be charged."""


@attrs.frozen
class StrayItem:
    """A line to pass on (`sort` ``passed_on``) or an extra item (``extra``) that no bill takes.

    `point` is the first 20 characters of its CUPS, `name` the component and label it was told
    under, `on` the day whose bill it waits for.
    """

    point: str
    sort: str
    name: str
    on: date

    @property
    def key(self) -> str:
        """The natural key as text, which orders items by point."""
        return f"{self.point}/{self.sort}/{self.name}/{self.on}"


def stray_work_item(item: StrayItem, *, today: date) -> WorkItem:
    """Return what a person is shown of it."""
    return WorkItem(
        "stray_item",
        item.key,
        "billing.item_stray",
        f"{Cups(item.point)} had no supply of ours on {item.on}, so that no bill takes this: "
        f"{item.name}",
        "tell it again for a day of supply, and with a quantity or amount of 0 for this one",
        today,
    )
