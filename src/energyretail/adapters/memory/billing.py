"""Billing's ports over dictionaries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

import attrs

from energyretail.adapters.memory.customer_faults import faults_at
from energyretail.adapters.memory.measured import news_for
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.shared.bill_json import carried_json, carried_of
from energyretail.application.billing import OutdatedInvoice, PricedBy
from energyretail.domain import metering, pricing
from energyretail.domain.billing import (
    BACK_BILLING,
    BillableSupply,
    IndexReading,
    Invoice,
    InvoiceKind,
    charge_a_day_both,
    charges_a_day_twice,
    is_held_for_plan,
)
from energyretail.domain.contracts import Contract
from energyretail.domain.shared import Conflict, Cups, InvoiceNumber, Period
from energyretail.domain.supply import Supply

__all__ = ["MemoryInvoices", "MemoryOutdatedInvoices", "MemorySuppliesToBill", "in_force"]

# As the table issued_items of the database has it.
_DOCUMENTS_A_DAY = 15


class MemoryInvoices:
    """The Invoices port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def add(self, invoices: Sequence[Invoice]) -> None:
        """Keep documents; those that take others out of force go first."""
        table = self._store.writable("invoice")
        cancelled = self._store.writable("invoice_cancelled")
        first = (InvoiceKind.CREDIT_NOTE, InvoiceKind.RECTIFICATION)
        for kind in first:
            for document in (i for i in invoices if i.kind is kind):
                original = table.get(document.original)
                if original is None or not _stands(original, cancelled):
                    raise Conflict("billing.credited_twice", "an original is not in force")
                cancelled[original.number] = document.number
                self._keep(table, document)
        for bill in (i for i in invoices if i.kind not in first):
            self._keep(table, bill)

    def confirm(self, checked: Sequence[tuple[InvoiceNumber, str]]) -> None:
        """Note that documents stand under other prices."""
        self._store.writable("invoice_confirmed").update(dict.fromkeys(checked))

    def _keep(self, table: dict[str, Invoice], document: Invoice) -> None:
        if document.kind is not InvoiceKind.CREDIT_NOTE:
            if any(_clash(document, other) for other in in_force(self._store)):
                raise Conflict("billing.billed_twice", "a day of the supply is billed already")
            if charges_a_day_twice(document.standing):
                raise Conflict("billing.billed_twice", "a day of a component is charged already")
            replaced = document.kind is InvoiceKind.REBILL and document.original
            if replaced and any(_replaces(other, replaced) for other in table.values()):
                raise Conflict("billing.rebilled_twice", "the original is replaced already")
        if document.kind is InvoiceKind.INVOICE and self._is_held(document):
            raise Conflict("billing.held_for_plan", "the bill ends inside a plan's span")
        if document.number in table:
            raise Conflict("billing.number_twice", "a document has this number already")
        if sum(_same_day(document, other) for other in table.values()) >= _DOCUMENTS_A_DAY:
            raise Conflict("billing.too_many_items", "too much was issued for one supply and day")
        table[document.number] = document

    def _is_held(self, bill: Invoice) -> bool:
        contract: Contract | None = self._store.table("contract").get(bill.contract)
        supplies = contract.supplies if contract else ()
        ends = (one.ended_on for one in supplies if one.site.cups == bill.cups)
        plans = _running_plans(self._store, bill.contract)
        return is_held_for_plan(bill.period, plans=plans, ends=next(ends, None))

    def by_numbers(self, numbers: Sequence[str]) -> tuple[Invoice, ...]:
        """Return documents in the order asked."""
        table = self._store.table("invoice")
        return tuple(table[number] for number in dict.fromkeys(numbers) if number in table)

    def of_contract(self, contract: str) -> tuple[Invoice, ...]:
        """Return a contract's documents in the order they were issued."""
        table = self._store.table("invoice")
        return tuple(invoice for invoice in table.values() if invoice.contract == contract)

    def previous(self, numbers: Sequence[str]) -> Mapping[str, Invoice]:
        """Return the bill before each."""
        found = {bill.number: self._before(bill) for bill in self.by_numbers(numbers)}
        return {number: bill for number, bill in found.items() if bill is not None}

    def _before(self, bill: Invoice) -> Invoice | None:
        if bill.kind is InvoiceKind.CREDIT_NOTE:
            return None
        known: dict[str, Invoice] = {}
        for issued in self._store.table("invoice").values():
            if issued.number == bill.number:
                break
            if issued.kind in (InvoiceKind.CREDIT_NOTE, InvoiceKind.RECTIFICATION):
                known.pop(issued.original, None)
            same = (issued.contract, issued.cups) == (bill.contract, bill.cups)
            if same and issued.kind is not InvoiceKind.CREDIT_NOTE:
                known[issued.number] = issued
        before = [other for other in known.values() if other.period.until <= bill.period.start]
        return max(before, key=lambda other: other.period.until, default=None)


def _same_day(one: Invoice, other: Invoice) -> bool:
    same = (one.contract, one.cups) == (other.contract, other.cups)
    return same and one.period.start == other.period.start


def _replaces(invoice: Invoice, original: str) -> bool:
    return invoice.kind is InvoiceKind.REBILL and invoice.original == original


def _clash(one: Invoice, other: Invoice) -> bool:
    if (one.contract, one.cups) != (other.contract, other.cups):
        return False
    meets = one.period.meets(other.period) is not None
    return meets or charge_a_day_both(one.standing, other.standing)


def in_force(store: MemoryStore) -> Iterator[Invoice]:
    """Yield the documents that are no credit notes, nor taken back, nor rectified."""
    cancelled = store.table("invoice_cancelled")
    for invoice in tuple(store.table("invoice").values()):
        if _stands(invoice, cancelled):
            yield invoice


def _stands(invoice: Invoice, cancelled: Mapping[str, str]) -> bool:
    return invoice.kind is not InvoiceKind.CREDIT_NOTE and invoice.number not in cancelled


class MemorySuppliesToBill:
    """The SuppliesToBill port over the contracts and readings of a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def due(
        self, *, today: date, after: str, until: str = "", limit: int
    ) -> tuple[BillableSupply, ...]:
        """Return supplies read after the day their bills reach."""
        found = [
            supply
            for supply in self._started(today)
            if supply.key > after and not (until and supply.key > until) and _may_be_billed(supply)
        ]
        return tuple(sorted(found, key=lambda supply: supply.key)[:limit])

    def of_contract(self, contract: str, *, today: date) -> tuple[BillableSupply, ...]:
        """Return the started supplies of a contract."""
        found = [supply for supply in self._started(today) if supply.contract == contract]
        return tuple(sorted(found, key=lambda supply: supply.key))

    def _started(self, today: date) -> Iterator[BillableSupply]:
        for contract in self._store.table("contract").values():
            for supply in contract.supplies:
                if supply.started_on is not None and supply.started_on <= today:
                    yield self._billable(contract, supply, today)

    def _billable(self, contract: Contract, supply: Supply, today: date) -> BillableSupply:
        cups = supply.site.cups
        ends = [
            bill.period.until
            for bill in in_force(self._store)
            if (bill.contract, bill.cups) == (contract.number, cups)
        ]
        billed_until = max(ends, default=None)
        start = billed_until or supply.started_on or today
        end = min(today, supply.ended_on or today)
        billable = _supply(
            contract,
            supply,
            billed_until,
            _current(self._store, cups, start=start, end=end),
            _carried(self._store, contract.number, cups, start),
        )
        return attrs.evolve(
            billable,
            plans=_running_plans(self._store, contract.number),
            faults=tuple(one.lifts for one in faults_at(self._store, contract.number, cups)),
        )


def _may_be_billed(supply: BillableSupply) -> bool:
    """Tell whether a day is read on which a bill may end, or what is read stands in the way."""
    later = {r.taken_on for r in supply.readings if r.taken_on > supply.bill_from}
    begun = any(r.taken_on == supply.bill_from for r in supply.readings)
    ends = supply.supplied.end
    bills = (Period(supply.bill_from, day) for day in later)
    free = (one for one in bills if not is_held_for_plan(one, plans=supply.plans, ends=ends))
    return any(free) or (bool(later) and not begun)


def _running_plans(store: MemoryStore, contract: str) -> tuple[Period, ...]:
    table = store.table("instalment_plan")
    running = (table[key] for key in sorted(table) if table[key].settled_on is None)
    return tuple(plan.span for plan in running if plan.contract == contract)


class MemoryOutdatedInvoices:
    """The OutdatedInvoices port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    def priced_by(self) -> tuple[PricedBy, ...]:
        """Return what the documents in force were rated by."""
        found = {PricedBy(i.tariff, i.period, i.price_digest) for i in in_force(self._store)}
        return tuple(
            sorted(found, key=lambda p: (p.tariff, p.period.start, p.period.until, p.digest))
        )

    def outdated(
        self, *, after: str, limit: int, repriced: Sequence[PricedBy] = ()
    ) -> tuple[OutdatedInvoice, ...]:
        """Return documents in force whose index or price has another value by now."""
        now_of = {(each.tariff, each.period, each.digest): each.digest_now for each in repriced}
        found = [
            OutdatedInvoice(bill, self._supply_of(bill, now), key, measured_key, fault_key)
            for bill in in_force(self._store)
            for key, fault_key in ((self._carried_key(bill), self._fault_key(bill)),)
            for measured_key in (news_for(self._store, bill.cups, bill.period, bill.basis),)
            if _differs(bill, now := self._bounds(bill))
            or self._is_repriced(bill, now_of)
            or self._is_uncounted(bill, key)
            or (measured_key and not self._is_confirmed(bill, measured_key))
            or (fault_key and not self._is_confirmed(bill, fault_key))
        ]
        found = [outdated for outdated in found if outdated.key > after]
        return tuple(sorted(found, key=lambda outdated: outdated.key)[:limit])

    def _is_repriced(self, bill: Invoice, now_of: Mapping[tuple[str, Period, str], str]) -> bool:
        now = now_of.get((bill.tariff, bill.period, bill.price_digest))
        return now is not None and not self._is_confirmed(bill, now)

    def _is_confirmed(self, bill: Invoice, key: str) -> bool:
        return (bill.number, key) in self._store.table("invoice_confirmed")

    def _fault_key(self, bill: Invoice) -> str:
        """Return the name of the faults on record of days that a bill writes off."""
        written = [li.period for li in bill.standing.lines if li.component == BACK_BILLING]
        names = {
            f"{one.fault.value}/{one.days.start}"
            for one in faults_at(self._store, bill.contract, bill.cups)
            if any(one.days.meets(days) for days in written)
        }
        return f"faults:{','.join(sorted(names))}" if names else ""

    def _carried_key(self, bill: Invoice) -> str:
        now = _carried(self._store, bill.contract, bill.cups, bill.period.start)
        return "" if now == bill.standing.carried_from else f"carried:{carried_json(now)}"

    def _is_uncounted(self, bill: Invoice, key: str) -> bool:
        standing = bill.standing
        if not (carried_json(standing.carried_from) or carried_json(standing.counted)):
            return False
        return bool(key) and not self._is_confirmed(bill, key)

    def _bounds(self, bill: Invoice) -> tuple[IndexReading, ...]:
        return _current(self._store, bill.cups, start=bill.period.start, end=bill.period.until)

    def _supply_of(self, bill: Invoice, now: tuple[IndexReading, ...]) -> BillableSupply:
        contract = self._store.table("contract")[bill.contract]
        supply = next(s for s in contract.supplies if s.site.cups == bill.cups)
        carried = _carried(self._store, bill.contract, bill.cups, bill.period.start)
        billable = _supply(contract, supply, bill.period.start, now, carried)
        faults = faults_at(self._store, bill.contract, bill.cups)
        return attrs.evolve(billable, faults=tuple(one.lifts for one in faults))


def _differs(bill: Invoice, now: tuple[IndexReading, ...]) -> bool:
    used_days = {(used.register, used.taken_on) for used in bill.readings}
    registers = {register for register, _ in used_days}
    if any(r.register in registers and (r.register, r.taken_on) not in used_days for r in now):
        return True
    current = {(reading.register, reading.taken_on): reading.index_kwh for reading in now}
    return any(current[used.register, used.taken_on] != used.index_kwh for used in bill.readings)


def _supply(
    contract: Contract,
    supply: Supply,
    billed_until: date | None,
    readings: tuple[IndexReading, ...],
    carried_over: pricing.CarriedOver,
) -> BillableSupply:
    assert supply.started_on is not None  # only started supplies are billed
    return BillableSupply(
        contract=contract.number,
        customer=contract.customer,
        cups=supply.site.cups,
        tariff=supply.site.tariff,
        powers=tuple(sorted(supply.site.powers, key=lambda pair: pair[0])),
        supplied=Period(supply.started_on, supply.ended_on),
        billed_until=billed_until,
        readings=readings,
        kind=contract.kind,
        carried_over=carried_over,
    )


def _carried(store: MemoryStore, contract: str, cups: Cups, day: date) -> pricing.CarriedOver:
    """Return what the live bills of a supply that end by `day` have counted."""
    sums: dict[str, Decimal] = {}
    for bill in in_force(store):
        if (bill.contract, bill.cups) == (contract, cups) and bill.period.until <= day:
            for name, value in carried_json(bill.standing.counted).items():
                sums[name] = sums.get(name, Decimal(0)) + Decimal(value)
    return carried_of({name: f"{value:f}" for name, value in sums.items()})


def _current(store: MemoryStore, cups: Cups, *, start: date, end: date) -> tuple[IndexReading, ...]:
    kept = store.table("reading").values()
    readings = metering.current(r for r in kept if r.cups == cups and start <= r.taken_on <= end)
    return tuple(
        IndexReading(r.register, r.taken_on, r.version, _three_places(r.index_kwh), _quality(r))
        for r in sorted(readings, key=lambda r: (r.taken_on, r.register))
    )


def _three_places(index_kwh: Decimal) -> Decimal:
    # As a database column of fixed scale gives it back: texts that cite it must agree.
    return index_kwh.quantize(Decimal("0.001"))


def _quality(reading: metering.Reading) -> pricing.Quality:
    actual = reading.quality is metering.Quality.ACTUAL
    return pricing.Quality.ACTUAL if actual else pricing.Quality.ESTIMATED
