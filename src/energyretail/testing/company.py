"""The whole company over adapters in memory: every use case, and partners moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final

from energyretail.adapters.iso20022 import read_notification, write_direct_debits
from energyretail.adapters.memory.billing import (
    MemoryInvoices,
    MemoryOutdatedInvoices,
    MemorySuppliesToBill,
)
from energyretail.adapters.memory.contracts import MemoryContracts, MemoryCustomers, MemoryQuotes
from energyretail.adapters.memory.documents import MemoryBillsToMail
from energyretail.adapters.memory.erp import MemoryErp, MemoryErpFacts
from energyretail.adapters.memory.esign import MemorySignatureService
from energyretail.adapters.memory.folders import MemoryFolder
from energyretail.adapters.memory.held_bills import MemoryBilledBefore, MemoryHeldBills
from energyretail.adapters.memory.ledger import MemoryBooks, MemoryLedger
from energyretail.adapters.memory.locks import MemoryLocks
from energyretail.adapters.memory.mail import MemoryMail
from energyretail.adapters.memory.measured import MemoryFigureBook, MemoryUsageBook
from energyretail.adapters.memory.metering import (
    MemoryReadingPlans,
    MemoryReadings,
    MemorySuppliesToRead,
)
from energyretail.adapters.memory.payments import (
    MemoryBankEntries,
    MemoryCollections,
    MemoryDebtors,
    MemoryMandates,
    MemoryPaymentFiles,
    MemoryUnpaidItems,
)
from energyretail.adapters.memory.shared import (
    MemoryClock,
    MemoryInbox,
    MemoryNumbers,
    MemoryOutbox,
    MemoryWorkList,
)
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.adapters.memory.supply_days import MemorySupplyDays
from energyretail.adapters.memory.switching import (
    MemoryClaimFacts,
    MemoryRegistry,
    MemorySwitches,
)
from energyretail.adapters.meter_files import read_meter_file
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.registry import DueAnswer, RegistryBehaviour
from energyretail.application import billing, contracts, ledger, metering, payments, switching
from energyretail.application.documents import SendInvoiceMail
from energyretail.application.erp import SendContract, SendCustomer, SendEntry
from energyretail.application.operations import RelayOutbox
from energyretail.application.shared import Books, Channel, Sender
from energyretail.application.subscriptions import Reactions, Subscriptions
from energyretail.domain import payments as payment_values
from energyretail.domain import switching as switching_values
from energyretail.domain.billing import Deduction, Invoice
from energyretail.domain.ledger import Account
from energyretail.domain.markets import SPAIN
from energyretail.domain.parties import Customer
from energyretail.domain.shared import CreditorIdentifier, Iban, InvoiceNumber
from energyretail.testing.billing import ANY_USE
from energyretail.testing.numbers import NumbersInOrder

__all__ = ["CREDITOR", "Company"]

CREDITOR: Final = payment_values.Creditor(
    code="LUMA",
    identifier=CreditorIdentifier("ES23ZZZ47690558N"),
    party=payment_values.Party("Luma Energía", "Madrid", "ES", "Calle Mayor 1", "28013"),
    iban=Iban("ES9121000418450200051332"),
)
_RETAILER: Final = "Luma"
_CHART: Final = {account: f"{400 + n}000" for n, account in enumerate(Account)}


class _Silent(RegistryBehaviour):
    """A registry that answers nothing of itself: the test lays its answers."""

    def answers(self, claim: switching_values.Claim) -> tuple[DueAnswer, ...]:
        del claim
        return ()


class _Pages:
    """A page with nothing on it but whose it is; how pages look is proven elsewhere."""

    def page(
        self,
        invoice: Invoice,
        customer: Customer,
        *,
        previous: Invoice | None = None,
        deductions: Sequence[Deduction] = (),
        named: Sequence[InvoiceNumber] = (),
    ) -> str:
        before = f" after {previous.number}" if previous else ""
        less = "".join(f" less {deduction.document}" for deduction in deductions)
        of = "".join(f" of {number}" for number in named)
        return f"<p>{invoice.number} {customer.number}{before}{less}{of}</p>"


class Company:
    """Every use case of the company over one store, in the order a business day needs them.

    `registry`, `signer`, `operator`, `bank`, `erp` and `mail` are the partners: lay what they
    say with their own methods, then run the step that receives it. `books` may replace the
    ledger's writer, to plant a fault there.
    """

    def __init__(self, day: date, *, books: Callable[[MemoryStore], Books] = MemoryBooks):
        store = self.store = MemoryStore()
        self.numbers = NumbersInOrder(MemoryNumbers(store), MemoryWork(store))
        self.work, self.clock = self.numbers.work, MemoryClock(store)
        self.work_list, self.outbox = MemoryWorkList(store), MemoryOutbox(store)
        self.customers, self.contracts = MemoryCustomers(store), MemoryContracts(store)
        self.quotes, self.switches = MemoryQuotes(store), MemorySwitches(store)
        self.invoices, self.ledger = MemoryInvoices(store), MemoryLedger(store)
        self.inbox, self.books = MemoryInbox(store), books(store)
        self.mandates, self.collections = MemoryMandates(store), MemoryCollections(store)
        self.files = MemoryPaymentFiles(store)
        self.supply_days = MemorySupplyDays(store, reading=SPAIN.reading)

        self.registry = MemoryRegistry(_Silent(Chance(0)))
        self.signer, self.mail, self.erp = MemorySignatureService(), MemoryMail(), MemoryErp()
        self.operator, self.bank = MemoryFolder(), MemoryFolder()

        self.events = Subscriptions(self.outbox, lambda: self._reactions)
        self._reactions = self._make_reactions()
        self._make_office()
        self._make_market()
        self._make_billing()
        self._make_payments()
        self._relay = RelayOutbox(
            work=self.work,
            outbox=self.outbox,
            senders=self._senders(),
            work_list=self.work_list,
            clock=self.clock,
            locks=MemoryLocks(),
            pause=lambda _: None,
        )
        self.open(day)

    def open(self, day: date) -> None:
        """Make `day` the business day, here and at the registry."""
        with self.work() as transaction:
            self.clock.move_to(day)
            transaction.commit()
        self.registry.advance(day)

    def relay(self) -> None:
        """Bring to the partners all that waits for them."""
        for channel in Channel:
            self._relay.run(channel)

    def _make_reactions(self) -> Reactions:
        return Reactions(
            follow_switches=contracts.FollowSwitches(events=self.events, contracts=self.contracts),
            register_mandate=payments.RegisterMandate(
                mandates=self.mandates,
                debtors=MemoryDebtors(self.store),
                events=self.events,
                creditor=CREDITOR,
            ),
            request_switch=switching.RequestSwitch(
                switches=self.switches,
                facts=MemoryClaimFacts(self.store),
                numbers=self.numbers,
                outbox=self.outbox,
                work_list=self.work_list,
                events=self.events,
                clock=self.clock,
                rules=SPAIN.switching,
            ),
        )

    def _make_office(self) -> None:
        self.quote = contracts.QuoteSupply(
            work=self.work,
            clock=self.clock,
            numbers=self.numbers,
            quotes=self.quotes,
            tariffs=SPAIN,
        )
        decided = {**self._common(), "contracts": self.contracts}
        self.accept = contracts.AcceptQuote(
            **decided,
            numbers=self.numbers,
            quotes=self.quotes,
            customers=self.customers,
            retailer=_RETAILER,
        )
        self.withdraw = contracts.WithdrawContract(**decided)
        self.advance = contracts.AdvanceContracts(**decided)
        self.receive_signatures = contracts.ReceiveSignatures(
            **decided, work_list=self.work_list, service=self.signer
        )

    def _make_market(self) -> None:
        self.receive_registry = switching.ReceiveRegistryMessages(
            registry=self.registry,
            switches=self.switches,
            inbox=self.inbox,
            work_list=self.work_list,
            rules=SPAIN.switching,
            **self._common(),
        )
        self.receive_meter_files = metering.ReceiveMeterFiles(
            **self._common(),
            inbox=self.inbox,
            work_list=self.work_list,
            folder=self.operator,
            reader=read_meter_file,
            readings=MemoryReadings(self.store),
            plans=MemoryReadingPlans(self.store),
            supplies=MemorySuppliesToRead(self.store),
            rules=SPAIN.reading,
        )

    def _make_billing(self) -> None:
        documents = billing.Documents(
            invoices=self.invoices,
            numbers=self.numbers,
            books=self.books,
            events=self.events,
            policy=ANY_USE,
        )
        shared: dict[str, Any] = {
            "work": self.work,
            "clock": self.clock,
            "drafting": billing.Drafting(
                tariffs=SPAIN,
                usage=MemoryUsageBook(self.store),
                figures=MemoryFigureBook(self.store),
                policy=ANY_USE,
            ),
            "documents": documents,
            "work_list": self.work_list,
        }
        gate = billing.PlausibilityGate(
            past=MemoryBilledBefore(self.store),
            held=MemoryHeldBills(self.store),
            work_list=self.work_list,
            policy=ANY_USE,
        )
        self.bill = billing.BillDueSupplies(
            supplies=MemorySuppliesToBill(self.store), gate=gate, **shared
        )
        self.correct = billing.CorrectInvoices(
            outdated=MemoryOutdatedInvoices(self.store), tariffs=SPAIN, policy=ANY_USE, **shared
        )
        self.allocate = ledger.AllocateCredits(
            items=self.ledger, posted=self.ledger, books=self.books, **self._common()
        )
        self.check_ledger = ledger.CheckLedger(ledger=self.ledger)

    def _make_payments(self) -> None:
        held = {
            **self._common(),
            "mandates": self.mandates,
            "collections": self.collections,
            "work_list": self.work_list,
            "creditor": CREDITOR,
        }
        self.collect = payments.CollectDueItems(
            items=MemoryUnpaidItems(self.store),
            files=self.files,
            writer=write_direct_debits,
            **held,
        )
        self.receive_bank_files = payments.ReceiveBankFiles(
            bank=self.bank,
            reader=read_notification,
            inbox=self.inbox,
            entries=MemoryBankEntries(self.store),
            books=self.books,
            **held,
        )

    def _senders(self) -> Mapping[tuple[Channel, str], Sender[Any]]:
        facts = MemoryErpFacts(self.store)
        senders: tuple[Sender[Any], ...] = (
            contracts.SendEnvelope(
                contracts=self.contracts,
                quotes=self.quotes,
                service=self.signer,
                retailer=_RETAILER,
            ),
            switching.SendClaim(switches=self.switches, registry=self.registry),
            SendCustomer(self.erp, facts),
            SendContract(self.erp, facts),
            SendEntry(self.erp, facts, _CHART),
            payments.SendPaymentFile(
                work=self.work, files=self.files, collections=self.collections, bank=self.bank
            ),
            SendInvoiceMail(
                bills=MemoryBillsToMail(self.store),
                pages=_Pages(),
                mail=self.mail,
                message_id=partial("<invoice.{}@luma.example>".format),
            ),
        )
        return {(sender.channel, sender.kind): sender for sender in senders}

    def _common(self) -> dict[str, Any]:
        return {"work": self.work, "clock": self.clock, "events": self.events}
