"""A retailer's payments over memory stores, with the real formats and the sandbox's bank."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs

from energyretail.adapters.iso20022 import read_notification, write_direct_debits
from energyretail.adapters.memory.ledger import MemoryBooks
from energyretail.adapters.memory.payments import (
    MemoryBankEntries,
    MemoryCollections,
    MemoryDebtors,
    MemoryMandates,
    MemoryPaymentFiles,
    MemoryUnpaidItems,
)
from energyretail.adapters.memory.shared import MemoryClock, MemoryInbox, MemoryWorkList
from energyretail.adapters.memory.store import MemoryStore, MemoryWork
from energyretail.application.payments import (
    BankFilesReceived,
    CollectDueItems,
    ReceiveBankFiles,
    RegisterMandate,
    SendPaymentFile,
    SignedMandate,
)
from energyretail.domain import parties, payments
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import Conflict, CreditorIdentifier, Event, Iban, Money
from energyretail.entrypoints.sandbox.bank import SandboxBank

CREDITOR = payments.Creditor(
    code="LUMA",
    identifier=CreditorIdentifier("ES23ZZZ47690558N"),
    party=payments.Party("Luma Energía S.L.", "Madrid", "ES", "Calle Mayor 1", "28013"),
    iban=Iban.of_account("ES", "21000418450200051332"),
)


@attrs.frozen
class FolderFile:
    name: str
    content: bytes


@attrs.frozen
class Folder:
    """The bank's account as two folders of this machine."""

    root: Path

    def put(self, name: str, content: bytes) -> None:
        path = self.root / "in" / name
        if path.exists() and path.read_bytes() != content:
            raise Conflict("sftp.name_taken", "other bytes bear the name", name=name)
        path.write_bytes(content)

    def arrivals(self) -> tuple[FolderFile, ...]:
        return tuple(
            FolderFile(path.name, path.read_bytes()) for path in (self.root / "out").glob("*.xml")
        )

    def done(self, name: str) -> None:
        (self.root / "done").mkdir(exist_ok=True)
        (self.root / "out" / name).replace(self.root / "done" / name)


class PaymentsCompany:
    """Everything of payments, wired; customers owe what `customer_owes` says."""

    def __init__(self, root: Path, *, seed: int = 1):
        self.root = root
        self.store = MemoryStore()
        self.events: list[Event] = []
        self.bank = SandboxBank(
            incoming=root / "in", outgoing=root / "out", memory=root / "memory", seed=seed
        )
        self.folder = Folder(root)
        work, clock = MemoryWork(self.store), MemoryClock(self.store)
        mandates, collections = MemoryMandates(self.store), MemoryCollections(self.store)
        files, work_list = MemoryPaymentFiles(self.store), MemoryWorkList(self.store)
        self.work, self.clock = work, clock
        self.register = RegisterMandate(
            mandates=mandates, debtors=MemoryDebtors(self.store), events=self, creditor=CREDITOR
        )
        self.collect = CollectDueItems(
            work=work,
            clock=clock,
            items=MemoryUnpaidItems(self.store),
            mandates=mandates,
            collections=collections,
            files=files,
            writer=write_direct_debits,
            work_list=work_list,
            events=self,
            creditor=CREDITOR,
        )
        self.send = SendPaymentFile(
            work=work, files=files, collections=collections, bank=self.folder
        )
        self.receive = ReceiveBankFiles(
            work=work,
            clock=clock,
            bank=self.folder,
            reader=read_notification,
            inbox=MemoryInbox(self.store),
            entries=MemoryBankEntries(self.store),
            collections=collections,
            mandates=mandates,
            books=MemoryBooks(self.store),
            work_list=work_list,
            events=self,
            creditor=CREDITOR,
        )

    def record(self, events: Any) -> None:
        """Be the Events port."""
        self.events += events

    def customer_owes(
        self, number: int, cents: int, due_on: date, *, series: str = "F26", mandate: bool = True
    ) -> str:
        """Have a customer with one contract owe an item; return the item."""
        customer, contract = f"C{number:06d}", f"K{number:06d}"
        item = f"{series}-{number:06d}"
        address = parties.Address("Calle Ancha 1", "24003", "León", "ES")
        person = parties.Person(
            parties.CustomerKind.HOME, f"Zoé Núñez {number}", "12345678Z", "z@example.org", address
        )
        with self.work() as transaction:
            self.store.writable("customer")[customer] = parties.Customer(customer, person)
            self.store.writable("invoice")[item] = SimpleNamespace(
                contract=contract, customer=customer, due_on=due_on
            )
            if mandate:
                iban = Iban.of_account("ES", f"2100041845{number:010d}").value
                self.register([SignedMandate(contract, customer, date(2026, 3, 2), iban)])
            owed = Money.of_cents(cents, "EUR")
            debt = Posting(Account.RECEIVABLE, owed, customer, item)
            entry = Entry(
                f"invoice:{item}", due_on, "A bill", (debt, Posting(Account.REVENUE, -owed))
            )
            self.store.writable("entry").setdefault(entry.key, entry)
            transaction.commit()
        return item

    def day(self, today: date) -> BankFilesReceived:
        """Live one business day: the bank's, then ours."""
        self.bank.advance(today)
        with self.work() as transaction:
            self.clock.move_to(today)
            transaction.commit()
        received = self.receive()
        if file := self.collect():
            self.send.deliver(self.send.load([file.msg_id])[file.msg_id], maybe_sent=False)
        return received

    def days(self, first: date, last: date) -> None:
        """Live every day from `first` to `last`, both included."""
        for offset in range((last - first).days + 1):
            self.day(first + timedelta(days=offset))

    def state(self) -> dict[str, dict[Any, Any]]:
        """Return what the company knows, but for the raw arrivals."""
        names = ("collection", "mandate", "entry", "payment_file", "work_item")
        booked = {key: value[0] for key, value in self.store.table("bank_entry").items()}
        return {name: dict(self.store.table(name)) for name in names} | {"bank_entry": booked}

    def collections(self) -> list[payments.Collection]:
        """Return all collections by id."""
        table = self.store.table("collection")
        return [table[key] for key in sorted(table)]

    def balance(self, account: Account) -> int:
        """Return the balance of an account in cents."""
        return sum(
            posting.amount.cents
            for entry in self.store.table("entry").values()
            for posting in entry.postings
            if posting.account is account
        )
