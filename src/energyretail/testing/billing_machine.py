"""A random walk over reading, billing, correcting and paying that two worlds must agree on."""

from __future__ import annotations

from datetime import date, timedelta

import attrs
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from energyretail.domain import metering
from energyretail.domain.billing import DayState
from energyretail.domain.ledger import balance_of
from energyretail.testing.billing import BillingDesk, LateTariffs
from energyretail.testing.conformance.billing import START, contract_of, readings_of

__all__ = ["BillingMachine"]

_POINTS = (1, 2, 3)
_MOVE = START + timedelta(days=50)
_points = st.sampled_from(_POINTS)
_steps = st.integers(0, 400)
_HOW = ("actual", "estimated", "unread")


class BillingMachine(RuleBasedStateMachine):
    """Walk both desks alike; after every step the books are sound and the desks agree.

    Contract 1 has two supply points, contract 2 one, which contract 3 takes over after a move;
    all are the first customer's. Prices change late where the desks share `late`.
    """

    def __init__(self, one: BillingDesk, other: BillingDesk, late: LateTariffs | None = None):
        super().__init__()
        self.desks = (one, other)
        self.late = late
        self.today = START
        self.taken: dict[int, list[date]] = {point: [START] for point in _POINTS}
        self.kept: dict[tuple[int, date], tuple[int, int]] = {}
        self.payments = 0

    @initialize()
    def sign(self) -> None:
        """Begin with three supplies read on their first day."""
        left = contract_of(2, points=(3,), customer=1, ended_on=_MOVE)
        came = contract_of(3, points=(3,), customer=1)
        (supply,) = came.supplies
        came = attrs.evolve(came, supplies=(attrs.evolve(supply, started_on=_MOVE),))
        contracts = (contract_of(1, points=(1, 2)), left, came)
        for desk in self.desks:
            desk.open_day(START)
            desk.world.sign(*contracts)
        for point in _POINTS:
            self._keep(point, START, 1000, estimated=False)

    @rule(
        days=st.integers(1, 40),
        used=st.tuples(*[st.tuples(_steps, st.sampled_from(_HOW))] * len(_POINTS)),
        bill=st.booleans(),
    )
    def read(self, days: int, used: tuple[tuple[int, str], ...], bill: bool) -> None:
        """Let time pass, read the meters or some of them, and mostly bill."""
        self.today += timedelta(days=days)
        for desk in self.desks:
            desk.open_day(self.today)
        for point, (kwh, how) in zip(_POINTS, used, strict=True):
            if how != "unread":
                index = self.kept[point, self.taken[point][-1]][0] + kwh
                self.taken[point].append(self.today)
                self._keep(point, self.today, index, estimated=how == "estimated")
        if bill:
            self.bill(limit=2)

    @rule(point=_points, pick=st.integers(0, 9), by=st.integers(-300, 300), correct=st.booleans())
    def supersede(self, point: int, pick: int, by: int, correct: bool) -> None:
        """Replace a reading, perhaps by one below its predecessor, which is a rollover."""
        day = self.taken[point][pick % len(self.taken[point])]
        self._keep(point, day, max(0, self.kept[point, day][0] + by), estimated=False)
        if correct:
            self.correct(limit=2)

    @rule(point=_points, kwh=_steps)
    def break_and_mend(self, point: int, kwh: int) -> None:
        """Keep an index no meter shows, bill and correct in vain, then put it right."""
        day = self.taken[point][-1]
        index = self.kept[point, day][0]
        self._keep(point, day, 1_000_000, estimated=False)
        self.bill(limit=1)
        self.correct(limit=1)
        self._keep(point, day, index + kwh, estimated=False)

    @rule(limit=st.integers(1, 4))
    def bill(self, limit: int) -> None:
        """Bill what is due; a second time finds nothing new."""
        one, other = (desk.bill(limit=limit) for desk in self.desks)
        assert one == other
        assert self.desks[0].bill().issued == 0
        # Every day up to the last full reading is billed, or parked with a reason.
        assert self.desks[0].day_counts()[DayState.UNEXPLAINED] == 0

    @rule(limit=st.integers(1, 4))
    def correct(self, limit: int) -> None:
        """Correct what changed; a second time finds nothing new."""
        one, other = (desk.correct(limit=limit) for desk in self.desks)
        assert one == other
        assert self.desks[0].correct().issued == 0

    @rule(days=st.integers(-40, 40), percent=st.integers(0, 30), correct=st.booleans())
    def reprice(self, days: int, percent: int, correct: bool) -> None:
        """Let a law change the VAT, back to some days ago or from some days ahead."""
        if self.late is not None:
            self.late.set_vat(percent, since=self.today + timedelta(days=days))
        if correct:
            self.correct(limit=3)

    @rule(pick=st.integers(0, 9), percent=st.sampled_from([-100, 40, 100, 130]))
    def pay(self, pick: int, percent: int) -> None:
        """Pay an open item in part, in full or too much; or return a payment."""
        owed = self.desks[0].ledger.open_items()
        if owed:
            item = owed[pick % len(owed)]
            self.payments += 1
            cents = item.open.cents * percent // 100
            for desk in self.desks:
                desk.pay(f"payment:{self.payments}", item.customer, item.item, cents)

    @rule()
    def allocate(self) -> None:
        """Let credit pay what is owed: at most once a day it moves, and it moves no sum."""
        before = sum(item.open.cents for item in self.desks[0].ledger.open_items())
        assert len({desk.allocate() for desk in self.desks}) == 1
        assert before == sum(item.open.cents for item in self.desks[0].ledger.open_items())

    @invariant()
    def the_books_are_sound(self) -> None:
        """Every entry and currency sums to zero; receivable is the open items."""
        for desk in self.desks:
            assert desk.problems() == ()

    @invariant()
    def the_worlds_agree(self) -> None:
        """Documents, entries and open items are the same in both."""
        one, other = self.desks
        assert one.ledger.open_items() == other.ledger.open_items()
        assert one.ledger.totals() == other.ledger.totals()
        assert one.work_list.open_items() == other.work_list.open_items()
        supplied = 3 * (self.today - START).days  # a move leaves no day out, and none twice
        assert sum(one.day_counts().values()) == supplied
        for grace in (0, 20, 100_000):
            assert one.day_counts(grace_days=grace) == other.day_counts(grace_days=grace)
        for contract in ("K000001", "K000002", "K000003"):
            issued = one.world.invoices.of_contract(contract)
            assert issued == other.world.invoices.of_contract(contract)
            numbers = [invoice.number for invoice in issued]
            before = one.world.invoices.previous(numbers)
            assert before == other.world.invoices.previous(numbers)
            keys = [f"invoice:{number}" for number in numbers]
            entries = one.ledger.entries(keys)
            assert entries == other.ledger.entries(keys)
            assert not any(balance_of(entry.postings) for entry in entries)

    def _keep(self, point: int, day: date, index: int, *, estimated: bool) -> None:
        version = self.kept.get((point, day), (0, 0))[1] + 1
        self.kept[point, day] = (index, version)
        readings: tuple[metering.Reading, ...] = readings_of(
            point, day, index, version=version, estimated=estimated
        )
        for desk in self.desks:
            desk.world.read(readings)
