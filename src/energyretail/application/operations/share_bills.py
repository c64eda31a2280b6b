"""The day's bills shared among all workers, where they are many."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from energyretail.application.operations.bill_run_ports import BillRunShelf
from energyretail.application.operations.bill_runs import StartBillRun
from energyretail.application.operations.business_day import StepEnd
from energyretail.application.shared import Clock
from energyretail.domain.operations import CHUNK_SIZE, BillRun, BillRunState
from energyretail.domain.shared import Conflict, Refused

__all__ = ["ShareBills"]

_BY: Final = "business day"
_UNDER_WAY: Final = "operations.bill_run.under_way"
_S = BillRunState


class ShareBills:
    """Have all workers bill what is due on the business day, if it is more than a chunk.

    Rules: where more than a chunk is due, the day starts a bill run, once, and waits for its end;
    what is due then is billed by the day itself. A run of the day that a person started, dry or
    not, is waited for first. A day does not bill past a run that failed, nor past its last one
    where that was called off: they are a person's to resume, or to start anew.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        shelf: BillRunShelf,
        start: StartBillRun,
        chunk_size: int = CHUNK_SIZE,
    ):
        self._clock = clock
        self._shelf = shelf
        self._start = start
        self._chunk_size = chunk_size

    def __call__(self) -> StepEnd:
        """Return NOT_YET while workers bill, DONE when nothing is left to be shared.

        Raises Refused ``day.bill_run_failed`` or ``day.bill_run_aborted``, whose is the run.
        """
        today = self._clock.today()
        runs = [shown.run for shown in self._shelf.of_day(today)]
        _refuse_stopped(runs)
        if any(not run.is_over for run in runs):
            return StepEnd.NOT_YET
        if any(run.started_by == _BY and run.state is _S.DONE for run in runs):
            return StepEnd.DONE
        return self._begun(today)

    def _begun(self, today: date) -> StepEnd:
        size = self._chunk_size
        try:
            run = self._start.if_more_than_a_chunk(today, by=_BY, chunk_size=size)
        except Conflict as clash:
            if clash.code != _UNDER_WAY:
                raise
            # Somebody else has just started one.
            return StepEnd.NOT_YET
        return StepEnd.NOT_YET if run else StepEnd.DONE


def _refuse_stopped(runs: Iterable[BillRun]) -> None:
    """Raise for a run that failed, and for the last one that is not dry if it was called off."""
    found = [run for run in runs if run.state is _S.FAILED or not run.dry_run]
    for run in found:
        if run.state is _S.FAILED:
            raise Refused(
                "day.bill_run_failed",
                "resume the run or call it off, then open the day again",
                day=run.as_of,
                run=run.number,
            )
    if found and found[0].state is _S.ABORTED:
        raise Refused(
            "day.bill_run_aborted",
            "have a run that ends, then open the day again",
            day=found[0].as_of,
            run=found[0].number,
        )
