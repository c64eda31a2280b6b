"""Bad files of the bank in its real SFTP folder: nothing booked twice, nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from company_harness import Company, Life, difference

from energyretail.domain.shared import Iban

CREDITS, RETURN = date(2026, 3, 31), date(2026, 4, 7)
"""On the first the bank tells of a whole collection, on the second of a debit come back."""

DAYS = {CREDITS: date(2026, 4, 1), RETURN: date(2026, 4, 8)}
each_day = pytest.mark.parametrize("day", sorted(DAYS), ids=["credits", "return"])

Damage = Callable[[bytes], bytes]
DAMAGES: dict[str, tuple[Damage, str]] = {
    "a DOCTYPE": (
        lambda raw: raw.replace(b"?>", b"?><!DOCTYPE a SYSTEM 'file:///etc/passwd'>", 1),
        "xml.doctype",
    ),
    "a wrong namespace": (
        lambda raw: raw.replace(b"camt.054.001.08", b"camt.029.001.08"),
        "xml.namespace",
    ),
    "its second half missing": (lambda raw: raw[: len(raw) // 2], "xml.malformed"),
    "its last byte missing": (lambda raw: raw.rstrip()[:-1], "xml.malformed"),
    "nothing in it": (lambda _: b"", "xml.malformed"),
    "the account of somebody else": (
        lambda raw: raw.replace(
            b"ES9121000418450200051332",
            Iban.of_account("ES", "2100041845" + "9" * 10).value.encode(),
        ),
        "payments.bank_file.account",
    ),
}


def this_morning(life: Life, day: date) -> tuple[Company, Path]:
    """Return the company on the day, and the file that waits for it."""
    company = life.at(day)
    company.open(day)
    (waiting,) = company.outside.bank_out.iterdir()
    return company, waiting


def receive(company: Company) -> None:
    company.container.day_steps()["bank_files"]()


def shape(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((row["kind"], row.get("code", "")) for row in rows)


@each_day
class TestABankFileDeliveredTwice:
    def test_is_booked_once(self, life: Life, day: date) -> None:
        undisturbed = life.rows_at(DAYS[day])
        company, waiting = this_morning(life, day)
        raw = waiting.read_bytes()
        receive(company)
        waiting.write_bytes(raw)
        receive(company)
        waiting.write_bytes(raw)
        company.close(day)

        assert difference(company.rows(), undisturbed) == ([], [])
        assert not list(company.outside.bank_out.iterdir())

    def test_is_booked_once_under_another_name_too(self, life: Life, day: date) -> None:
        undisturbed = life.rows_at(DAYS[day])
        company, waiting = this_morning(life, day)
        for name in ("a-copy.xml", "z-copy.xml"):
            waiting.with_name(name).write_bytes(waiting.read_bytes())
        company.close(day)

        # The copy that came first by its name brought the entries, and the others nothing.
        source = f"{waiting.name}:"
        rows = [
            row.replace('"source":"a-copy.xml:', f'"source":"{source}') for row in company.rows()
        ]
        missing, besides = difference(rows, undisturbed)
        assert missing == []
        assert shape(besides) == [("arrival", "")] * 2

    def test_with_other_bytes_is_parked(self, life: Life, day: date) -> None:
        undisturbed = life.rows_at(DAYS[day])
        company, waiting = this_morning(life, day)
        raw = waiting.read_bytes()
        receive(company)
        waiting.write_bytes(raw.replace(b"<Ccy>EUR</Ccy>", b"<Ccy>EUR</Ccy><!-- -->") + b"\n")
        company.close(day)

        missing, besides = difference(company.rows(), undisturbed)
        assert missing == []
        code = "inbox.key_reused"
        assert shape(besides) == [("arrival", code), ("work_item", code)]


@each_day
@pytest.mark.parametrize("name", sorted(DAMAGES))
class TestABankFileThatCannotBeRead:
    def test_is_parked_and_mended_by_the_right_one(self, life: Life, day: date, name: str) -> None:
        damage, code = DAMAGES[name]
        undisturbed = life.rows_at(DAYS[day])
        company, waiting = this_morning(life, day)
        before = company.rows()
        raw = waiting.read_bytes()
        waiting.write_bytes(damage(raw))
        receive(company)

        missing, besides = difference(company.rows(), before)
        assert (missing, shape(besides)) == ([], [("arrival", code), ("work_item", code)])
        waiting.write_bytes(raw)
        company.close(day)

        missing, besides = difference(company.rows(), undisturbed)
        assert (missing, shape(besides)) == ([], [("arrival", code), ("work_item", code)])
        (item,) = company.work_items("payments.bank_file")
        assert item.code == code
        kept = company.ask("SELECT raw FROM inbox WHERE source = 'bank' AND state = 'parked'")
        assert [bytes(row.raw) for row in kept] == [damage(raw)]
