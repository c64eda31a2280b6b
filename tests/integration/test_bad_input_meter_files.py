"""Bad files of the operator in its real SFTP folder: refused with a reason, nothing billed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import pytest
from company_harness import Company, Life, difference

from energyretail.adapters.meter_files import read_meter_file, write_meter_file
from energyretail.domain.metering import DeliveredReading

DAY, NEXT, LATER = date(2026, 4, 20), date(2026, 4, 21), date(2026, 4, 22)
"""On the first of them a planned reading of a company's meter comes, and is billed."""

NAME, AGAIN = "readings_0031_20260420.csv", "readings_0031_20260420b.csv"
TRUNCATED, LOWER = "meter_file.truncated", "metering.reading.lower_than_last"


def this_morning(life: Life) -> tuple[Company, Path]:
    """Return the company on the day, and the file that waits for it."""
    company = life.at(DAY)
    company.open(DAY)
    return company, company.outside.operator_out / NAME


def with_lower_index(company: Company, raw: bytes) -> bytes:
    """Return the file with P1 one kWh below the last reading we have."""
    delivery = read_meter_file(raw)
    last = company.ask(
        "SELECT max(index_kwh) AS kwh FROM reading WHERE cups = :cups AND register = 'P1'",
        cups=delivery.rows[0].cups.value,
    )[0].kwh

    def lower(row: DeliveredReading) -> DeliveredReading:
        return attrs.evolve(row, index_kwh=last - 1) if row.register == "P1" else row

    return write_meter_file(attrs.evolve(delivery, rows=tuple(map(lower, delivery.rows))))


def only_register(raw: bytes, register: str) -> bytes:
    """Return the file with the rows of one register alone."""
    delivery = read_meter_file(raw)
    rows = tuple(row for row in delivery.rows if row.register == register)
    return write_meter_file(attrs.evolve(delivery, rows=rows))


def shape(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((row["kind"], row.get("code", "")) for row in rows)


def invoices(company: Company) -> list[Any]:
    return company.ask(
        "SELECT contract, cups, kind, period::text, net_cents, tax_cents, gross_cents FROM invoice"
        " ORDER BY cups, period, kind"
    )


def steps(company: Company, *names: str) -> None:
    for name in names:
        company.container.day_steps()[name]()


class TestAReadingLowerThanTheLast:
    def test_is_not_believed_and_stops_nothing_else(self, life: Life) -> None:
        undisturbed = life.rows_at(NEXT)
        company, waiting = this_morning(life)
        raw = waiting.read_bytes()
        bad = only_register(with_lower_index(company, raw), "P1")
        waiting.with_name("readings_0031_20260419z.csv").write_bytes(bad)

        company.close(DAY)

        missing, besides = difference(company.rows(), undisturbed)
        assert missing == []
        assert shape(besides) == [("arrival", ""), ("work_item", LOWER)]
        (item,) = company.work_items("meter_file_row")
        assert "with no rollover" in item.text

    def test_is_not_billed_before_the_right_one_comes(self, life: Life) -> None:
        billed = invoices(life.at(NEXT))
        undisturbed = invoices(life.at(DAY))
        company, waiting = this_morning(life)
        raw = waiting.read_bytes()
        waiting.write_bytes(with_lower_index(company, raw))
        company.close(DAY)
        assert invoices(company) == undisturbed
        assert [item.code for item in company.work_items("meter_file_row")] == [LOWER]

        company.open(NEXT)
        waiting.with_name(AGAIN).write_bytes(raw)
        company.close(NEXT)

        assert invoices(company) == billed
        assert company.container.check_ledger()().imbalance_cents == 0


class TestATruncatedFile:
    @pytest.mark.parametrize(
        ("cut", "code"),
        [
            (lambda raw: raw[: len(raw) // 2], TRUNCATED),
            (lambda raw: raw[:-1], TRUNCATED),
            (lambda _: b"", "meter_file.version"),
            (lambda raw: raw.replace(b";P2;", b";P1;", 1), "meter_file.checksum"),
            (lambda raw: raw.replace(b";1;", b";9;", 1), "meter_file.version"),
        ],
    )
    def test_is_parked_whole_and_mended_by_the_right_one(
        self, life: Life, cut: Callable[[bytes], bytes], code: str
    ) -> None:
        undisturbed = life.rows_at(NEXT)
        company, waiting = this_morning(life)
        raw = waiting.read_bytes()
        waiting.write_bytes(cut(raw))
        steps(company, "meter_files")
        (item,) = company.work_items("meter_file")
        assert (item.key.partition("#")[0], item.code) == (NAME, code)

        waiting.write_bytes(raw)
        company.close(DAY)

        missing, besides = difference(company.rows(), undisturbed)
        assert missing == []
        assert shape(besides) == [("arrival", code), ("work_item", code)]
        kept = company.ask("SELECT raw FROM inbox WHERE key = :key", key=item.key)
        assert bytes(kept[0].raw) == cut(raw)
        assert not list(company.outside.operator_out.iterdir())


class TestAFileDeliveredTwice:
    @pytest.mark.parametrize("name", [NAME, AGAIN])
    def test_changes_nothing(self, life: Life, name: str) -> None:
        undisturbed = life.rows_at(LATER)
        company, waiting = this_morning(life)
        raw = waiting.read_bytes()
        steps(company, "meter_files")
        waiting.with_name(name).write_bytes(raw)
        company.close(DAY)
        company.open(NEXT)
        waiting.with_name(name).write_bytes(raw)
        company.close(NEXT)

        missing, besides = difference(company.rows(), undisturbed)
        assert missing == []
        assert shape(besides) == ([] if name == NAME else [("arrival", "")])

    def test_with_other_bytes_is_parked(self, life: Life) -> None:
        undisturbed = life.rows_at(NEXT)
        company, waiting = this_morning(life)
        raw = waiting.read_bytes()
        steps(company, "meter_files")
        waiting.write_bytes(only_register(raw, "P2"))
        company.close(DAY)

        missing, besides = difference(company.rows(), undisturbed)
        assert missing == []
        code = "inbox.key_reused"
        assert shape(besides) == [("arrival", code), ("work_item", code)]
