"""Items told for a day on which their supply point was nobody's of ours: no bill takes them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, TypeAlias

import attrs

from energyretail.domain.billing.measured import NOT_MEASURED, Measured
from energyretail.domain.operations import WorkItem
from energyretail.domain.pricing import ExtraItem, PassedOnLine
from energyretail.domain.shared import Cups, Invalid, Period

__all__ = ["STRAY_LOOK_BACK", "StrayItem", "far_days", "refuse_far_items", "stray_work_item"]

STRAY_LOOK_BACK: Final = timedelta(days=2192)
"""How long after its day an item is taken and looked for: six years.

No sooner than a claim for it ends, where no shorter limit protects its customer: in Spain after
five years (Código Civil, art. 1964.2), in Germany three from the end of the year (BGB §§ 195, 199),
in France two (Code de la consommation, art. L218-2), in Great Britain six (Limitation Act 1980, 5).
"""
_AHEAD: Final = timedelta(days=400)
_LAST_KEPT: Final = date.max - timedelta(days=1)  # a day is kept by the one that follows it

_Item: TypeAlias = ExtraItem | PassedOnLine


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


def far_days(told: Measured, *, today: date) -> Period | None:
    """Return days that hold those of all items too far off, None where there is no such item.

    Too far is more than `STRAY_LOOK_BACK` ago, when nobody looks for an item any more, or more
    than 400 days ahead. One of nothing is never: it takes back what was told, whenever for.
    """
    days = [min(_day_of(item), _LAST_KEPT) for item in _far(told, today)]
    return Period(min(days), max(days) + timedelta(days=1)) if days else None


def refuse_far_items(told: Measured, *, today: date, kept: Measured = NOT_MEASURED) -> None:
    """Raise Invalid ``billing.item_far`` for an item too far off, unless it is among `kept`.

    Of `kept` those of `far_days` count: what comes again years later is nothing, not a fault.
    """
    known = Counter(_items(kept))
    for item in _far(told, today):
        if not known[item]:
            raise Invalid(
                "billing.item_far",
                "an item is of the last six years or the next 400 days: the year may be a slip",
                day=_day_of(item),
            )
        known[item] -= 1


def _far(told: Measured, today: date) -> list[_Item]:
    first, last = today - STRAY_LOOK_BACK, today + _AHEAD
    return [item for item in _items(told) if not first <= _day_of(item) <= last]


def _items(told: Measured) -> Iterator[_Item]:
    yield from (line for line in told.usage.passed_on if line.amount)
    yield from (item for item in told.usage.extras if item.quantity)


def _day_of(item: _Item) -> date:
    if isinstance(item, PassedOnLine):
        return item.period.last
    assert item.on is not None  # Measured holds no other
    return item.on


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
