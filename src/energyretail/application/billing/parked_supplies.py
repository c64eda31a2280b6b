"""What was parked of supplies that are billed by now is over."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Final

from energyretail.application.shared import WorkList

__all__ = ["close_parked"]

_ITEM: Final = "billing"
_REMARK: Final = "Billing: the supply is billed by now."
# The sign after the one between a supply and its day: above all days of a supply.
_ABOVE_DAYS: Final = "0"


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
    returns those billed just now, and the first day that is not.
    """
    before = until and until + _ABOVE_DAYS
    waiting: dict[str, list[date]] = {}
    for key in work_list.open_keys(_ITEM, after=after, before=before):
        supply, _, day = key.rpartition("/")
        waiting.setdefault(supply, []).append(date.fromisoformat(day))
    if not waiting:
        return
    over = [
        (_ITEM, f"{supply}/{day}")
        for supply, first_not_billed in billed(frozenset(waiting))
        for day in waiting.get(supply, ())
        if day < first_not_billed
    ]
    work_list.close(over, on=on, remark=_REMARK)
