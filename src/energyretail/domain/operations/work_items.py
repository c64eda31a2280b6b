"""One thing the machine could not finish alone."""

from __future__ import annotations

from datetime import date

import attrs

from energyretail.domain.shared import Invalid, Refused

__all__ = ["ClosedWorkItem", "WorkItem"]


@attrs.frozen
class WorkItem:
    """Something parked for a person: never lost, never silent.

    (kind, key) is the natural key. `code` is the stable reason, `text` says it for people,
    `way_out` says what the person can do.
    """

    kind: str
    key: str
    code: str
    text: str
    way_out: str
    raised_on: date


def _stripped(text: str) -> str:
    return text.strip()


@attrs.frozen
class ClosedWorkItem:
    """An item a person has dealt with, on a business day; `remark` says who, and how or why.

    The same thing may be raised again later, and closed again.

    Raises Invalid ``operations.work_item.remark`` (say who dealt with it, and how, in text).
    """

    item: WorkItem
    closed_on: date
    remark: str = attrs.field(converter=_stripped)

    def __attrs_post_init__(self) -> None:
        if not self.remark or "\0" in self.remark:
            raise Invalid("operations.work_item.remark", "say who dealt with it, and how, in text")

    def closed_again(self, remark: str) -> ClosedWorkItem:
        """Return what was closed, for the same remark; raises Refused for another one."""
        if remark.strip() != self.remark:
            raise Refused("operations.work_item.closed", "closed already", closed_on=self.closed_on)
        return self
