"""What is parked of supplies that cannot be billed; it is over once they are billed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from energyretail.application.shared import WorkList
from energyretail.domain.billing import PARKED_KIND, above_parked, parked_key, parked_of
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError

__all__ = ["close_parked", "parked_item"]

_REMARK: Final = "Billing: the supply is billed by now."


def parked_item(supply: str, start: date, error: DomainError, *, on: date) -> WorkItem:
    """Return what tells of a supply, by its key, that is not billed from a day on."""
    return WorkItem(
        kind=PARKED_KIND,
        key=parked_key(supply, start),
        code=error.code,
        text=str(error),
        way_out="put right the readings, what was told or the tariff; it is billed the next day",
        raised_on=on,
    )


def close_parked(
    work_list: WorkList,
    *,
    after: str,
    until: str,
    billed: Callable[[frozenset[str]], Iterable[tuple[str, date]]],
    on: date,
) -> None:
    """Close the items of supplies of a range that wait for a day that is billed by now.

    The range is that of the supplies with a key beyond `after` up to `until`, every one beyond
    where that is empty. `billed` is asked only where there are such items: of their supplies it
    returns those billed just now, and the first day that is not. What has a key that names no
    supply and day was put there by somebody else, and stays.
    """
    waiting: dict[str, list[date]] = {}
    before = until and above_parked(until)
    for key in work_list.open_keys(PARKED_KIND, after=after, before=before):
        if named := parked_of(key):
            waiting.setdefault(named[0], []).append(named[1])
    if not waiting:
        return
    over = [
        (PARKED_KIND, parked_key(supply, day))
        for supply, first_not_billed in billed(frozenset(waiting))
        for day in waiting.get(supply, ())
        if day < first_not_billed
    ]
    work_list.close(over, on=on, remark=_REMARK)
