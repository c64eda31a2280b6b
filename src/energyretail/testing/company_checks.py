"""What holds of a company after every step, whatever was done: its invariants against a model."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

from hypothesis.stateful import RuleBasedStateMachine, invariant

from energyretail.domain.billing import Invoice, InvoiceKind
from energyretail.domain.ledger import Account, balance_of
from energyretail.domain.operations import WorkItem
from energyretail.testing.company import Company
from energyretail.testing.company_model import CompanyModel

__all__ = ["GRACE_DAYS", "CompanyChecks"]

# A day so long ago should have been estimated.
GRACE_DAYS: Final = 45


class CompanyChecks(RuleBasedStateMachine):
    """Holds a company beside its model; `rows` and `laid` are what its partners ever told."""

    def __init__(self, company: Company):
        super().__init__()
        self.company = company
        self.model = CompanyModel()
        self.rows: list[tuple[str, str, date]] = []
        self.laid: set[str] = set()

    @invariant()
    def the_books_are_sound(self) -> None:
        """Every entry sums to zero, and so does the whole."""
        entries = self.company.store.table("entry").values()
        assert not any(balance_of(entry.postings) for entry in entries)
        assert self.company.check_ledger().problems == ()

    @invariant()
    def every_customer_owes_what_the_model_says(self) -> None:
        """Receivable by customer is what was billed less what was paid."""
        receivable = Counter[str]()
        for entry in self.company.store.table("entry").values():
            for posting in entry.postings:
                if posting.account is Account.RECEIVABLE:
                    receivable[posting.customer or ""] += posting.amount.cents
        assert {who: cents for who, cents in receivable.items() if cents} == self.model.owed()

    @invariant()
    def no_day_is_billed_twice_or_forgotten(self) -> None:
        """The days of the documents in force are those the model has billed, each once."""
        documents = self._documents()
        takes = (InvoiceKind.CREDIT_NOTE, InvoiceKind.RECTIFICATION)
        taken_back = {one.original for one in documents if one.kind in takes}
        days = [
            (one.contract, one.cups.value, day)
            for one in documents
            if one.kind is not InvoiceKind.CREDIT_NOTE and one.number not in taken_back
            for day in one.period.each_day()
        ]
        assert len(days) == len(set(days))
        billed = Counter((contract, cups) for contract, cups, _ in days)
        assert dict(billed) == self.model.days_billed()

    @invariant()
    def every_supply_day_is_what_the_model_says(self) -> None:
        """A day is billed or not yet due; only until the next bills is one due and not billed."""
        today, company = self.company.clock.today(), self.company
        days = company.supply_days.counts(today=today, grace_days=GRACE_DAYS)
        fates = self.model.fates(today=today, grace_days=GRACE_DAYS)
        assert {state.value: count for state, count in days.items()} == {"parked": 0, **fates}

    @invariant()
    def contracts_and_points_stand_where_the_model_says(self) -> None:
        """States agree, and no point has two contracts of ours."""
        rows = self.company.store.table("contract")
        for number, contract in self.model.contracts.items():
            assert rows[number].state.value == contract.state
            for supply in rows[number].supplies:
                point = contract.points[supply.site.cups.value]
                assert (supply.state.value, supply.started_on) == (point.state, point.begun)
        supplied = [cups for _, cups in self.model.running()]
        assert len(supplied) == len(set(supplied))

    @invariant()
    def nothing_is_lost(self) -> None:
        """What came is handled or on the work list; what must go out is out."""
        store, listed = self.company.store, {i.key for i in self.company.work_list.open_items()}
        inbox = store.table("inbox")
        assert all(row[2] != "kept" for row in inbox.values())
        assert all(key in listed for (_, key), row in inbox.items() if row[2] == "parked")
        assert all(("registry", key) in inbox for key in self.laid)
        parked = [item for item in self.company.work_list.open_items() if _of_registry(item)]
        assert len(parked) == len(self.model.parked)
        read = {
            (reading.cups.value, *reading.key[1:3]) for reading in store.table("reading").values()
        }
        assert read.issuperset(self.rows)
        assert self.company.outbox.waiting() == 0
        assert not any(key.startswith(("erp/", "mail/", "bank/")) for key in listed)
        assert all(self.company.erp.find(key) for key in store.table("entry"))
        assert len(self.company.mail.kept) == len(self._documents())

    def _documents(self) -> tuple[Invoice, ...]:
        return tuple(self.company.store.table("invoice").values())


def _of_registry(item: WorkItem) -> bool:
    return item.kind == "registry_message"
