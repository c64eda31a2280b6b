"""Instalment plans, their advances and what was taken off, over dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import attrs

from energyretail.adapters.memory.billing import in_force
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.billing import ClosedPlan, PlanKey, PlanTerms, PlanToAsk
from energyretail.domain.billing import Advance, InstalmentPlan, Invoice, ItemLeft, TakenOff
from energyretail.domain.contracts import Contract, ContractState
from energyretail.domain.ledger import Account
from energyretail.domain.shared import (
    Conflict,
    InvoiceNumber,
    Money,
    NotFound,
    Outdated,
    Period,
    add_months,
)
from energyretail.domain.supply import Supply

__all__ = [
    "MemoryAdvances",
    "MemoryContractsToPlan",
    "MemoryDeductions",
    "MemoryInstalmentPlans",
    "MemoryPlansToAsk",
    "MemoryPlansToSettle",
    "plans_of",
]

_OVER = frozenset(
    {
        ContractState.ENDED,
        ContractState.LAPSED,
        ContractState.WITHDRAWN,
        ContractState.REFUSED,
    }
)


class MemoryContractsToPlan:
    """The ContractsToPlan port over the contracts and bills of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def terms(self, contract: str) -> PlanTerms:
        """Return a contract's terms."""
        found: Contract | None = self._store.table("contract").get(contract)
        if found is None:
            raise NotFound("billing.plan.contract_unknown", "no such contract", contract=contract)
        ends = [bill.period.until for bill in in_force(self._store) if bill.contract == contract]
        return PlanTerms(
            contract=found.number,
            customer=found.customer,
            tariff=found.supplies[0].site.tariff,
            is_over=found.state in _OVER or all(supply.ended_on for supply in found.supplies),
            billed_until=max(ends, default=None),
        )


class MemoryInstalmentPlans:
    """The InstalmentPlans port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, plans: Sequence[InstalmentPlan]) -> None:
        """Keep new plans."""
        table = self._store.writable("instalment_plan")
        for plan in plans:
            spans = (known.span for known in table.values() if known.contract == plan.contract)
            if any(span.meets(plan.span) for span in spans):
                raise Conflict("billing.plan.overlaps", "the contract has a plan for a day of it")
            table[plan.contract, plan.first_day] = plan

    def save(self, plans: Sequence[InstalmentPlan]) -> None:
        """Keep the next versions of plans."""
        table = self._store.writable("instalment_plan")
        for plan in plans:
            known = table.get((plan.contract, plan.first_day))
            if known is None or known.version + 1 != plan.version:
                raise Outdated("billing.plan.changed", "changed since it was read")
            table[plan.contract, plan.first_day] = plan

    def named(self, keys: Sequence[PlanKey]) -> tuple[InstalmentPlan, ...]:
        """Return plans by contract and first day."""
        wanted = frozenset(keys)
        found = plans_of(self._store)
        return tuple(plan for plan in found if (plan.contract, plan.first_day) in wanted)


def plans_of(store: MemoryStore) -> tuple[InstalmentPlan, ...]:
    """Return every plan with the numbers of what is asked, ordered by contract and first day."""
    asked = store.table("advance")
    table = store.table("instalment_plan")
    return tuple(_asked(table[key], asked) for key in sorted(table))


def _asked(plan: InstalmentPlan, asked: dict[tuple[str, date], Advance]) -> InstalmentPlan:
    instalments = (
        attrs.evolve(each, asked=found.number)
        if (found := asked.get((plan.contract, each.due_on)))
        else attrs.evolve(each, asked=None)
        for each in plan.instalments
    )
    return attrs.evolve(plan, instalments=tuple(instalments))


class MemoryPlansToAsk:
    """The PlansToAsk port over the plans and contracts of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def due(self, *, by: date, after: str, limit: int) -> tuple[PlanToAsk, ...]:
        """Return running plans with an instalment due by a day."""
        found = (
            PlanToAsk(plan, until)
            for plan in plans_of(self._store)
            if plan.key > after and plan.settled_on is None
            for started, until in [self._supplied(plan)]
            if started is not None and started <= by
            if any(until is None or each.due_on < until for each in plan.due(by=by))
        )
        return tuple(found)[:limit]

    def _supplied(self, plan: InstalmentPlan) -> tuple[date | None, date | None]:
        """Return the first day supplied, and the day on which nothing is any more."""
        supplies = self._store.table("contract")[plan.contract].supplies
        started = [one.started_on for one in supplies if one.started_on is not None]
        ended = [one.ended_on for one in supplies if one.started_on is not None]
        lasting = [day for day in ended if day is not None]
        until = max(lasting) if lasting and len(lasting) == len(ended) else None
        return min(started, default=None), until


class MemoryAdvances:
    """The Advances port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, advances: Sequence[Advance]) -> None:
        """Keep issued advances."""
        table = self._store.writable("advance")
        for advance in advances:
            if any(known.number == advance.number for known in table.values()):
                raise Conflict("billing.number_twice", "a document has this number already")
            if (advance.contract, advance.instalment_on) in table:
                raise Conflict("billing.advance.asked_twice", "the instalment is asked already")
            table[advance.contract, advance.instalment_on] = advance

    def of_plans(self, keys: Sequence[PlanKey]) -> tuple[Advance, ...]:
        """Return the advances of plans."""
        wanted = frozenset(keys)
        table = self._store.table("advance")
        found = (table[key] for key in sorted(table))
        return tuple(one for one in found if (one.contract, one.first_day) in wanted)


class MemoryPlansToSettle:
    """The PlansToSettle port over the plans, contracts and bills of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def closed(self, *, today: date, after: str, limit: int) -> tuple[ClosedPlan, ...]:
        """Return plans of which every supplied point is billed."""
        return tuple(one for one in self._closed(today) if one.plan.key > after)[:limit]

    def closed_of(self, contracts: Sequence[str], *, today: date) -> tuple[ClosedPlan, ...]:
        """Return those of some contracts."""
        return tuple(one for one in self._closed(today) if one.plan.contract in contracts)

    def _closed(self, today: date) -> Iterator[ClosedPlan]:
        for plan in plans_of(self._store):
            bills = () if plan.settled_on else self._closing_bills(plan, today)
            if bills:
                left = tuple(self._left(number) for number in bills)
                yield ClosedPlan(plan, bills, left, self._goes_on(plan))

    def _left(self, bill: InvoiceNumber) -> tuple[ItemLeft, ...]:
        """Return what is left for a bill and for all that it corrects, the oldest first."""
        documents = self._store.table("invoice")
        behind: list[Invoice] = [documents[bill]]
        while (original := documents.get(behind[0].original)) is not None:
            behind.insert(0, original)
        return tuple(ItemLeft(one.number, self._on(one.number)) for one in behind)

    def _on(self, item: InvoiceNumber) -> Money:
        postings = (
            posting
            for entry in self._store.table("entry").values()
            if entry.key.startswith(("invoice:", "settlement:"))
            for posting in entry.postings
            if posting.account is Account.RECEIVABLE and posting.item == item
        )
        currency = self._store.table("invoice")[item].gross.currency
        return Money.total((posting.amount for posting in postings), currency)

    def _closing_bills(self, plan: InstalmentPlan, today: date) -> tuple[InvoiceNumber, ...]:
        """Return the bills of the last day, a point each; none while one is missing."""
        ends = [supply.ended_on for supply in self._supplied(plan)]
        if plan.span.until > today and not any(end and end <= today for end in ends):
            return ()
        bills = [bill for bill in in_force(self._store) if bill.contract == plan.contract]
        numbers = [_covering(bills, supply, plan.span) for supply in self._supplied(plan)]
        found = tuple(number for number in numbers if number is not None)
        return found if len(found) == len(numbers) else ()

    def _supplied(self, plan: InstalmentPlan) -> Iterator[Supply]:
        supplies = self._store.table("contract")[plan.contract].supplies
        for supply in supplies:
            started, ended = supply.started_on, supply.ended_on
            before = ended is not None and ended <= plan.first_day
            if started is not None and started < plan.span.until and not before:
                yield supply

    def _goes_on(self, plan: InstalmentPlan) -> bool:
        until = plan.span.until
        following = Period(until, add_months(until, plan.months))
        planned = (
            other.span.meets(following)
            for other in plans_of(self._store)
            if other.contract == plan.contract and other.first_day != plan.first_day
        )
        lasts = (one.ended_on is None or one.ended_on > until for one in self._supplied(plan))
        return any(lasts) and not any(planned)


def _covering(bills: Sequence[Invoice], supply: Supply, span: Period) -> InvoiceNumber | None:
    last = min(span.until, supply.ended_on or span.until) - timedelta(days=1)
    of_point = (bill for bill in bills if bill.cups == supply.site.cups)
    return next((bill.number for bill in of_point if last in bill.period), None)


class MemoryDeductions:
    """The Deductions port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, taken: Sequence[TakenOff]) -> None:
        """Keep what is taken off."""
        table = self._store.writable("deduction")
        for one in taken:
            key = (one.deduction.kind, one.deduction.document)
            if key in table:
                raise Conflict("billing.deducted_twice", "the document was taken off before")
            table[key] = one

    def of_bills(self, bills: Sequence[str]) -> tuple[TakenOff, ...]:
        """Return what was taken off bills."""
        wanted = frozenset(bills)
        found = (one for one in self._store.table("deduction").values() if one.bill in wanted)
        return tuple(sorted(found, key=lambda one: (one.bill, one.deduction.document)))
