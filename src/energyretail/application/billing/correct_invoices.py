"""Correct what was billed on readings that are no longer true."""

from __future__ import annotations

from datetime import date

from energyretail.application.billing.bill_due_supplies import BillingStep
from energyretail.application.billing.documents import Documents
from energyretail.application.billing.ports import OutdatedInvoice, OutdatedInvoices, Tariffs
from energyretail.application.shared import Clock, Work, WorkList
from energyretail.domain.billing import BillingPolicy, Draft, Invoice, draft
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError

__all__ = ["CorrectInvoices"]


class CorrectInvoices:
    """Take back and bill again every document in force whose index has changed.

    Rules: nothing issued is edited; a credit note names its original and negates it exactly,
    a rebill covers the same period on the current readings, and both come together. A reading
    between two periods corrects both neighbours. A rebill can be corrected again. What cannot
    be rated is put on the work list and its document stays in force. One chunk is one
    transaction; done again, it finds nothing to correct.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        outdated: OutdatedInvoices,
        tariffs: Tariffs,
        documents: Documents,
        work_list: WorkList,
        policy: BillingPolicy,
    ):
        self._work = work
        self._clock = clock
        self._outdated = outdated
        self._tariffs = tariffs
        self._documents = documents
        self._work_list = work_list
        self._policy = policy

    def __call__(self, *, after: str = "", limit: int = 1000) -> BillingStep:
        """Correct up to `limit` documents beyond `after`; `issued` counts both of a pair."""
        with self._work() as transaction:
            today = self._clock.today()
            page = self._outdated.outdated(after=after, limit=limit)
            pairs: list[tuple[Invoice, Draft]] = []
            parked: list[WorkItem] = []
            for outdated in page:
                if isinstance(again := self._again(outdated, today), Draft):
                    pairs.append((outdated.invoice, again))
                else:
                    parked.append(again)
            self._documents.replace(pairs, on=today)
            self._work_list.add(parked)
            transaction.commit()
        resume = page[-1].key if len(page) == limit else None
        return BillingStep(2 * len(pairs), len(parked), resume)

    def _again(self, outdated: OutdatedInvoice, today: date) -> Draft | WorkItem:
        try:
            return draft(
                outdated.supply,
                outdated.invoice.period,
                tariff=self._tariffs.tariff(outdated.supply.tariff),
                registers=self._policy.registers_of(outdated.supply.tariff),
                meter_digits=self._policy.meter_digits,
            )
        except DomainError as error:
            return WorkItem(
                kind="billing_correction",
                key=outdated.invoice.number,
                code=error.code,
                text=str(error),
                way_out="put the readings or the tariff right; it is corrected the next day",
                raised_on=today,
            )
