"""Which event starts what: every event tells somebody, or is known to tell nobody."""

from __future__ import annotations

import importlib
import pkgutil
from datetime import date
from typing import Final

import attrs
import pytest

import energyretail.domain
from energyretail.adapters.memory.contracts import MemoryContracts, MemoryCustomers
from energyretail.adapters.memory.payments import MemoryDebtors, MemoryMandates
from energyretail.adapters.memory.shared import (
    MemoryClock,
    MemoryNumbers,
    MemoryOutbox,
    MemoryWorkList,
)
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.memory.switching import MemoryClaimFacts, MemorySwitches
from energyretail.application.contracts import FollowSwitches
from energyretail.application.payments import RegisterMandate
from energyretail.application.shared import Channel, Message
from energyretail.application.subscriptions import Reactions, Subscriptions, messages_for
from energyretail.application.switching import RequestSwitch
from energyretail.domain import billing, contracts, ledger, metering, parties, payments, switching
from energyretail.domain.contracts import ContractState
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import CreditorIdentifier, Event, Iban
from energyretail.domain.supply import Supply
from energyretail.testing.conformance.contracts import contract_of, customer_of, point

DAY = date(2026, 3, 2)
IBAN = "ES9121000418450200051332"
CREDITOR = payments.Creditor(
    "LUMA",
    CreditorIdentifier("ES23ZZZ47690558N"),
    payments.Party("Luma", "Madrid", "ES"),
    Iban(IBAN),
)

# What partners must be told, and of what nobody outside hears.
TOLD: Final[tuple[tuple[Event, tuple[Message, ...]], ...]] = (
    (
        contracts.ContractAccepted("K1", "C1"),
        (Message(Channel.SIGNATURE, "envelope", "K1"),),
    ),
    (
        contracts.ContractSigned("K1", "C1", DAY, IBAN),
        (Message(Channel.ERP, "customer", "C1"), Message(Channel.ERP, "contract", "K1")),
    ),
    (
        parties.CustomerChanged("C1", 2),
        (Message(Channel.ERP, "customer", "C1@2"),),
    ),
    (ledger.EntryPosted("invoice:F1"), (Message(Channel.ERP, "entry", "invoice:F1"),)),
    (payments.PaymentFileCreated("M1"), (Message(Channel.BANK, "payment_file", "M1"),)),
    (
        billing.InvoiceIssued("F1", "K1", "C1", "invoice", 100),
        (Message(Channel.MAIL, "invoice", "F1"),),
    ),
    (billing.AdvanceAsked("AN1", "K1", "C1", 100), (Message(Channel.MAIL, "advance", "AN1"),)),
)
TOLD_TO_NOBODY: Final[frozenset[type[Event]]] = frozenset(
    {
        billing.PlanMade,
        billing.PlanReviewed,
        billing.PlanSettled,
        billing.ConsolidatedInvoiceIssued,
        billing.ConsolidationAgreed,
        billing.CustomerFaultRecorded,
        billing.DepositAsked,
        billing.DepositReceived,
        billing.DepositReleased,
        billing.InterestCredited,
        contracts.ContractLapsed,
        contracts.ContractWithdrawn,
        contracts.SupplyEnded,
        contracts.SupplyStarted,
        contracts.SupplyWanted,
        metering.ReadingReplaced,
        payments.CollectionReturned,
        payments.MandateRegistered,
        payments.MandateStopped,
        switching.SwitchAccepted,
        switching.SwitchActivated,
        switching.SwitchRejected,
        switching.SwitchRequested,
    }
)
BY_NAME: Final = sorted(TOLD_TO_NOBODY, key=lambda event: event.name)


def every_event() -> set[type[Event]]:
    """Return every event of the domain, all its modules being loaded."""
    domain = energyretail.domain
    for module in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        importlib.import_module(module.name)
    return {event for event in Event.__subclasses__() if event.__module__.startswith("energy")}


class TestMessages:
    def test_are_decided_for_every_event(self) -> None:
        assert every_event() == {type(event) for event, _ in TOLD} | TOLD_TO_NOBODY

    @pytest.mark.parametrize(("event", "messages"), TOLD, ids=lambda it: getattr(it, "name", ""))
    def test_tell_a_partner(self, event: Event, messages: tuple[Message, ...]) -> None:
        assert messages_for(event) == messages

    @pytest.mark.parametrize("event", BY_NAME, ids=lambda it: getattr(it, "name", ""))
    def test_tell_nobody(self, event: type[Event]) -> None:
        assert messages_for(event.__new__(event)) == ()

    def test_carry_names_that_differ(self) -> None:
        names = [event.name for event in every_event()]

        assert len(set(names)) == len(names)


class Company:
    """The reactions over memory, with a signed contract over two supply points."""

    def __init__(self) -> None:
        store = MemoryStore()
        self.work, self.outbox = MemoryWork(store), MemoryOutbox(store)
        self.mandates, self.switches = MemoryMandates(store), MemorySwitches(store)
        self.contracts, self.work_list = MemoryContracts(store), MemoryWorkList(store)
        self.asked = 0
        self.events = Subscriptions(self.outbox, self._reactions)
        clock, numbers = MemoryClock(store), MemoryNumbers(store)
        self._made = Reactions(
            follow_switches=FollowSwitches(events=self.events, contracts=self.contracts),
            register_mandate=RegisterMandate(
                mandates=self.mandates,
                debtors=MemoryDebtors(store),
                events=self.events,
                creditor=CREDITOR,
            ),
            request_switch=RequestSwitch(
                self.switches,
                MemoryClaimFacts(store),
                numbers,
                self.outbox,
                self.work_list,
                self.events,
                clock,
                SPAIN.switching,
            ),
        )
        with self.work() as transaction:
            clock.move_to(DAY)
            MemoryCustomers(store).save([customer_of(1)])
            transaction.commit()

    def _reactions(self) -> Reactions:
        self.asked += 1
        return self._made

    def record(self, *events: Event) -> None:
        with self.work() as transaction:
            self.events.record(events)
            transaction.commit()

    def waiting(self) -> list[tuple[Channel, str, str]]:
        with self.work():
            claimed = [c for channel in Channel for c in self.outbox.claim(channel, limit=99)]
        return [(c.message.channel, c.message.kind, c.message.key) for c in claimed]


class TestReactions:
    def test_do_nothing_for_no_event(self) -> None:
        company = Company()

        company.record()

        assert company.asked == 0

    def test_register_a_mandate_with_every_signature_once(self) -> None:
        company = Company()
        signed = [contracts.ContractSigned(f"K00000{n}", "C000001", DAY, IBAN) for n in (2, 1)]

        company.record(*signed)
        company.record(signed[0])

        found = company.mandates.named(("K000001-1", "K000002-1"))
        assert [(each.umr, each.contract, each.debtor.name) for each in found] == [
            ("K000001-1", "K000001", "Zoé 1"),
            ("K000002-1", "K000002", "Zoé 1"),
        ]
        assert company.waiting() == [
            (Channel.ERP, "customer", "C000001"),
            (Channel.ERP, "contract", "K000002"),
            (Channel.ERP, "contract", "K000001"),
        ]

    def test_request_a_switch_for_every_supply_wanted(self) -> None:
        company = Company()

        company.record(
            *(contracts.SupplyWanted("K000001", point(n).value, "C000001", DAY) for n in (2, 1))
        )

        assert company.waiting() == [
            (Channel.REGISTRY, "claim", "202603000001"),
            (Channel.REGISTRY, "claim", "202603000002"),
        ]
        (first,) = company.switches.by_request(["202603000001"])
        assert first.cups == point(1)

    def test_let_contracts_follow_the_registry(self) -> None:
        company = Company()
        sites = [contract_of(n).supplies[0].site for n in (1, 2)]
        with company.work() as transaction:
            made = contract_of(1, *(Supply(site).request() for site in sites))
            company.contracts.save([contracts_switching(made)])
            transaction.commit()

        company.record(
            switching.SwitchActivated("202603000001", "K000001", point(1).value, DAY),
            switching.SwitchRejected("202603000002", "K000001", point(2).value, ("36",)),
        )

        (contract,) = company.contracts.by_numbers(["K000001"])
        assert contract.state is ContractState.ACTIVE
        assert [supply.state.value for supply in contract.supplies] == ["active", "refused"]


def contracts_switching(contract: contracts.Contract) -> contracts.Contract:
    """Return the contract as it waits for the registry."""
    return attrs.evolve(
        contract,
        state=ContractState.SWITCHING,
        signature=contracts.Signature(DAY, "evidence"),
    )
