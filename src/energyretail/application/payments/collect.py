"""Collect what is due at the end of the month."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date

from energyretail.application.payments.ports import (
    Collections,
    Mandates,
    PaymentFiles,
    PaymentFileWriter,
    UnpaidItems,
)
from energyretail.application.shared import Clock, Events, Work, WorkList
from energyretail.domain import payments
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import MandateReference

__all__ = ["CollectDueItems"]

_FOR_A_PERSON = {
    payments.Hindrance.NO_MANDATE: "ask the customer to sign a mandate or to pay by transfer",
    payments.Hindrance.MANDATE_UNUSABLE: "mend the mandate or ask the customer to pay by transfer",
}


class CollectDueItems:
    """Make the month's payment file on its run day; on any other day do nothing.

    Rules: the due date is the last TARGET day of the month, the run three TARGET days before
    it; every item due by then is collected unless a collection of it is in flight, the bank's
    reason or two failed retries forbid it, or no usable mandate is there; a customer's credit
    pays first; one file a run, its bytes kept with the collections.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        items: UnpaidItems,
        mandates: Mandates,
        collections: Collections,
        files: PaymentFiles,
        writer: PaymentFileWriter,
        work_list: WorkList,
        events: Events,
        creditor: payments.Creditor,
    ):
        self._work = work
        self._clock = clock
        self._items = items
        self._mandates = mandates
        self._collections = collections
        self._files = files
        self._writer = writer
        self._work_list = work_list
        self._events = events
        self._creditor = creditor

    def __call__(self) -> payments.PaymentFile | None:
        """Collect what the business day asks for; return the file, None when there is none.

        Run again for the same due date it returns the file that is there.
        """
        today = self._clock.today()
        due_on = payments.due_date_to_collect(today)
        return None if due_on is None else self._collect(due_on, today)

    def _collect(self, due_on: date, today: date) -> payments.PaymentFile | None:
        msg_id = payments.message_id(self._creditor, due_on=due_on, run=1)
        with self._work() as transaction:
            if known := self._files.named((msg_id,)):
                return known[0]
            items = self._items.due(due_on)
            mandates = self._mandates_of(items)
            selections = payments.select(items, mandates, due_on=due_on)
            run = payments.plan_run(
                selections, mandates, msg_id=msg_id, created_on=today, due_on=due_on
            )
            self._work_list.add(_hindered(selections, today))
            file = self._save(run)
            transaction.commit()
        return file

    def _mandates_of(
        self, items: Iterable[payments.UnpaidItem]
    ) -> Mapping[MandateReference, payments.Mandate]:
        references = sorted({item.umr for item in items if item.umr})
        return {mandate.umr: mandate for mandate in self._mandates.named(references)}

    def _save(self, run: payments.Run) -> payments.PaymentFile | None:
        if not run.collections:
            return None
        order = payments.order_of(run, self._creditor)
        content = b"".join(self._writer(order))
        file = payments.PaymentFile(
            msg_id=run.msg_id,
            file_name=f"{run.msg_id}.xml",
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            control_sum=order.total,
            count=order.count,
            due_on=run.due_on,
        )
        self._files.add(file)
        self._collections.add(run.collections)
        self._mandates.save(run.mandates)
        self._events.record((payments.PaymentFileCreated(run.msg_id),))
        return file


def _hindered(selections: Iterable[payments.Selection], today: date) -> tuple[WorkItem, ...]:
    return tuple(
        WorkItem(
            kind="payments.not_collected",
            key=selection.item.item,
            code=selection.hindrance.value,
            text=f"{selection.item.open} of {selection.item.item} is due and was not collected",
            way_out=_FOR_A_PERSON[selection.hindrance],
            raised_on=today,
        )
        for selection in selections
        if selection.hindrance in _FOR_A_PERSON
    )
