"""What the senders load, and that an entry whose end is unknown is asked for first."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from energyretail.adapters.memory.erp import MemoryErp, MemoryErpFacts
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.erp import (
    ErpEntry,
    ErpPosting,
    SendContract,
    SendCustomer,
    SendEntry,
    erp_entry,
)
from energyretail.application.shared import Channel
from energyretail.domain.ledger import Account, Entry, Posting
from energyretail.domain.shared import Conflict, Invalid, Money
from energyretail.testing.conformance.contracts import contract_of, customer_of

CHART = {account: f"{400 + n}000" for n, account in enumerate(Account)}
ENTRY = Entry(
    key="invoice:F26-000001",
    day=date(2026, 4, 1),
    text="Invoice F26-000001",
    postings=(
        Posting(Account.RECEIVABLE, Money.of_cents(6456, "EUR"), "C000001", "F26-000001"),
        Posting(Account.REVENUE, Money.of_cents(-5336, "EUR")),
        Posting(Account.VAT, Money.of_cents(-1120, "EUR")),
    ),
)


class CountingErp(MemoryErp):
    """Counts what is posted, arrived or not."""

    def __init__(self) -> None:
        super().__init__()
        self.posts = 0

    def post(self, entry: ErpEntry) -> None:
        self.posts += 1
        super().post(entry)


@pytest.fixture
def erp() -> CountingErp:
    return CountingErp()


@pytest.fixture
def facts() -> MemoryErpFacts:
    store = MemoryStore()
    with store.transaction() as transaction:
        store.writable("customer")["C000001"] = customer_of(1)
        store.writable("contract")["K000001"] = contract_of(1)
        store.writable("entry")[ENTRY.key] = ENTRY
        transaction.commit()
    return MemoryErpFacts(store)


@pytest.fixture
def send_entry(erp: CountingErp, facts: MemoryErpFacts) -> SendEntry:
    return SendEntry(erp, facts, CHART)


class TestErpEntry:
    def test_names_accounts_by_the_chart_and_amounts_in_cents(self) -> None:
        assert erp_entry(ENTRY, CHART).postings == (
            ErpPosting("400000", 6456, "EUR", customer="C000001", item="F26-000001"),
            ErpPosting("401000", -5336, "EUR"),
            ErpPosting("403000", -1120, "EUR"),
        )

    def test_keeps_key_day_and_text(self) -> None:
        sent = erp_entry(ENTRY, CHART)

        assert (sent.key, sent.day, sent.text) == (ENTRY.key, ENTRY.day, ENTRY.text)


class TestSendCustomerAndContract:
    def test_stand_on_the_channel_of_the_erp(
        self, erp: CountingErp, facts: MemoryErpFacts, send_entry: SendEntry
    ) -> None:
        senders = [SendCustomer(erp, facts), SendContract(erp, facts)]
        kinds = {(sender.channel, sender.kind) for sender in senders}

        assert kinds == {(Channel.ERP, "customer"), (Channel.ERP, "contract")}
        assert (send_entry.channel, send_entry.kind) == (Channel.ERP, "entry")

    @pytest.mark.parametrize("maybe_sent", [False, True])
    def test_make_the_erp_look_like_us(
        self, erp: CountingErp, facts: MemoryErpFacts, maybe_sent: bool
    ) -> None:
        customers, contracts = SendCustomer(erp, facts), SendContract(erp, facts)

        for customer in customers.load(["C000001", "C999999"]).values():
            customers.deliver(customer, maybe_sent=maybe_sent)
        for contract in contracts.load(["K999999", "K000001"]).values():
            contracts.deliver(contract, maybe_sent=maybe_sent)

        assert tuple(erp.customers.values()) == facts.customers(["C000001"])
        assert tuple(erp.contracts.values()) == facts.contracts(["K000001"])


class TestSendEntry:
    def test_loads_what_the_keys_name_and_leaves_out_the_rest(self, send_entry: SendEntry) -> None:
        assert send_entry.load([ENTRY.key, "invoice:F26-999999"]) == {
            ENTRY.key: erp_entry(ENTRY, CHART)
        }

    def test_posts_a_new_entry_without_asking(
        self, erp: CountingErp, send_entry: SendEntry
    ) -> None:
        send_entry.deliver(erp_entry(ENTRY, CHART), maybe_sent=False)

        assert erp.find(ENTRY.key) == erp_entry(ENTRY, CHART)

    def test_does_not_post_again_what_had_arrived(
        self, erp: CountingErp, send_entry: SendEntry
    ) -> None:
        send_entry.deliver(erp_entry(ENTRY, CHART), maybe_sent=False)
        send_entry.deliver(erp_entry(ENTRY, CHART), maybe_sent=True)

        assert erp.posts == 1

    def test_posts_what_had_not_arrived(self, erp: CountingErp, send_entry: SendEntry) -> None:
        send_entry.deliver(erp_entry(ENTRY, CHART), maybe_sent=True)

        assert erp.posts == 1

    def test_refuses_to_take_another_entry_for_its_own(
        self, erp: CountingErp, send_entry: SendEntry
    ) -> None:
        ours = erp_entry(ENTRY, CHART)
        erp.post(attrs.evolve(ours, text="Something else"))

        with pytest.raises(Conflict) as caught:
            send_entry.deliver(ours, maybe_sent=True)

        assert caught.value.code == "erp.key_reused"
        assert erp.posts == 1

    def test_refuses_a_chart_with_a_gap(self, erp: CountingErp, facts: MemoryErpFacts) -> None:
        chart = {account: number for account, number in CHART.items() if account != Account.BANK}

        with pytest.raises(Invalid) as caught:
            SendEntry(erp, facts, chart)

        assert caught.value.code == "erp.chart.incomplete"
        assert "bank" in caught.value.facts["missing"]
