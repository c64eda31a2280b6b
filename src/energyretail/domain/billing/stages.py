"""Where in the life of a supply a bill stands: first, periodic, or final."""

from __future__ import annotations

import enum

from energyretail.domain.shared import Period

__all__ = ["BillStage", "stage_of"]


class BillStage(enum.Enum):
    """Which bill of its supply one is, by what was known when it was made."""

    FIRST = "first"
    PERIODIC = "periodic"
    FINAL = "final"


def stage_of(billed: Period, *, supplied: Period) -> BillStage:
    """Return the stage of a bill: final where it reaches the end of supply, even the only one."""
    if billed.until == supplied.end:
        return BillStage.FINAL
    return BillStage.FIRST if billed.start == supplied.start else BillStage.PERIODIC
