"""Mandates registered with contracts: many at once, each once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pytest

from energyretail.adapters.memory.contracts import MemoryCustomers
from energyretail.adapters.memory.payments import MemoryDebtors, MemoryMandates
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.payments import RegisterMandate, SignedMandate
from energyretail.domain import payments
from energyretail.domain.shared import CreditorIdentifier, Event, Iban, Invalid, NotFound
from energyretail.testing.conformance.contracts import customer_of

DAY = date(2026, 3, 2)
IBAN = "ES9121000418450200051332"


class Office:
    """RegisterMandate over memory, with two customers."""

    def __init__(self) -> None:
        store = MemoryStore()
        self.work, self.mandates = MemoryWork(store), MemoryMandates(store)
        self.events: list[Event] = []
        self._register = RegisterMandate(
            mandates=self.mandates,
            debtors=MemoryDebtors(store),
            events=self,
            creditor=payments.Creditor(
                "LUMA",
                CreditorIdentifier("ES23ZZZ47690558N"),
                payments.Party("Luma", "Madrid", "ES"),
                Iban(IBAN),
            ),
        )
        with self.work() as transaction:
            MemoryCustomers(store).save([customer_of(1), customer_of(2)])
            transaction.commit()

    def record(self, events: Iterable[Event]) -> None:
        self.events += events

    def register(self, *signed: SignedMandate) -> list[str]:
        with self.work() as transaction:
            made = self._register(signed)
            transaction.commit()
        return [mandate.umr for mandate in made]


def signed(contract: int, *, customer: int = 1, iban: str = IBAN) -> SignedMandate:
    return SignedMandate(f"K{contract:06d}", f"C{customer:06d}", DAY, iban)


class TestRegisterMandate:
    def test_registers_many_at_once_in_the_order_given(self) -> None:
        office = Office()

        made = office.register(signed(2, customer=2), signed(1))

        assert made == ["K000002-1", "K000001-1"]
        assert office.events == [
            payments.MandateRegistered("K000002-1", "K000002", "C000002"),
            payments.MandateRegistered("K000001-1", "K000001", "C000001"),
        ]
        first, second = office.mandates.named(("K000001-1", "K000002-1"))
        assert (first.debtor.name, second.debtor.name) == ("Zoé 1", "Zoé 2")
        assert (first.iban, first.signed_on) == (Iban(IBAN), DAY)

    def test_changes_nothing_for_one_that_is_there(self) -> None:
        office = Office()
        office.register(signed(1))
        before = office.mandates.named(("K000001-1",))

        made = office.register(signed(1, customer=2), signed(2), signed(2))

        assert made == ["K000002-1"]
        assert office.mandates.named(("K000001-1",)) == before
        assert len(office.events) == 2

    def test_does_nothing_for_nothing(self) -> None:
        office = Office()

        assert office.register() == []
        assert office.events == []

    @pytest.mark.parametrize(
        ("wrong", "family"),
        [(signed(2, customer=9), NotFound), (signed(2, iban="ES00"), Invalid)],
    )
    def test_registers_none_when_one_is_wrong(
        self, wrong: SignedMandate, family: type[Exception]
    ) -> None:
        office = Office()

        with pytest.raises(family):
            office.register(signed(1), wrong)

        assert office.mandates.named(("K000001-1", "K000002-1")) == ()
        assert office.events == []
