"""Documents with their customers and names, in memory and in Postgres; mail there and by SMTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import attrs
import pytest

from energyretail.adapters.memory.documents import MemoryBillsToMail
from energyretail.adapters.memory.invoice_names import MemoryInvoiceNames
from energyretail.adapters.memory.mail import MemoryMail
from energyretail.adapters.memory.store import MemoryStore
from energyretail.adapters.postgres.database import Database
from energyretail.adapters.postgres.documents import PostgresBillsToMail
from energyretail.adapters.postgres.invoice_names import PostgresInvoiceNames
from energyretail.adapters.smtp import MailRelay
from energyretail.entrypoints.sandbox.mail import SandboxMail, listen_for_mail
from energyretail.testing.billing_worlds import memory_world, postgres_world
from energyretail.testing.conformance.billing import BillingWorld
from energyretail.testing.conformance.documents import (
    BillsToMailConformance,
    InvoiceNamesConformance,
    KeptMails,
    MailServiceConformance,
)
from energyretail.testing.loops import BackgroundLoop


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


class InMemory:
    @pytest.fixture
    def world(self, store: MemoryStore) -> BillingWorld:
        return memory_world(store)


class InPostgres:
    @pytest.fixture
    def world(self, database: Database) -> BillingWorld:
        return postgres_world(database)


class TestBillsToMailInMemory(InMemory, BillsToMailConformance):
    @pytest.fixture
    def bills(self, store: MemoryStore) -> MemoryBillsToMail:
        return MemoryBillsToMail(store)


class TestBillsToMailInPostgres(InPostgres, BillsToMailConformance):
    @pytest.fixture
    def bills(self, database: Database) -> PostgresBillsToMail:
        return PostgresBillsToMail(database)


class TestInvoiceNamesInMemory(InMemory, InvoiceNamesConformance):
    @pytest.fixture
    def names(self, store: MemoryStore) -> MemoryInvoiceNames:
        return MemoryInvoiceNames(store)


class TestInvoiceNamesInPostgres(InPostgres, InvoiceNamesConformance):
    @pytest.fixture
    def names(self, database: Database) -> PostgresInvoiceNames:
        return PostgresInvoiceNames(database)


class TestMemoryMail(MailServiceConformance):
    @pytest.fixture
    def mail(self) -> MemoryMail:
        return MemoryMail()

    @pytest.fixture
    def kept(self, mail: MemoryMail) -> KeptMails:
        return lambda: {key: attrs.astuple(kept)[1:] for key, kept in mail.kept.items()}


class TestMailRelay(MailServiceConformance):
    @pytest.fixture
    def sandbox(self) -> SandboxMail:
        return SandboxMail()

    @pytest.fixture
    def mail(self, sandbox: SandboxMail) -> Iterator[MailRelay]:
        with BackgroundLoop() as loop:
            listening = listen_for_mail(sandbox, "127.0.0.1")
            port = loop.run(listening.__aenter__())
            yield MailRelay("127.0.0.1", port, sender="facturas@example.org", timeout_s=5)
            loop.run(asyncio.wait_for(listening.__aexit__(None, None, None), 10))

    @pytest.fixture
    def kept(self, sandbox: SandboxMail) -> KeptMails:
        return lambda: {
            one.message_id: (*one.to, one.subject, one.text.strip(), one.html.strip())
            for one in sandbox.messages()
        }
