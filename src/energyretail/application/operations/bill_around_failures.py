"""Bill a range though a supply in it makes the program fail, and park that supply alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import Final, Protocol

import attrs

from energyretail.application.operations.bill_run_ports import (
    BillsARange,
    RangeBilled,
    SuppliesDue,
)
from energyretail.application.shared import Clock, Whole, Work, WorkList
from energyretail.domain.billing import PARKED_KIND, above_parked, parked_key
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError, Fault

__all__ = ["PARKED_RUNBOOK", "BillAroundFailures", "BillOfTheDay", "Bounds", "BoundsOfARange"]

PARKED_RUNBOOK: Final = "docs/how-to/free-a-parked-supply.md"
_UNEXPECTED: Final = "billing.unexpected"
# From a thousand it is four tries to a supply that stands alone, from the largest chunk six.
_PARTS: Final = 8
# Where more than one in so many fail, it is not for them: the chunk fails, and nobody is parked.
_PARKED_MOST: Final = 20


class Bounds(Protocol):
    """Bounds on what one piece of work may take."""

    def __call__(self, *, seconds: float, bytes_more: int) -> AbstractContextManager[None]:
        """End the block after so many seconds, or once the process has grown by so many bytes.

        Raises Refused ``operations.bounds.time`` or ``operations.bounds.memory`` from the block.
        """
        ...


@attrs.frozen
class BoundsOfARange:
    """What billing a range may take: `seconds`, more of them a supply, and `bytes_more` memory."""

    seconds: float = 60.0
    seconds_a_supply: float = 0.1
    bytes_more: int = 1 << 30

    def seconds_of(self, limit: int) -> float:
        """Return the seconds for so many supplies."""
        return self.seconds + limit * self.seconds_a_supply


@attrs.frozen
class _Billed:
    """What a range came to."""

    issued: int = 0
    held: int = 0
    parked: int = 0
    why: tuple[tuple[str, int], ...] = ()
    resume: str | None = None
    reasons: Mapping[str, int] = attrs.field(factory=dict)

    def then(self, later: RangeBilled) -> _Billed:
        """Return both together, to be resumed where the later one ends."""
        return _Billed(
            self.issued + later.issued,
            self.held + later.held,
            self.parked + later.parked,
            tuple((Counter(dict(self.why)) + Counter(dict(later.why))).items()),
            later.resume,
            Counter(self.reasons) + Counter(later.reasons),
        )


@attrs.define
class _Asked:
    """One range asked for on a day, and how many supplies more may be parked of it anew."""

    until: str
    on: date
    left_to_park: int
    parked: int = 0
    last: Exception | None = None


class BillAroundFailures:
    """Bill a range; where that fails, its parts, down to the supply that fails alone.

    Rules: what raises something nobody expected, takes too long or too much memory is undone and
    done again in eight parts; a supply that fails alone is parked under its first day not billed,
    with the reason and where it is told what to do, and the others are billed. It is tried again
    by the next run. Where more would be parked than one in twenty of a full range, or several and
    nobody is billed, it is not for them: then what was raised is raised on, as is a fault of a
    partner, and whoever asked undoes all. Those on the list already do not count for that.
    """

    def __init__(
        self,
        *,
        work: Work,
        bill: BillsARange,
        supplies: SuppliesDue,
        work_list: WorkList,
        bounds: Bounds,
        allowed: BoundsOfARange | None = None,
    ):
        self._work = work
        self._bill = bill
        self._supplies = supplies
        self._work_list = work_list
        self._bounds = bounds
        self._allowed = allowed or BoundsOfARange()

    def __call__(
        self, *, after: str = "", until: str = "", limit: int = 1000, on: date
    ) -> RangeBilled:
        """Bill up to `limit` supplies beyond `after`: see `BillsARange`."""
        asked = _Asked(until, on, max(1, limit // _PARKED_MOST))
        billed = self._range(after, limit, asked)
        if asked.last and asked.parked > 1 and not billed.issued + billed.held:
            raise asked.last
        return billed

    def _range(self, after: str, limit: int, asked: _Asked) -> RangeBilled:
        first = self._first_due(after, asked) if limit == 1 else None
        allowed = self._allowed
        try:
            with self._bounds(seconds=allowed.seconds_of(limit), bytes_more=allowed.bytes_more):
                return self._bill(after=after, until=asked.until, limit=limit, on=asked.on)
        except Fault:
            raise
        except Exception as error:
            if limit == 1:
                return self._park(after, first, asked, error)
        return self._parts(after, limit, asked)

    def _first_due(self, after: str, asked: _Asked) -> tuple[str, date] | None:
        with self._work():
            return self._supplies.first_due(today=asked.on, after=after, until=asked.until)

    def _parts(self, after: str, limit: int, asked: _Asked) -> RangeBilled:
        billed, left = _Billed(resume=after), limit
        while left and billed.resume is not None:
            size = min(left, max(1, limit // _PARTS))
            billed = billed.then(self._range(billed.resume, size, asked))
            left -= size
        return billed

    def _park(
        self, after: str, first: tuple[str, date] | None, asked: _Asked, error: Exception
    ) -> RangeBilled:
        """Park the supply that was tried, unless somebody else billed it meanwhile."""
        if first is None:
            raise error
        key, first_day = first
        resume = None if key == asked.until else key
        item = _item(key, first_day, error, asked.on)
        with self._work() as transaction:
            found = self._supplies.first_due(today=asked.on, after=after, until=asked.until)
            if found != first:
                return _Billed(resume=resume)
            is_known = item.key in self._work_list.open_keys(
                PARKED_KIND, after=key, before=above_parked(key)
            )
            if not is_known and not asked.left_to_park:
                raise error
            self._work_list.add([item])
            transaction.commit()
        if not is_known:
            asked.left_to_park -= 1
            asked.parked += 1
            asked.last = error
        return _Billed(parked=1, why=((item.code, 1),), resume=resume)


class BillOfTheDay:
    """Bill what is due on the business day, a range at a time, each in one transaction.

    What makes a range fail altogether undoes it, with what was parked of it.
    """

    def __init__(self, *, whole: Whole, clock: Clock, bill: BillsARange, limit: int = 10_000):
        self._whole = whole
        self._clock = clock
        self._bill = bill
        self._limit = limit

    def __call__(self, *, after: str = "") -> RangeBilled:
        """Bill up to `limit` supplies beyond `after`: see `BillsARange`."""
        with self._whole() as whole:
            billed = self._bill(after=after, until="", limit=self._limit, on=self._clock.today())
            whole.commit()
        return billed


def _item(key: str, first_day: date, error: Exception, today: date) -> WorkItem:
    expected = isinstance(error, DomainError)
    code = error.code if isinstance(error, DomainError) else _UNEXPECTED
    return WorkItem(
        kind=PARKED_KIND,
        key=parked_key(key, first_day),
        code=code,
        text=str(error) if expected else f"{type(error).__name__}: {error}",
        way_out=f"see {PARKED_RUNBOOK}#{code.replace('.', '')}; it is billed by the next run",
        raised_on=today,
    )
