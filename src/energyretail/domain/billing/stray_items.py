"""Items told for a day on which their supply point was nobody's of ours: no bill takes them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import attrs

from energyretail.domain.billing.measured import Measured
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Cups, Invalid, Period

__all__ = ["STRAY_LOOK_BACK", "StrayItem", "refuse_far_items", "stray_work_item"]

STRAY_LOOK_BACK: Final = timedelta(days=400)
"""How long after its day an item is looked for: no market lets older days be charged."""
_AHEAD: Final = timedelta(days=400)


@attrs.frozen
class StrayItem:
    """A line to pass on (`sort` ``passed_on``) or an extra item (``extra``) that no bill takes.

    `point` is the first 20 characters of its CUPS, `name` the component and label it was told
    under, `days` its own: it waits for the bill of the last of them.
    """

    point: str
    sort: str
    name: str
    days: Period

    @property
    def on(self) -> date:
        """The day whose bill it waits for."""
        return self.days.last

    @property
    def key(self) -> str:
        """The natural key as text, which orders items by point."""
        return f"{self.point}/{self.sort}/{self.name}/{self.days}"


def refuse_far_items(told: Measured, *, today: date) -> None:
    """Raise Invalid ``billing.item_far`` for an item of a day that nobody would look for it on.

    That is more than 400 days ago, when no bill takes it any more, or as many ahead: most likely
    another year was meant. One of nothing takes back what was told, whenever that was for.
    """
    for day in _days_of(told):
        if not today - STRAY_LOOK_BACK <= day <= today + _AHEAD:
            raise Invalid(
                "billing.item_far", "an item is for a day within 400 days of today", day=day
            )


def _days_of(told: Measured) -> Iterator[date]:
    yield from (line.period.last for line in told.usage.passed_on if line.amount)
    yield from (item.on for item in told.usage.extras if item.quantity and item.on is not None)


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
