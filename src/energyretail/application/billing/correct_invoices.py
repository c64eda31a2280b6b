"""Correct what was billed on readings or prices that are no longer true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import attrs

from energyretail.application.billing.bill_due_supplies import BillingStep
from energyretail.application.billing.documents import Documents
from energyretail.application.billing.drafting import Drafting, DraftingDesk
from energyretail.application.billing.ports import (
    OutdatedInvoice,
    OutdatedInvoices,
    PricedBy,
    Tariffs,
)
from energyretail.application.shared import Clock, Work, WorkList
from energyretail.domain.billing import (
    BillingPolicy,
    CorrectionMethod,
    Draft,
    Invoice,
    changes_nothing,
    difference,
    price_digest,
)
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Conflict, DomainError, InvoiceNumber

__all__ = ["CorrectInvoices"]


class CorrectInvoices:
    """Put right every document in force whose index or price has changed.

    Rules: nothing issued is edited; the market says whether a credit note and a rebill come as a
    pair or one document states the differences, and both name their original and net the same.
    A reading between two periods corrects both neighbours. A correction can be corrected again.
    More than before is charged no further back than the market allows. A price that came late
    and changes nothing on a bill is noted as checked. What cannot be rated is put on the work
    list and its document stays in force. One chunk is one transaction; done again, it finds
    nothing to correct.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        outdated: OutdatedInvoices,
        tariffs: Tariffs,
        drafting: Drafting,
        documents: Documents,
        work_list: WorkList,
        policy: BillingPolicy,
    ):
        self._work = work
        self._clock = clock
        self._outdated = outdated
        self._tariffs = tariffs
        self._drafting = drafting
        self._documents = documents
        self._work_list = work_list
        self._policy = policy

    def __call__(self, *, after: str = "", limit: int = 1000) -> BillingStep:
        """Correct up to `limit` documents beyond `after`; `issued` counts both of a pair.

        What clashes with what is issued is found by halves, as in billing, and parked alone.
        """
        try:
            return self._correct(after, limit)
        except Conflict as clash:
            return self(after=after, limit=limit // 2) if limit > 1 else self._park(after, clash)

    def _park(self, after: str, clash: Conflict) -> BillingStep:
        with self._work() as transaction:
            today = self._clock.today()
            found = self._outdated.outdated(after=after, limit=1, repriced=tuple(self._repriced()))
            self._work_list.add([_work_item(one.invoice, clash, today) for one in found])
            transaction.commit()
        # Where nothing is outdated any more, somebody else corrected it meanwhile.
        return BillingStep(0, len(found), found[-1].key if found else None)

    def _correct(self, after: str, limit: int) -> BillingStep:
        with self._work() as transaction:
            today = self._clock.today()
            page = self._outdated.outdated(
                after=after, limit=limit, repriced=tuple(self._repriced())
            )
            desk = self._drafting.over(
                ((one.supply, one.invoice.period) for one in page), today=today
            )
            pairs: list[tuple[Invoice, Draft]] = []
            confirmed: list[tuple[InvoiceNumber, str]] = []
            parked: list[WorkItem] = []
            recounted: dict[str, str] = {}
            for outdated in page:
                # What counts otherwise changes the bills after it: they wait for the next chunk.
                if outdated.supply.key in recounted:
                    continue
                again = self._again(outdated, desk)
                if isinstance(again, WorkItem):
                    parked.append(again)
                elif changes_nothing(again, outdated.invoice):
                    keys = (again.price_digest, *outdated.keys)
                    confirmed += ((outdated.invoice.number, key) for key in keys if key)
                else:
                    pairs.append((outdated.invoice, again))
                    if again.bill.counted != outdated.invoice.standing.counted:
                        recounted[outdated.supply.key] = outdated.key
            issued = self._documents.correct(pairs, on=today)
            self._documents.confirm(confirmed)
            self._work_list.add(parked)
            transaction.commit()
        resume = page[-1].key if len(page) == limit else None
        return BillingStep(issued, len(parked), min(recounted.values(), default=resume))

    def _repriced(self) -> Iterator[PricedBy]:
        """Yield the prices that documents in force rest on and that are others by now."""
        tariff = cache(self._tariffs.tariff)
        for priced in self._outdated.priced_by():
            try:
                now = price_digest(tariff(priced.tariff), priced.period)
            except DomainError:
                now = ""  # its documents are found, cannot be rated, and are parked
            if not now or now != priced.digest:
                yield attrs.evolve(priced, digest_now=now)

    def _again(self, outdated: OutdatedInvoice, desk: DraftingDesk) -> Draft | WorkItem:
        supply, original = outdated.supply, outdated.invoice
        try:
            limited = desk.draft(supply, original.period, billed=original)
            if self._policy.corrections.method is CorrectionMethod.BY_DIFFERENCE:
                # Refuses here, where it parks one document, what cannot be subtracted.
                difference(original.standing, limited.bill, of=original.number)
        except DomainError as error:
            return _work_item(original, error, desk.today)
        return limited


def _work_item(original: Invoice, error: DomainError, today: date) -> WorkItem:
    return WorkItem(
        kind="billing_correction",
        key=original.number,
        code=error.code,
        text=str(error),
        way_out="put right the readings, what was told or the tariff; it is corrected the next day",
        raised_on=today,
    )
