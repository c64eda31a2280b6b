"""The day's bills shared among all workers, where they are many."""

from __future__ import annotations

from datetime import date
from typing import Final

from energyretail.application.operations.bill_run_ports import BillRunShelf
from energyretail.application.operations.bill_runs import StartBillRun
from energyretail.application.operations.business_day import StepEnd
from energyretail.application.shared import Clock
from energyretail.domain.operations import CHUNK_SIZE, BillRun, BillRunState
from energyretail.domain.shared import Refused

__all__ = ["ShareBills"]

_BY: Final = "business day"


class ShareBills:
    """Have all workers bill what is due on the business day, if it is more than a chunk.

    Rules: where more than a chunk is due, the day starts a bill run and waits for its end, as it
    does for a run of the day that a person started; what is due then is billed by the day itself.
    A day does not bill past a run that failed or was called off: that is a person's to resume, or
    to start anew.
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

        Raises Refused ``day.bill_run_failed`` or ``day.bill_run_aborted`` for the day's last run.
        """
        today = self._clock.today()
        shown = self._shelf.latest_of(today)
        run = shown.run if shown else self._begun(today)
        if run is None or run.state is BillRunState.DONE:
            return StepEnd.DONE
        about = {"day": run.as_of, "run": run.number}
        if run.state is BillRunState.FAILED:
            raise Refused("day.bill_run_failed", "resume the run, then open the day again", **about)
        if run.state is BillRunState.ABORTED:
            raise Refused(
                "day.bill_run_aborted", "have a run that ends, then open the day again", **about
            )
        return StepEnd.NOT_YET

    def _begun(self, today: date) -> BillRun | None:
        size = self._chunk_size
        return self._start.if_more_than_a_chunk(today, by=_BY, chunk_size=size)
