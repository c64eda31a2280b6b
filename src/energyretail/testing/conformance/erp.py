"""What every ERP promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import attrs
import pytest

from energyretail.application.erp import (
    Erp,
    ErpContract,
    ErpCustomer,
    ErpEntry,
    ErpPosting,
    every_entry,
)
from energyretail.domain.shared import Conflict, Invalid

__all__ = ["ErpConformance", "Held", "an_entry"]

CUSTOMER = ErpCustomer(
    number="C000001",
    kind="home",
    name="Ana García & Söhne <hijos>",
    tax_id="12345678Z",
    email="ana@example.org",
    street="Calle Mayor 1",
    postcode="28013",
    town="Madrid",
    country="ES",
    language="es",
)
CONTRACT = ErpContract(
    number="K000001",
    customer="C000001",
    product="FIXED-20TD",
    state="signed",
    signed_on=date(2026, 3, 2),
    supply_points=("ES1234000000000001JN0F", "ES1234000000000002JB0F"),
)


def an_entry(number: int, cents: int = 6456) -> ErpEntry:
    """Return the entry of the invoice ``F26-<number>``: receivable against revenue and VAT."""
    item, customer = f"F26-{number:06d}", f"C{number:06d}"
    vat = cents * 21 // 121
    return ErpEntry(
        key=f"invoice:{item}",
        day=date(2026, 4, 1),
        text=f"Invoice {item}",
        postings=(
            ErpPosting("430000", cents, "EUR", customer=customer, item=item),
            ErpPosting("700000", vat - cents, "EUR"),
            ErpPosting("477000", -vat, "EUR"),
        ),
    )


@attrs.frozen
class Held:
    """What the ERP holds by number, looked at from its own side: the port cannot read it back."""

    customers: Mapping[str, ErpCustomer]
    contracts: Mapping[str, ErpContract]


class ErpConformance:
    """Give the fixtures `erp`, an ERP that holds nothing yet, and `held`, which looks into it."""

    def test_holds_a_customer_and_a_contract_once_as_last_told(
        self, erp: Erp, held: Callable[[], Held]
    ) -> None:
        customer = attrs.evolve(CUSTOMER, name="Ana Peña", email="ana@example.org")
        contract = attrs.evolve(CONTRACT, state="ended")

        for _ in range(2):
            erp.upsert_customer(CUSTOMER)
            erp.upsert_contract(CONTRACT)
        erp.upsert_customer(customer)
        erp.upsert_contract(contract)

        assert held() == Held({customer.number: customer}, {contract.number: contract})

    def test_takes_a_customer_of_whom_little_is_known(
        self, erp: Erp, held: Callable[[], Held]
    ) -> None:
        customer = attrs.evolve(CUSTOMER, email="", street="", postcode="")

        erp.upsert_customer(customer)

        assert held().customers == {customer.number: customer}

    def test_takes_a_contract_that_is_not_signed(self, erp: Erp, held: Callable[[], Held]) -> None:
        contract = attrs.evolve(CONTRACT, signed_on=None, state="offered")

        erp.upsert_contract(contract)

        assert held().contracts == {contract.number: contract}

    def test_finds_an_entry_as_it_was_posted(self, erp: Erp) -> None:
        erp.post(an_entry(1))

        assert erp.find("invoice:F26-000001") == an_entry(1)

    def test_finds_nothing_that_was_never_posted(self, erp: Erp) -> None:
        assert erp.find("invoice:F26-000001") is None

    def test_posts_an_entry_once_however_often_it_comes(self, erp: Erp) -> None:
        for _ in range(3):
            erp.post(an_entry(1))

        assert tuple(every_entry(erp)) == (an_entry(1),)

    def test_refuses_other_content_under_the_same_key(self, erp: Erp) -> None:
        erp.post(an_entry(1))

        with pytest.raises(Conflict) as caught:
            erp.post(an_entry(1, cents=9999))

        assert caught.value.code == "erp.key_reused"
        assert tuple(every_entry(erp)) == (an_entry(1),)

    def test_refuses_an_entry_out_of_balance(self, erp: Erp) -> None:
        entry = an_entry(1)

        with pytest.raises(Invalid) as caught:
            erp.post(attrs.evolve(entry, postings=entry.postings[:2]))

        assert caught.value.code == "erp.fault.unbalanced"
        assert erp.find(entry.key) is None

    def test_refuses_currencies_that_balance_only_together(self, erp: Erp) -> None:
        postings = (ErpPosting("430000", 100, "EUR"), ErpPosting("700000", -100, "DKK"))

        with pytest.raises(Invalid) as caught:
            erp.post(attrs.evolve(an_entry(1), postings=postings))

        assert caught.value.code == "erp.fault.unbalanced"
        assert erp.find(an_entry(1).key) is None

    def test_lists_entries_by_key_a_page_at_a_time(self, erp: Erp) -> None:
        for number in (3, 1, 5, 2, 4):
            erp.post(an_entry(number))

        first = erp.entries(limit=2)
        second = erp.entries(after=first[-1].key, limit=2)
        third = erp.entries(after=second[-1].key, limit=2)

        assert first + second + third == tuple(an_entry(number) for number in range(1, 6))
        assert erp.entries(after=third[-1].key) == ()

    def test_lists_nothing_at_first(self, erp: Erp) -> None:
        assert tuple(every_entry(erp)) == ()

    def test_adds_up_an_account_of_everybody_of_a_customer_or_of_an_item(self, erp: Erp) -> None:
        erp.post(an_entry(1, cents=100))
        erp.post(an_entry(2, cents=200))

        receivable = {"account": "430000", "currency": "EUR"}
        assert erp.balance(**receivable) == 300
        assert erp.balance(**receivable, customer="C000001") == 100
        assert erp.balance(**receivable, item="F26-000002") == 200
        assert erp.balance(**receivable, customer="C000001", item="F26-000002") == 0
        assert erp.balance(account="430000", currency="DKK") == 0
