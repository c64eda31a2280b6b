"""The day a demo off a portfolio opens on, whatever single rows say."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from energyretail.adapters.csv_files import CsvFolder, CsvRecords
from energyretail.application.imports import first_day_after
from energyretail.domain.shared import Cups, Invalid
from energyretail.testing.imports import FilesInMemory, ImportOffice

ONE = Cups.of_digits("0021000000000001").value
READINGS = "cups,register,taken_on,index_kwh,quality,next_reading_on\n"
CONTRACTS = "reference,tax_id,cups,product,iban,signed_on,starts_on,last_collected_on\n"
MARCH = date(2026, 3, 1)


def readings(*days: date) -> bytes:
    rows = (f"{ONE},P{n},{day},100,actual,\n" for day in days for n in (1, 2, 3))
    return (READINGS + "".join(rows)).encode()


def opened(**files: bytes) -> date:
    folder = FilesInMemory({f"{name}.csv": content for name, content in files.items()})
    return first_day_after(folder, CsvRecords())


class TestTheFirstDay:
    def test_follows_the_last_reading(self) -> None:
        assert opened(readings=readings(MARCH, date(2026, 4, 1))) == date(2026, 4, 2)

    @given(
        st.lists(st.integers(0, 90), min_size=5, max_size=30),
        st.integers(93, 26_000),
    )
    def test_is_not_moved_by_a_mistyped_year(self, gaps: list[int], slip: int) -> None:
        days = [MARCH]
        for gap in gaps:
            days.append(days[-1] + timedelta(days=gap))
        mistyped = min(days[-1] + timedelta(days=slip), date(2099, 12, 31))

        assert opened(readings=readings(*days, mistyped)) == days[-1] + timedelta(days=1)

    def test_follows_a_gap_when_many_rows_come_after_it(self) -> None:
        assert opened(readings=readings(MARCH, date(2026, 8, 1))) == date(2026, 8, 2)

    def test_is_told_by_contracts_without_readings(self) -> None:
        iban = "ES9121000418450200051332"
        row = f"a,12345678Z,{ONE},2.0TD-FIJO,{iban},2026-02-01,2026-03-01,\n"

        assert opened(contracts=(CONTRACTS + row).encode()) == date(2026, 3, 2)

    @pytest.mark.parametrize("files", [{}, {"readings": b"\xff"}, {"readings": READINGS.encode()}])
    def test_is_refused_where_nothing_tells_one(self, files: dict[str, bytes]) -> None:
        with pytest.raises(Invalid, match=r"import\.no_day"):
            opened(**files)


class TestTheFolder:
    def test_shows_files_whose_name_is_in_capital_letters(self, tmp_path) -> None:
        for name in ("CUSTOMERS.CSV", "readings.csv", "Notes.Csv", "notes.txt"):
            (tmp_path / name).write_bytes(readings(MARCH))

        names = CsvFolder(tmp_path).names()
        report = ImportOffice(MARCH).take_over({name: readings(MARCH) for name in names})

        assert names == ("CUSTOMERS.CSV", "Notes.Csv", "readings.csv")
        unknown = [f.file for f in report.faults if f.code == "import.file.unknown_name"]
        assert unknown == ["CUSTOMERS.CSV", "Notes.Csv"]

    def test_is_refused_where_there_is_none(self, tmp_path) -> None:
        (tmp_path / "file").write_text("no folder", "utf-8")

        for name in ("missing", "file"):
            with pytest.raises(Invalid, match=r"import\.folder\.unreadable"):
                CsvFolder(tmp_path / name).names()
