"""Bank files delivered twice, shuffled, cut, hostile: nothing lost, nothing double."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from payments_world import CREDITOR, FolderFile, PaymentsCompany

from energyretail.adapters.iso20022 import read_notification, write_notification
from energyretail.domain import payments
from energyretail.domain.ledger import Account
from energyretail.domain.shared import Iban, Money

APRIL, LAST = date(2026, 4, 30), date(2026, 5, 8)


def company_with_answers(root: Path, customers: int = 60) -> tuple[PaymentsCompany, list[Path]]:
    """Return a company that waits for the answers, and the answers, kept apart."""
    company = PaymentsCompany(root)
    for number in range(1, customers + 1):
        company.customer_owes(number, 5000 + number, APRIL)
    company.days(date(2026, 4, 27), date(2026, 4, 29))
    company.bank.advance(LAST)
    apart = root / "apart"
    apart.mkdir()
    for path in (root / "out").iterdir():
        shutil.move(path, apart / path.name)
    with company.work() as transaction:
        company.clock.move_to(LAST)
        transaction.commit()
    return company, sorted(apart.iterdir())


def deliver(company: PaymentsCompany, name: str, raw: bytes) -> None:
    (company.root / "out" / name).write_bytes(raw)
    company.receive()


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> PaymentsCompany:
    """The company to which every file came once, whole, in order."""
    company, answers = company_with_answers(tmp_path_factory.mktemp("undisturbed"))
    assert len(answers) == 3
    for path in answers:
        deliver(company, path.name, path.read_bytes())
    return company


def test_a_file_delivered_twice_changes_nothing(
    tmp_path: Path, undisturbed: PaymentsCompany
) -> None:
    company, answers = company_with_answers(tmp_path)
    for path in answers:
        deliver(company, path.name, path.read_bytes())
        deliver(company, path.name, path.read_bytes())
        deliver(company, f"copy-of-{path.name}", path.read_bytes())

    assert company.state() == undisturbed.state()
    assert not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_files_in_any_order_end_the_same(
    tmp_path: Path, undisturbed: PaymentsCompany, order: tuple[int, ...]
) -> None:
    company, answers = company_with_answers(tmp_path)
    for index in order:
        deliver(company, answers[index].name, answers[index].read_bytes())

    assert company.state() == undisturbed.state()


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (lambda raw: raw[: len(raw) // 2], "xml.malformed"),
        (lambda raw: raw[:0], "xml.malformed"),
        (lambda raw: raw.replace(b"?>", b"?><!DOCTYPE Document>", 1), "xml.doctype"),
        (lambda raw: raw.replace(b"camt.054.001.08", b"camt.029.001.08"), "xml.namespace"),
        (lambda raw: raw.replace(b"<Amt ", b"<Amount ", 1), "xml.malformed"),
        (lambda raw: raw.replace(b"CRDT</CdtDbtInd><Sts>", b"X</CdtDbtInd><Sts>"), "camt.field"),
        (lambda raw: raw.replace(b"<MsgId>C", b"<MsgIt>C", 1), "xml.malformed"),
        (lambda raw: raw.replace(b"GrpHdr>", b"Header>"), "camt.header"),
        (
            lambda raw: raw.replace(
                CREDITOR.iban.value.encode(),
                Iban.of_account("ES", "2100041845" + "9" * 10).value.encode(),
            ),
            "payments.bank_file.account",
        ),
    ],
)
def test_a_file_that_cannot_be_booked_is_parked_and_mended_by_the_right_one(
    tmp_path: Path, undisturbed: PaymentsCompany, damage: Callable[[bytes], bytes], code: str
) -> None:
    company, (credit, *returns) = company_with_answers(tmp_path)
    before = company.state()

    deliver(company, credit.name, damage(credit.read_bytes()))

    items = company.state().pop("work_item")
    assert [item.code for item in items.values()] == [code]
    assert company.state() | {"work_item": {}} == before
    kept = [row for row in company.store.table("inbox").values() if row[2] == "parked"]
    assert [row[0].raw for row in kept] == [damage(credit.read_bytes())]

    for path in (credit, *returns):
        deliver(company, path.name, path.read_bytes())

    with_parked = undisturbed.state()
    with_parked["work_item"] = with_parked["work_item"] | items
    assert company.state() == with_parked


def test_other_bytes_under_a_known_name_and_message_are_parked(tmp_path: Path) -> None:
    company, (credit, *_) = company_with_answers(tmp_path)
    deliver(company, credit.name, credit.read_bytes())
    before = company.state()

    deliver(company, credit.name, credit.read_bytes() + b"\n")

    after = company.state()
    assert [item.code for item in after.pop("work_item").values()] == ["inbox.key_reused"]
    assert after == {name: table for name, table in before.items() if name != "work_item"}


def test_an_entry_that_comes_again_with_another_amount_goes_to_a_person(tmp_path: Path) -> None:
    company, (credit, *_) = company_with_answers(tmp_path)
    deliver(company, credit.name, credit.read_bytes())
    balance = company.balance(Account.BANK)
    notification = read_notification(credit.read_bytes())
    (entry,) = notification.entries
    other = payments.BankEntry(entry.reference, entry.amount * 2, entry.booked_on)
    changed = payments.BankNotification("X1", "", notification.iban, LAST, (other,))

    deliver(company, "x.xml", write_notification(changed))

    assert company.balance(Account.BANK) == balance
    assert ("payments.entry_changed", entry.reference) in company.store.table("work_item")


def test_money_nobody_asked_for_goes_to_suspense(tmp_path: Path) -> None:
    company, _ = company_with_answers(tmp_path)
    transaction = payments.BankTransaction(None, Money("12.34", "EUR"))
    entry = payments.BankEntry("X9", Money("12.34", "EUR"), LAST, (transaction,))
    stray = payments.BankNotification("X1", "", CREDITOR.iban.value, LAST, (entry,))

    deliver(company, "x.xml", write_notification(stray))

    assert company.balance(Account.BANK) == 1234
    assert company.balance(Account.SUSPENSE) == -1234
    assert ("payments.unmatched", "X9") in company.store.table("work_item")


def test_a_batch_of_which_the_bank_tells_the_sum_alone_is_matched(
    tmp_path: Path, undisturbed: PaymentsCompany
) -> None:
    company, (credit, *returns) = company_with_answers(tmp_path)
    notification = read_notification(credit.read_bytes())
    (entry,) = notification.entries
    short = payments.BankEntry(
        entry.reference,
        entry.amount,
        entry.booked_on,
        payment_information_id=entry.payment_information_id,
    )
    told = payments.BankNotification("M1", "", notification.iban, LAST, (short,))
    deliver(company, "short.xml", write_notification(told))
    for path in returns:
        deliver(company, path.name, path.read_bytes())

    kept = {"bank_entry"}
    assert {k: v for k, v in company.state().items() if k not in kept} == {
        k: v for k, v in undisturbed.state().items() if k not in kept
    }


def test_a_file_that_was_booked_and_not_filed_away_is_filed_away_later(tmp_path: Path) -> None:
    company, (credit, *_) = company_with_answers(tmp_path)
    deliver(company, credit.name, credit.read_bytes())
    before = company.state()
    shutil.copy(tmp_path / "done" / credit.name, tmp_path / "out" / credit.name)

    received = company.receive()

    assert (received.booked, received.repeated, received.parked) == (0, 1, 0)
    assert company.state() == before
    assert FolderFile(credit.name, credit.read_bytes()) not in company.folder.arrivals()


class TestSandboxBank:
    def test_takes_a_payment_file_once_however_often_it_comes(self, tmp_path: Path) -> None:
        company = PaymentsCompany(tmp_path)
        company.customer_owes(1, 5000, APRIL)
        company.day(date(2026, 4, 27))
        file = tmp_path / "in" / "LUMA-20260430-1.xml"
        shutil.copy(file, tmp_path / "in" / "again.xml")

        written = company.bank.advance(date(2026, 4, 28)) + company.bank.advance(APRIL)

        assert len(written) == 1
        (entry,) = read_notification((tmp_path / "out" / written[0]).read_bytes()).entries
        assert entry.amount.cents == 5000
        assert company.bank.refusals() == ()

    def test_refuses_what_it_cannot_read_and_keeps_it(self, tmp_path: Path) -> None:
        company = PaymentsCompany(tmp_path)
        company.customer_owes(1, 5000, APRIL)
        company.day(date(2026, 4, 27))
        good = (tmp_path / "in" / "LUMA-20260430-1.xml").read_bytes()
        (tmp_path / "in" / "a.xml").write_bytes(good[:500])
        (tmp_path / "in" / "b.xml").write_bytes(good.replace(b"<CtrlSum>50.00", b"<CtrlSum>50.01"))
        (tmp_path / "in" / "c.xml").write_bytes(good.replace(b"Zoe", b"Joe"))
        (tmp_path / "in" / "d.xml.part").write_bytes(good[:500])

        company.bank.advance(date(2026, 4, 28))

        reasons = {name: text.partition(":")[0] for name, text in company.bank.refusals()}
        assert reasons == {
            "a.xml": "xml.malformed",
            "b.xml": "pain.totals",
            "c.xml": "bank.duplicate",
        }

    def test_answers_the_same_after_a_restart(self, tmp_path: Path) -> None:
        _, answers = company_with_answers(tmp_path / "a")
        other = PaymentsCompany(tmp_path / "b")
        shutil.copytree(tmp_path / "a" / "in", tmp_path / "b" / "in", dirs_exist_ok=True)
        other.bank.advance(date(2026, 4, 28))

        again = PaymentsCompany(tmp_path / "b").bank.advance(LAST)

        assert {name: (tmp_path / "b" / "out" / name).read_bytes() for name in again} == {
            path.name: path.read_bytes() for path in answers
        }
