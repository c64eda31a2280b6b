"""Every use case of contracts over the adapters in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from energyretail.adapters.memory.contracts import MemoryContracts, MemoryCustomers, MemoryQuotes
from energyretail.adapters.memory.esign import MemorySignatureService
from energyretail.adapters.memory.shared import MemoryClock, MemoryNumbers, MemoryWorkList
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.contracts import (
    Acceptance,
    AcceptQuote,
    AdvanceContracts,
    FollowSwitches,
    QuoteRequest,
    QuoteSupply,
    ReceiveSignatures,
    SendEnvelope,
    SignedEvidence,
    WantedSite,
    WithdrawContract,
)
from energyretail.domain.contracts import (
    Contract,
)
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import (
    Event,
    Fault,
    Iban,
    Power,
)
from energyretail.testing.conformance.contracts import person_of, point

DAY = date(2026, 3, 7)
POWERS = (("P1", Power("4.6")), ("P2", Power("4.6")))
IBAN = Iban("ES9121000418450200051332")
HOME, COMPANY = 1, 3


class Recorded:
    """The Events port that only writes down."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def record(self, events: Iterable[Event]) -> None:
        self.events += events


class Service(MemorySignatureService):
    """A signature service that may bring evidence nobody asked for, or not take thanks."""

    def __init__(self) -> None:
        super().__init__()
        self.more: list[SignedEvidence] = []
        self.deaf = False

    def completed(self) -> tuple[SignedEvidence, ...]:
        return (*super().completed(), *self.more)

    def acknowledge(self, references: Iterable[str]) -> None:
        if self.deaf:
            raise Fault("esign.silent", "no answer")
        super().acknowledge(tuple(references))


class Office:
    """Every use case of contracts over one store, on 7 March 2026."""

    def __init__(self) -> None:
        store = MemoryStore()
        self.work, self.clock = MemoryWork(store), MemoryClock(store)
        self.customers, self.quotes = MemoryCustomers(store), MemoryQuotes(store)
        self.contracts, self.work_list = MemoryContracts(store), MemoryWorkList(store)
        self.numbers, self.events, self.service = MemoryNumbers(store), Recorded(), Service()
        self.store = store
        common: dict[str, Any] = {"work": self.work, "clock": self.clock, "events": self.events}
        self.quote = QuoteSupply(
            work=self.work,
            clock=self.clock,
            numbers=self.numbers,
            quotes=self.quotes,
            tariffs=SPAIN,
        )
        self.accept = AcceptQuote(
            **common,
            numbers=self.numbers,
            quotes=self.quotes,
            customers=self.customers,
            contracts=self.contracts,
            retailer="Luma",
        )
        self.receive = ReceiveSignatures(
            **common, contracts=self.contracts, work_list=self.work_list, service=self.service
        )
        self.advance = AdvanceContracts(**common, contracts=self.contracts)
        self.withdraw = WithdrawContract(**common, contracts=self.contracts)
        self.follow = FollowSwitches(events=self.events, contracts=self.contracts)
        self.sender = SendEnvelope(
            contracts=self.contracts, quotes=self.quotes, service=self.service, retailer="Luma"
        )
        self.open(DAY)

    def open(self, day: date) -> None:
        with self.work() as transaction:
            self.clock.move_to(day)
            transaction.commit()

    def contract(self, number: str = "K000001") -> Contract:
        (found,) = self.contracts.by_numbers([number])
        return found

    def accepted(
        self, who: int = HOME, *, points: tuple[int, ...] = (1,), early: bool = True
    ) -> Contract:
        quote = self.quote(request(f"web-{points}", who, points=points))
        return self.accept(Acceptance(quote.number, IBAN, early_start=early))

    def signed(
        self, who: int = HOME, *, points: tuple[int, ...] = (1,), early: bool = True
    ) -> Contract:
        number = self.accepted(who, points=points, early=early).number
        self.send(number)
        self.service.sign(number, on=self.clock.today())
        self.receive()
        return self.contract(number)

    def send(self, number: str) -> None:
        for envelope in self.sender.load([number]).values():
            self.sender.deliver(envelope, maybe_sent=False)

    def started(self, who: int = COMPANY, *, points: tuple[int, ...] = (1,)) -> Contract:
        number = self.signed(who, points=points).number
        self.open(self.clock.today() + timedelta(days=1))
        self.advance()
        return self.contract(number)


def request(
    reference: str = "web-1",
    who: int = HOME,
    *,
    points: tuple[int, ...] = (1,),
    month_kwh: int = 250,
    product: str = "2.0TD-FIJO",
    powers: tuple[tuple[str, Power], ...] = POWERS,
) -> QuoteRequest:
    sites = tuple(WantedSite(point(each), powers, month_kwh) for each in points)
    return QuoteRequest(reference, person_of(who), product, sites)
