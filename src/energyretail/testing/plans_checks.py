"""What holds once a plan is settled, reckoned from documents and postings alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from energyretail.domain.billing import EndOfPlan, InstalmentPlan, Invoice
from energyretail.domain.ledger import Account
from energyretail.testing.plans import PlansDesk

__all__ = [
    "document_keys",
    "documents_of",
    "left_on_items",
    "payable_by_item",
    "posted_by_item",
    "rolled_over",
]


def documents_of(desk: PlansDesk, contracts: Iterable[str]) -> list[Invoice]:
    """Return every bill and correction of some contracts."""
    return [bill for each in contracts for bill in desk.desk.world.invoices.of_contract(each)]


def document_keys(desk: PlansDesk, contracts: Iterable[str]) -> list[str]:
    """Return the keys of the entries of every bill and correction."""
    return [f"invoice:{bill.number}" for bill in documents_of(desk, contracts)]


def rolled_over(before: Iterable[InstalmentPlan], after: Iterable[InstalmentPlan]) -> list[str]:
    """Return the keys of plans settled since, whose rest a plan made since carries on."""
    known = {plan.key: plan.settled_on for plan in before}
    made = {(plan.contract, plan.first_day) for plan in after if plan.key not in known}
    return [
        plan.key
        for plan in after
        if plan.settled_on and not known.get(plan.key)
        if plan.at_end is EndOfPlan.ROLL_OVER and (plan.contract, plan.span.until) in made
    ]


def payable_by_item(desk: PlansDesk, contract: str) -> dict[str, int]:
    """Return the cents that the documents of a contract tell to be paid, by open item; no zeros.

    That is their gross less all that is taken off them.
    """
    documents = documents_of(desk, [contract])
    item_of = {bill.number: bill.item for bill in documents}
    told = Counter[str]()
    for bill in documents:
        told[bill.item] += bill.gross.cents
    for one in desk.world.deductions.of_bills(list(item_of)):
        told[item_of[one.bill]] -= one.deduction.gross.cents
    return {item: cents for item, cents in told.items() if cents}


def left_on_items(desk: PlansDesk, plan: InstalmentPlan) -> dict[str, int]:
    """Return the cents that documents for the last day of a plan, and settlements, leave owed.

    By open item, payments and what credit paid left out; items at zero are left out too.
    """
    documents = documents_of(desk, [plan.contract])
    items = {bill.item for bill in documents if plan.span.last in bill.period}
    return {item: cents for item, cents in posted_by_item(desk, plan).items() if item in items}


def posted_by_item(desk: PlansDesk, plan: InstalmentPlan) -> dict[str, int]:
    """Return the cents that the documents of a plan's contract, and settlements, leave owed.

    By open item of a document, payments and what credit paid left out; no zeros.
    """
    documents = documents_of(desk, [plan.contract])
    items = {bill.item for bill in documents}
    keys = document_keys(desk, [plan.contract])
    settled = {f"settlement:{each.key}" for each in _plans_of(desk, plan)}
    left = Counter[str]()
    for entry in desk.desk.ledger.entries([*keys, *sorted(settled)]):
        for posting in entry.postings:
            if posting.account is Account.RECEIVABLE and posting.item in items:
                left[posting.item] += posting.amount.cents
    return {item: cents for item, cents in left.items() if cents}


def _plans_of(desk: PlansDesk, plan: InstalmentPlan) -> tuple[InstalmentPlan, ...]:
    days = (plan.first_day + timedelta(days=n) for n in range(-400, 400))
    return desk.world.plans.named([(plan.contract, day) for day in days])
