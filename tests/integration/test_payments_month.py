"""Two months of direct debits, with the real formats and the sandbox's bank."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from payments_world import PaymentsCompany

from energyretail.domain import payments
from energyretail.domain.ledger import Account

APRIL, MAY = date(2026, 4, 30), date(2026, 5, 29)
CHECK = Path(__file__).parents[1] / "journeys" / "independent_check.py"


def collected_by_the_files(company: PaymentsCompany, day: date) -> int:
    done = company.root / "done"
    printed = subprocess.run(
        [sys.executable, "-I", str(CHECK), str(company.root / "in"), str(done), day.isoformat()],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return int(printed)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> PaymentsCompany:
    """A company after its first month: 300 customers, due on 30 April."""
    company = PaymentsCompany(tmp_path_factory.mktemp("bank"))
    for number in range(1, 301):
        company.customer_owes(number, 5000 + 17 * number, APRIL)
    company.days(date(2026, 4, 24), date(2026, 5, 8))
    return company


class TestMonth:
    def test_collects_everything_on_the_due_date_but_what_comes_back(
        self, company: PaymentsCompany
    ) -> None:
        states = Counter(one.state for one in company.collections())

        assert set(states) == {
            payments.CollectionState.COLLECTED,
            payments.CollectionState.RETURNED,
        }
        assert 8 <= states[payments.CollectionState.RETURNED] <= 30
        assert len({one.reason for one in company.collections() if one.reason}) >= 3

    def test_keeps_bank_and_receivables_equal_to_what_was_collected(
        self, company: PaymentsCompany
    ) -> None:
        returned = [one for one in company.collections() if one.reason]
        invoiced = sum(5000 + 17 * number for number in range(1, 301))
        back = sum(one.amount.cents for one in returned)

        assert company.balance(Account.BANK) == invoiced - back
        assert company.balance(Account.RECEIVABLE) == back
        assert company.balance(Account.SUSPENSE) == 0

    def test_agrees_with_the_files_read_by_a_stranger(self, company: PaymentsCompany) -> None:
        assert collected_by_the_files(company, date(2026, 5, 8)) == company.balance(Account.BANK)

    def test_does_to_mandates_what_the_reasons_ask_for(self, company: PaymentsCompany) -> None:
        mandates = company.store.table("mandate")
        wanted = {
            "AC04": payments.MandateState.SUSPENDED,
            "MD01": payments.MandateState.ENDED,
        }

        for one in company.collections():
            state = wanted.get(one.reason or "", payments.MandateState.ACTIVE)
            assert mandates[one.umr].state is state

    def test_asks_a_person_about_every_return_it_cannot_try_again(
        self, company: PaymentsCompany
    ) -> None:
        asked = {key for kind, key in company.store.table("work_item")}
        not_again = {
            one.end_to_end_id
            for one in company.collections()
            if one.reason and not payments.return_reason(one.reason, on=APRIL).again
        }

        assert asked == not_again
        assert asked


def test_tries_again_next_month_what_may_be_tried_again(tmp_path: Path) -> None:
    company = PaymentsCompany(tmp_path)
    for number in range(1, 301):
        company.customer_owes(number, 5000, APRIL)
    company.days(date(2026, 4, 27), date(2026, 5, 8))
    first = {one.item: one for one in company.collections()}

    company.days(date(2026, 5, 25), date(2026, 6, 5))

    again = [one for one in company.collections() if one.attempt == 2]
    assert {one.item for one in again} == {
        item for item, one in first.items() if one.reason in ("AM04", "MS03")
    }
    assert {one.sequence for one in again} == {payments.Sequence.RECURRENT}
    assert {one.due_on for one in again} == {MAY}
    assert payments.CollectionState.COLLECTED in {one.state for one in again}
    assert collected_by_the_files(company, date(2026, 6, 5)) == company.balance(Account.BANK)


def test_nets_credit_and_leaves_items_without_a_mandate_to_a_person(tmp_path: Path) -> None:
    company = PaymentsCompany(tmp_path)
    company.customer_owes(1, 5000, APRIL)
    company.customer_owes(1, -1200, APRIL, series="A26")
    company.customer_owes(2, 7000, APRIL, mandate=False)
    company.customer_owes(3, 7000, MAY)

    company.day(date(2026, 4, 27))

    (one,) = company.collections()
    assert (one.item, one.amount.cents) == ("F26-000001", 3800)
    assert list(company.store.table("work_item")) == [("payments.not_collected", "F26-000002")]


def test_collects_on_the_run_day_alone_and_once(tmp_path: Path) -> None:
    company = PaymentsCompany(tmp_path)
    company.customer_owes(1, 5000, APRIL)

    company.day(date(2026, 4, 24))
    before = company.collections()
    company.day(date(2026, 4, 27))
    company.customer_owes(2, 5000, APRIL)
    company.day(date(2026, 4, 28))

    assert before == []
    assert [one.item for one in company.collections()] == ["F26-000001"]
    assert company.collections()[0].state is payments.CollectionState.SENT
    assert [path.name for path in (tmp_path / "in").iterdir()] == ["LUMA-20260430-1.xml"]


def test_gives_the_same_state_for_the_same_seed_and_another_for_another(tmp_path: Path) -> None:
    def live(name: str, seed: int) -> PaymentsCompany:
        company = PaymentsCompany(tmp_path / name, seed=seed)
        for number in range(1, 101):
            company.customer_owes(number, 5000, APRIL)
        company.days(date(2026, 4, 27), date(2026, 5, 8))
        return company

    once, again, other = live("a", 1), live("b", 1), live("c", 2)

    assert once.state() == again.state()
    assert once.state() != other.state()
