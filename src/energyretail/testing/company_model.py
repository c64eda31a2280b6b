"""A model of the company small enough to check by eye: dictionaries, dates and cents.

It knows nothing of use cases or ports. What it is told happened to it must be what the company
makes of the same: `energyretail.testing.company_machine` compares the two after every step.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Final

import attrs

__all__ = ["CompanyModel", "Told"]

_COOLING_OFF_DAYS: Final = 14
_UNSIGNED_DAYS: Final = 30


@attrs.define
class _Point:
    """A supply point under a contract; days read are in order, the first is the first supplied."""

    state: str = "agreed"
    begun: date | None = None
    read: list[date] = attrs.Factory(list)
    billed_until: date | None = None


@attrs.define
class _Contract:
    customer: str
    home: bool
    early: bool
    accepted_on: date
    points: dict[str, _Point]
    state: str = "unsigned"
    signed_on: date | None = None


@attrs.frozen
class Told:
    """One message of the registry: `key` is its natural key, `words` its bytes in short."""

    key: str
    what: str
    contract: str
    cups: str
    on: date

    @property
    def words(self) -> tuple[str, date]:
        """What makes its bytes differ from another under the same key."""
        return self.what, self.on


@attrs.define
class CompanyModel:
    """Contracts by number, whose each point is, what each customer owes in cents, debits asked."""

    contracts: dict[str, _Contract] = attrs.Factory(dict)
    standing: dict[str, str] = attrs.Factory(dict)
    switches: dict[tuple[str, str], str] = attrs.Factory(dict)
    heard: dict[str, tuple[str, date]] = attrs.Factory(dict)
    applied: set[str] = attrs.Factory(set)
    parked: set[tuple[str, tuple[str, date]]] = attrs.Factory(set)
    billed: Counter[str] = attrs.Factory(Counter)
    paid: Counter[str] = attrs.Factory(Counter)
    debits: dict[str, str] = attrs.Factory(dict)

    def accept(
        self,
        number: str,
        customer: str,
        points: tuple[str, ...],
        *,
        home: bool,
        early: bool,
        on: date,
    ) -> None:
        """A customer takes a quote."""
        each = {point: _Point() for point in points}
        self.contracts[number] = _Contract(customer, home, early, on, each)

    def sign(self, number: str, *, on: date) -> None:
        """A signature arrives; one for a contract given up changes nothing."""
        contract = self.contracts[number]
        if contract.state == "unsigned":
            contract.state, contract.signed_on = "cooling_off", on

    def withdraw(self, number: str, *, on: date) -> bool:
        """Tell whether a customer may withdraw, and if so does; again changes nothing."""
        contract = self.contracts[number]
        if contract.state == "withdrawn":
            return True
        if not contract.home or contract.state != "cooling_off" or contract.signed_on is None:
            return False
        if on > contract.signed_on + timedelta(days=_COOLING_OFF_DAYS):
            return False
        contract.state = "withdrawn"
        return True

    def advance(self, *, on: date) -> None:
        """What is due: starts, whose points are claimed unless somebody has them; lapses."""
        wanted = []
        for number, contract in sorted(self.contracts.items()):
            if contract.state == "unsigned" and (on - contract.accepted_on).days >= _UNSIGNED_DAYS:
                contract.state = "lapsed"
            if contract.state == "cooling_off" and self._starts_on(contract) <= on:
                contract.state = "switching"
                wanted += [(point, number) for point in contract.points]
        for point, number in sorted(wanted):
            self.contracts[number].points[point].state = "requested"
            if self.standing.setdefault(point, number) == number:
                self.switches[number, point] = "requested"

    def _starts_on(self, contract: _Contract) -> date:
        assert contract.signed_on is not None
        waits = _COOLING_OFF_DAYS if contract.home and not contract.early else 0
        return contract.signed_on + timedelta(days=waits + 1)

    def hear(self, batch: list[Told]) -> None:
        """Messages of the registry, all there at once; a repeated one changes nothing.

        Under one key the first bytes count, other ones are somebody's to look at. Of what is
        left the order is that of the keys.
        """
        fresh: list[Told] = []
        for told in batch:
            if self.heard.setdefault(told.key, told.words) != told.words:
                self.parked.add((told.key, told.words))
            elif told.key not in self.applied:
                self.applied.add(told.key)
                fresh.append(told)
        for told in sorted(fresh, key=lambda each: each.key):
            self._apply(told)

    def _apply(self, told: Told) -> None:
        pair = (told.contract, told.cups)
        now = self.switches[pair]
        if now == "rejected" or (now == "active" and told.what == "rejected"):
            self.parked.add((told.key, told.words))
            return
        if now == "active":
            return
        self.switches[pair] = {"activated": "active"}.get(told.what, told.what)
        if told.what == "rejected":
            self._reject(told)
        if told.what == "activated":
            point = self.contracts[told.contract].points[told.cups]
            point.state, point.begun = "active", told.on
            self.contracts[told.contract].state = "active"

    def _reject(self, told: Told) -> None:
        contract = self.contracts[told.contract]
        contract.points[told.cups].state = "refused"
        del self.standing[told.cups]
        if all(point.state == "refused" for point in contract.points.values()):
            contract.state = "refused"

    def running(self) -> list[tuple[str, str]]:
        """Return (contract, point) of the supplies that are ours, in order."""
        return sorted(
            (number, cups)
            for number, contract in self.contracts.items()
            for cups, point in contract.points.items()
            if point.begun is not None
        )

    def point(self, pair: tuple[str, str]) -> _Point:
        """Return the point of a (contract, cups) pair."""
        return self.contracts[pair[0]].points[pair[1]]

    def bill(self) -> int:
        """All that is read and not billed is billed; return how many bills that makes."""
        bills = 0
        for pair in self.running():
            point = self.point(pair)
            bills += sum(1 for day in point.read if day > (point.billed_until or point.read[0]))
            if len(point.read) > 1:
                point.billed_until = point.read[-1]
        return bills

    def days_billed(self) -> dict[tuple[str, str], int]:
        """Return how many days of each supply are billed, where any are."""
        return {
            pair: (point.billed_until - point.begun).days
            for pair in self.running()
            if (point := self.point(pair)).billed_until is not None and point.begun is not None
        }

    def fates(self, *, today: date, grace_days: int) -> dict[str, int]:
        """Return how many days of supply before `today` are billed, due and not billed, not due.

        A day is due when a later one was read, or when it is more than `grace_days` ago.
        """
        days = {"billed": 0, "unexplained": 0, "not_due": 0}
        for pair in self.running():
            point = self.point(pair)
            assert point.begun is not None
            billed_until = point.billed_until or point.begun
            late = today - timedelta(days=grace_days)
            due_until = max(point.read[-1] if point.read else point.begun, late, billed_until)
            days["billed"] += (billed_until - point.begun).days
            days["unexplained"] += (due_until - billed_until).days
            days["not_due"] += (today - due_until).days
        return days

    def owed(self) -> dict[str, int]:
        """Return the cents each customer owes, negative for credit, customers at zero left out."""
        customers = {*self.billed, *self.paid}
        sums = {each: self.billed[each] - self.paid[each] for each in customers}
        return {customer: cents for customer, cents in sums.items() if cents}

    def may(self, debit: str, what: str) -> bool:
        """Tell whether a bank may credit or return a debit by now."""
        return (self.debits[debit], what) in _DEBITS

    def bank(self, debit: str, what: str, customer: str, cents: int) -> None:
        """The bank credits or returns a debit: a return may be told before its credit."""
        self.debits[debit] = _DEBITS[self.debits[debit], what]
        self.paid[customer] += cents if what == "credit" else -cents


_DEBITS: Final = {
    ("asked", "credit"): "collected",
    ("asked", "return"): "returned_early",
    ("collected", "return"): "returned",
    ("returned_early", "credit"): "returned",
}
