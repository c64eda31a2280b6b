"""Contract, switch, bill, pay: random walks of the whole company against a model ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, TypeVar

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from energyretail.adapters.iso20022 import read_direct_debits, write_notification
from energyretail.adapters.memory.switching import arrival_of
from energyretail.adapters.meter_files import write_meter_file
from energyretail.application.contracts import Acceptance, QuoteRequest, WantedSite
from energyretail.application.switching import RegistryArrival
from energyretail.domain import payments, switching
from energyretail.domain.metering import DeliveredReading, Delivery, Origin
from energyretail.domain.parties import Address, CustomerKind, Person
from energyretail.domain.shared import Cups, Iban, Money, Power, Refused
from energyretail.testing.company import CREDITOR, Company
from energyretail.testing.company_checks import CompanyChecks
from energyretail.testing.company_model import Told

__all__ = ["CompanyMachine"]

_BEGIN: Final = date(2026, 1, 5)
# Prices are known for 2026 only; one rule takes eleven weeks at most.
_LAST: Final = date(2026, 9, 1)
_POINTS: Final = tuple(Cups.of_digits(f"0021{number:012d}") for number in range(1, 5))
_POWERS: Final = (("P1", Power("4.6")), ("P2", Power("4.6")))
_ACCOUNT: Final = Iban("ES9121000418450200051332")
_REGISTERS: Final = ("P1", "P2", "P3")
_ANSWERS: Final = ("accepted", "rejected", "activated")
_picks = st.integers(0, 9)

T = TypeVar("T")


def _person(number: int, *, home: bool) -> Person:
    kind = CustomerKind.HOME if home else CustomerKind.COMPANY
    address = Address("Calle Ancha, 1", "24003", "León", "ES")
    tax_id = f"{number:07d}{'1Z' if home else '2B'}"
    return Person(kind, f"Zoé {number}", tax_id, f"z{number}@example.org", address)


@attrs.define
class _Meter:
    """What stands under a meter's glass: the same index in all registers, and the last days."""

    index: int
    before: int = 0
    guessed: bool = False


class CompanyMachine(CompanyChecks):
    """Walk one company in memory; after every step the model and the company agree.

    Quotes, signatures, the registry's answers in any order and repeated, readings guessed and
    put right, bills, corrections, collections, and a bank that pays, returns and repeats.
    """

    def __init__(self, company: Callable[[date], Company] = Company):
        super().__init__(company(_BEGIN))
        self.today = _BEGIN
        self.meters: dict[tuple[str, str], _Meter] = {}
        self.asked: dict[str, tuple[str, int]] = {}
        self.counts: Counter[str] = Counter()

    @initialize(kwh=st.integers(0, 20))
    def begin_with_one(self, kwh: int) -> None:
        """Begin with a company's contract that is read for a month, so that walks come far."""
        self.ask(points=[0, 1], who=1, home=False, early=True)
        self.sign(pick=0)
        self.pass_days(1)
        self.advance()
        self.registry_answers(picks=[0], what=["activated"], more=0)
        self.read(kwh=[kwh], guessed=False)
        self.pass_days(31)
        self.read(kwh=[kwh], guessed=False)
        self.bill()

    @rule(
        points=st.lists(st.integers(0, len(_POINTS) - 1), min_size=1, max_size=3, unique=True),
        who=st.integers(1, 2),
        home=st.booleans(),
        early=st.booleans(),
    )
    def ask(self, points: list[int], who: int, home: bool, early: bool) -> None:
        """Somebody takes a quote, perhaps for points another contract of ours has."""
        sites = tuple(WantedSite(_POINTS[point], _POWERS, 250) for point in points)
        product = "2.0TD-FIJO" if home else "2.0TD-HORAS"
        person = _person(who, home=home)
        quote = self.company.quote(QuoteRequest(self._next("web"), person, product, sites))
        acceptance = Acceptance(quote.number, _ACCOUNT, early_start=early)
        contract = self.company.accept(acceptance)
        assert self.company.accept(acceptance) == contract
        cups = tuple(_POINTS[point].value for point in points)
        self.model.accept(
            contract.number, contract.customer, cups, home=home, early=early, on=self.today
        )
        self.company.relay()

    @precondition(lambda self: self._to_sign())
    @rule(pick=_picks)
    def sign(self, pick: int) -> None:
        """A customer signs, perhaps too late; the evidence is told until it is acknowledged."""
        number = _one_of(self._to_sign(), pick)
        self.counts[number] += 1
        self.company.signer.sign(number, on=self.today)
        self.company.receive_signatures()
        assert self.company.receive_signatures() == 0
        self.model.sign(number, on=self.today)
        self.company.relay()

    def _to_sign(self) -> list[str]:
        return sorted(set(self.company.signer.envelopes) - set(self.counts))

    @rule(pick=_picks)
    def withdraw(self, pick: int) -> None:
        """A customer changes its mind, in time or not."""
        number = _one_of(sorted(self.model.contracts), pick)
        may = self.model.withdraw(number, on=self.today)
        try:
            self.company.withdraw(number)
        except Refused:
            assert not may
        else:
            assert may

    @precondition(lambda self: self.today < _LAST)
    @rule(days=st.sampled_from([1, 2, 16, 31]))
    def pass_days(self, days: int) -> None:
        """Let time pass."""
        self.today += timedelta(days=days)
        self.company.open(self.today)

    @rule()
    def advance(self) -> None:
        """Start what may start, give up what was never signed; bring the claims out."""
        self.company.advance()
        self.model.advance(on=self.today)
        self.company.relay()

    @precondition(lambda self: self.today < _LAST and self._to_sign())
    @rule(pick=_picks)
    def sign_and_start(self, pick: int) -> None:
        """Sign one and come to the day it may start, and others with it."""
        self.sign(pick)
        self.pass_days(16)
        self.advance()

    @precondition(lambda self: self.company.registry.told)
    @rule(
        picks=st.lists(_picks, min_size=1, max_size=4),
        what=st.lists(st.sampled_from(_ANSWERS), min_size=4, max_size=4),
        more=st.integers(0, 2),
    )
    def registry_answers(self, picks: list[int], what: list[str], more: int) -> None:
        """The registry tells some things, in this order, and some of them again."""
        claims = sorted(
            (each for each in self.company.registry.told.values()),
            key=lambda claim: claim.request,
        )
        batch: list[Told] = []
        for pick, said in zip([*picks, *picks[:more]], [*what, *what[:more]], strict=False):
            claim = claims[pick % len(claims)]
            assert isinstance(claim, switching.Claim)
            batch.append(self._lay(claim, said))
        self.company.receive_registry()
        self.model.hear(batch)
        self.company.relay()

    def _lay(self, claim: switching.Claim, said: str) -> Told:
        answer: switching.Answer = switching.ClaimAccepted(claim.request, claim.requested_on)
        if said == "rejected":
            answer = switching.ClaimRejected(claim.request, (("01", "no"),))
        if said == "activated":
            answer = switching.SupplyActivated(claim.request, claim.cups, self.today)
        arrival = arrival_of(answer)
        self.laid.add(arrival.key)
        self.company.registry.lay(self._under_a_new_receipt(arrival))
        on = self.today if said == "activated" else claim.requested_on
        return Told(arrival.key, said, claim.contract, claim.cups.value, on)

    def _under_a_new_receipt(self, arrival: RegistryArrival) -> RegistryArrival:
        self.counts["receipt"] += 1
        return attrs.evolve(arrival, receipt=f"{self.counts['receipt']:06d}")

    @rule(kwh=st.lists(st.integers(0, 20), min_size=1, max_size=4), guessed=st.booleans())
    def read(self, kwh: list[int], guessed: bool) -> None:
        """The operator reads every meter of ours, or guesses; the first day must be read first."""
        rows: list[DeliveredReading] = []
        for number, pair in enumerate(self.model.running()):
            point, meter = self.model.point(pair), self._meter(pair)
            assert point.begun is not None
            day = self.today if point.read else point.begun
            if point.read and day <= point.read[-1]:
                continue
            meter.before = meter.index
            if point.read:
                days = (day - point.read[-1]).days
                meter.index = (meter.index + kwh[number % len(kwh)] * days) % 1_000_000
            point.read.append(day)
            meter.guessed = guessed
            rows += self._rows(pair, day, meter, guessed=guessed)
        self._deliver(rows)

    @precondition(lambda self: self.today < _LAST)
    @rule(kwh=st.lists(st.integers(0, 20), min_size=1, max_size=4), guessed=st.booleans())
    def live_a_month(self, kwh: list[int], guessed: bool) -> None:
        """Let a month pass, read and bill."""
        self.pass_days(31)
        self.read(kwh, guessed)
        self.bill()

    def _guessed(self) -> list[tuple[str, str]]:
        return [pair for pair in self.model.running() if self._meter(pair).guessed]

    @precondition(lambda self: self._guessed())
    @rule(pick=_picks, kwh=st.integers(-300, 60))
    def put_right(self, pick: int, kwh: int) -> None:
        """The reading comes that had been guessed last; it shows less or more."""
        if not (guessed := self._guessed()):
            return
        pair = _one_of(guessed, pick)
        meter, day = self._meter(pair), self.model.point(pair).read[-1]
        used = (meter.index - meter.before) % 1_000_000
        meter.index, meter.guessed = (meter.before + max(0, used + kwh)) % 1_000_000, False
        self._deliver(self._rows(pair, day, meter, guessed=False))

    def _meter(self, pair: tuple[str, str]) -> _Meter:
        # Some registers are about to roll over.
        start = 999_900 if pair[1] == _POINTS[0].value else 1000
        return self.meters.setdefault(pair, _Meter(start))

    def _rows(
        self, pair: tuple[str, str], day: date, meter: _Meter, *, guessed: bool
    ) -> list[DeliveredReading]:
        origin = Origin.ESTIMATED if guessed else Origin.TELEMETERED
        return [
            DeliveredReading(Cups(pair[1]), name, day, Decimal(meter.index), origin, None)
            for name in _REGISTERS
        ]

    def _deliver(self, rows: Sequence[DeliveredReading]) -> None:
        name = self._next("readings") + ".csv"
        content = write_meter_file(Delivery("0021", self.today, tuple(rows)))
        self.company.operator.put(name, content, "out")
        assert self.company.receive_meter_files().parked == 0
        self.company.operator.put(name, content, "out")
        assert self.company.receive_meter_files().repeated == 1
        self.rows += [(row.cups.value, row.register, row.taken_on) for row in rows]
        self.company.relay()

    @rule()
    def bill(self) -> None:
        """Bill what is read; a second time there is nothing."""
        step = self.company.bill()
        assert (step.issued, step.parked) == (self.model.bill(), 0)
        assert self.company.bill().issued == 0
        self._take_documents()

    @rule()
    def correct(self) -> None:
        """Take back and bill anew what rests on a guess that was put right."""
        assert self.company.correct().parked == 0
        assert self.company.correct().issued == 0
        self._take_documents()

    def _take_documents(self) -> None:
        self.model.billed = Counter()
        for invoice in self._documents():
            self.model.billed[invoice.customer] += invoice.gross.cents
        self.company.relay()

    @rule()
    def allocate(self) -> None:
        """Let credit pay what is owed; a second time the same day nothing moves."""
        self.company.allocate()
        entries = len(self.company.store.table("entry"))
        assert self.company.allocate() == 0
        assert entries == len(self.company.store.table("entry"))
        self.company.relay()

    @precondition(lambda self: self.today < _LAST)
    @rule()
    def collect(self) -> None:
        """Go to the next run day and collect; never more than a customer owes."""
        due_on = payments.month_end_due_date(self.today)
        if payments.run_day(due_on) < self.today:
            due_on = payments.month_end_due_date(due_on + timedelta(days=10))
        self.today = payments.run_day(due_on)
        self.company.open(self.today)
        file = self.company.collect()
        assert self.company.collect() == file
        self.company.relay()
        if file is None or file.msg_id in self.counts:
            return
        self.counts[file.msg_id] += 1
        asked = Counter[str]()
        customers = {str(one.number): one.customer for one in self._documents()}
        for debit in read_direct_debits(
            self.company.bank.files[f"in/{file.file_name}"]
        ).instructions:
            customer = customers[_item_of(debit.end_to_end_id)]
            self.asked[debit.end_to_end_id] = (customer, debit.amount.cents)
            self.model.debits[debit.end_to_end_id] = "asked"
            asked[customer] += debit.amount.cents
        owed = self.model.owed()
        assert all(cents <= owed[customer] for customer, cents in asked.items())

    @precondition(lambda self: self.asked)
    @rule(
        pick=_picks,
        what=st.sampled_from(["credit", "return"]),
        code=st.sampled_from(["AM04", "MD01", "MS02"]),
        strange=st.booleans(),
    )
    def bank_tells(self, pick: int, what: str, code: str, strange: bool) -> None:
        """The bank credits or returns a debit, perhaps with money nobody knows; then repeats."""
        may = sorted(debit for debit in self.asked if self.model.may(debit, what))
        if not may:
            return
        debit = _one_of(may, pick)
        customer, cents = self.asked[debit]
        sign, reason = (1, None) if what == "credit" else (-1, code)
        told = payments.BankTransaction(debit, _euros(cents), reason)
        entries = [self._entry(_euros(sign * cents), told)]
        if strange:
            entries.append(self._entry(_euros(777), payments.BankTransaction("X-1", _euros(777))))
        self._notify(tuple(entries))
        self.model.bank(debit, what, customer, cents)

    @precondition(lambda self: self.today < _LAST)
    @rule(kwh=st.integers(0, 20), less=st.integers(-300, 60), pick=_picks)
    def pay_a_guess(self, kwh: int, less: int, pick: int) -> None:
        """Bill a guess, have it paid, then learn better: credit meets debt."""
        self.live_a_month([kwh], guessed=True)
        self.collect()
        for debit in sorted(self.asked):
            if self.model.may(debit, "credit"):
                customer, cents = self.asked[debit]
                told = payments.BankTransaction(debit, _euros(cents))
                self._notify((self._entry(_euros(cents), told),))
                self.model.bank(debit, "credit", customer, cents)
        self.put_right(pick, less)
        self.correct()
        self.pass_days(1)
        self.allocate()

    def _entry(self, amount: Money, told: payments.BankTransaction) -> payments.BankEntry:
        return payments.BankEntry(self._next("BANK"), amount, self.today, (told,))

    def _notify(self, entries: tuple[payments.BankEntry, ...]) -> None:
        iban = CREDITOR.iban.value
        for copy in ("", "again"):  # the second file brings the same entries under another name
            name = self._next("camt") + copy
            told = payments.BankNotification(name, "camt.054.001.08", iban, self.today, entries)
            content = write_notification(told)
            for received in ((1, 0, 0), (0, 1, 0)):
                self.company.bank.put(f"{name}.xml", content, "out")
                assert attrs.astuple(self.company.receive_bank_files()) == received
        self.company.relay()

    def _next(self, series: str) -> str:
        self.counts[series] += 1
        return f"{series}-{self.counts[series]:06d}"


def _one_of(things: Sequence[T], pick: int) -> T:
    return things[pick % len(things)]


def _euros(cents: int) -> Money:
    return Money.of_cents(cents, "EUR")


def _item_of(end_to_end_id: str) -> str:
    return end_to_end_id.rpartition("-")[0]
