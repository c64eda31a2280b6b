"""The same two months over Postgres and over memory: both must end the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
from payments_world import CREDITOR, Folder, PaymentsCompany
from sqlalchemy import text

from energyretail.adapters.iso20022 import read_notification, write_direct_debits
from energyretail.adapters.memory.ledger import MemoryLedger
from energyretail.adapters.memory.shared import MemoryWorkList
from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.debtors import PostgresDebtors
from energyretail.adapters.postgres.inbox import PostgresInbox
from energyretail.adapters.postgres.ledger import PostgresBooks, PostgresLedger
from energyretail.adapters.postgres.payments import (
    PostgresBankEntries,
    PostgresCollections,
    PostgresMandates,
    PostgresPaymentFiles,
)
from energyretail.adapters.postgres.unpaid_items import PostgresUnpaidItems
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application.payments import (
    CollectDueItems,
    ReceiveBankFiles,
    RegisterMandate,
    SendPaymentFile,
    SignedMandate,
)
from energyretail.domain import payments
from energyretail.domain.ledger import Entry
from energyretail.entrypoints.sandbox.bank import SandboxBank
from energyretail.testing.conformance.payments import collection, payment_file

FIRST, LAST, APRIL = date(2026, 4, 24), date(2026, 6, 5), date(2026, 4, 30)


class PostgresCompany:
    """A company over Postgres that starts with the debts of another over memory."""

    def __init__(self, database: Database, root: Path, twin: PaymentsCompany):
        self.bank = SandboxBank(
            incoming=root / "in", outgoing=root / "out", memory=root / "memory", seed=1
        )
        self.work = PostgresWork(database)
        self.clock = PostgresClock(database)
        self.mandates = PostgresMandates(database)
        self.collections = PostgresCollections(database)
        self.work_list = PostgresWorkList(database)
        self.books = PostgresBooks(database)
        self.files = PostgresPaymentFiles(database)
        self.ledger = PostgresLedger(database)
        folder = Folder(root)
        self.collect = CollectDueItems(
            work=self.work,
            clock=self.clock,
            items=PostgresUnpaidItems(database),
            mandates=self.mandates,
            collections=self.collections,
            files=self.files,
            writer=write_direct_debits,
            work_list=self.work_list,
            events=twin,
            creditor=CREDITOR,
        )
        self.send = SendPaymentFile(
            work=self.work, files=self.files, collections=self.collections, bank=folder
        )
        self.receive = ReceiveBankFiles(
            work=self.work,
            clock=self.clock,
            bank=folder,
            reader=read_notification,
            inbox=PostgresInbox(database),
            entries=PostgresBankEntries(database),
            collections=self.collections,
            mandates=self.mandates,
            books=self.books,
            work_list=self.work_list,
            events=twin,
            creditor=CREDITOR,
        )
        self._copy(database, twin)

    def _copy(self, database: Database, twin: PaymentsCompany) -> None:
        register = RegisterMandate(
            mandates=self.mandates,
            debtors=PostgresDebtors(database),
            events=twin,
            creditor=CREDITOR,
        )
        customers = twin.store.table("customer")
        invoices = twin.store.table("invoice")
        entries: dict[str, Entry] = twin.store.table("entry")
        with database.transaction() as connection:
            connection.execute(
                text(
                    "INSERT INTO customer (number, kind, name, tax_id, email, street, postcode,"
                    " town, country, language) VALUES (:number, 'home', :name, :number, '',"
                    " 'Calle Ancha 1', '24003', 'León', 'ES', 'es')"
                ),
                [{"number": number, "name": c.person.name} for number, c in customers.items()],
            )
            connection.execute(
                text(
                    "INSERT INTO invoice (number, kind, contract, customer, cups, tariff, period,"
                    " issued_on, due_on, net_cents, tax_cents, gross_cents, currency,"
                    " rounding_scope, rounding_mode, rounding_decimals, prices)"
                    " VALUES (:number, 'invoice', :contract, :customer, :number, '',"
                    " '[2026-03-01,2026-04-01)', '2026-04-01', :due_on, 0, 0, 0, 'EUR', '', '',"
                    " 2, 'net')"
                ),
                [{"number": number, **vars(invoice)} for number, invoice in invoices.items()],
            )
            self.books.post(tuple(entries.values()))
            register(
                [
                    SignedMandate(one.contract, one.customer, one.signed_on, one.iban.value)
                    for one in twin.store.table("mandate").values()
                ]
            )
            connection.commit()

    def day(self, today: date) -> None:
        self.bank.advance(today)
        with self.work() as transaction:
            self.clock.move_to(today)
            transaction.commit()
        self.receive()
        if file := self.collect():
            self.send.deliver(self.send.load([file.msg_id])[file.msg_id], maybe_sent=True)


def test_a_credit_booked_while_the_file_is_noted_as_sent_stays(
    tmp_path: Path, database: Database
) -> None:
    memory = PaymentsCompany(tmp_path / "memory")
    memory.customer_owes(1, 100, APRIL)
    postgres = PostgresCompany(database, tmp_path / "postgres", memory)
    credited, other = collection("F1"), collection("F2")
    with postgres.work() as transaction:
        postgres.files.add(payment_file())
        postgres.collections.add((credited, other))
        transaction.commit()
    booked = credited.after(payments.CollectionTrigger.CREDIT)

    with ThreadPoolExecutor(1) as relay:
        with postgres.work() as transaction:
            postgres.collections.save((booked,))
            sending = relay.submit(postgres.send.deliver, payment_file(), maybe_sent=False)
            # Time for the relay to read what is not committed yet, and to wait for it.
            with pytest.raises(TimeoutError):
                sending.result(timeout=0.5)
            transaction.commit()
        sending.result(timeout=10)

    sent = other.after(payments.CollectionTrigger.SEND)
    assert postgres.collections.named(("F1-1", "F2-1")) == (booked, sent)
    assert postgres.files.named((payment_file().msg_id,))[0].state is payments.FileState.SENT


def test_two_months_end_the_same_in_postgres_and_in_memory(
    tmp_path: Path, database: Database
) -> None:
    memory = PaymentsCompany(tmp_path / "memory")
    for number in range(1, 151):
        memory.customer_owes(number, 5000 + number, APRIL, mandate=number % 50 != 0)
        memory.customer_owes(number, 700 * number, date(2026, 5, 29), series="G26")
    memory.customer_owes(7, -3000, APRIL, series="A26")
    postgres = PostgresCompany(database, tmp_path / "postgres", memory)

    for offset in range((LAST - FIRST).days + 1):
        memory.day(FIRST + timedelta(days=offset))
        postgres.day(FIRST + timedelta(days=offset))

    ids = [one.end_to_end_id for one in memory.collections()]
    umrs = list(memory.store.table("mandate"))
    files = list(memory.store.table("payment_file"))
    assert len(ids) > 290
    assert postgres.collections.named(ids) == tuple(memory.collections())
    assert {m.umr: m for m in postgres.mandates.named(umrs)} == memory.store.table("mandate")
    assert {f.msg_id: f for f in postgres.files.named(files)} == memory.store.table("payment_file")
    assert postgres.work_list.open_items() == MemoryWorkList(memory.store).open_items()
    assert postgres.ledger.open_items() == MemoryLedger(memory.store).open_items()
    assert postgres.ledger.imbalances() == ()
