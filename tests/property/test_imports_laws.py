"""Laws of imported files: what is written is read, and whatever comes only faults follow."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from pathlib import Path

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from energyretail.adapters.csv_files import CsvRecords
from energyretail.adapters.memory.store import MemoryWork
from energyretail.application.imports import (
    FAULT_CODES,
    TABLES,
    ImportReport,
    Table,
    row_of,
)
from energyretail.application.shared import Transaction
from energyretail.testing.corpora.csv import hostile_tables
from energyretail.testing.corpora.hostile import Hostile
from energyretail.testing.imports import ImportOffice, rows_of, written

EXAMPLE = Path(__file__).parents[2] / "examples" / "input"
GOOD = {path.name: path.read_bytes() for path in EXAMPLE.glob("*.csv")}
# Enough readings for a fault, and for a point read in two chunks; few enough to be quick.
FEW = GOOD | {"readings.csv": b"".join(GOOD["readings.csv"].splitlines(keepends=True)[:70])}
TODAY = date(2026, 6, 2)
NAMES = [table.file for table in TABLES]
KEPT = ("customer", "quote", "contract", "imported_point", "reading", "planned_reading", "inbox")
HOSTILE = (
    b"",
    b"\n\n\n",
    b"\xef\xbb\xbf",
    b"\xff\xfe" + "cups".encode("utf-16-le"),
    b"cups;power_p1_kw;power_p2_kw;month_kwh\n",
    b"cups,power_p1_kw,power_p2_kw,month_kwh\n\x00\x00",
    b"cups,power_p1_kw,power_p2_kw,month_kwh\nES\xe9,1,1,1\n",
    b'cups,power_p1_kw,power_p2_kw,month_kwh\n"ES,1,1,1\n',
    b'cups,power_p1_kw,power_p2_kw,month_kwh\n"ES"x,1,1,1\n',
    b"cups,power_p1_kw,power_p2_kw,month_kwh\n" + b"a" * 200_000,
    b"cups,power_p1_kw,power_p2_kw,month_kwh\r,,,\r",
    b"cups,cups,power_p1_kw,power_p2_kw,month_kwh\n",
    b"cups,power_p1_kw,power_p2_kw,month_kwh\n=cmd|' /C calc'!A0,1e309,NaN,-1\n",
    "cups,power_p1_kw,power_p2_kw,month_kwh\n\u0661,\u0661,\u00b2,\u0661\n".encode(),
    "cups,power_p1_kw,power_p2_kw,month_kwh\n\u202eES,1,1,1\n".encode(),
    b"," * 100_000,
)

TABLES_OF_THE_CORPUS = hostile_tables(
    "tax_id,kind,name,email,street,postcode,town,country,language",
    "12345678Z,home,Ana Ruiz,ana@example.org,Calle Mayor 1,28013,Madrid,ES,es",
    separator=",",
    cell=2,
)
# The first code of each; one that is not here is taken: a name may be any text of one line.
CODES = {
    "nul": "import.file.nul",
    "huge_field": "import.file.huge_field",
    "open_quote": "import.file.quotes",
    "embedded_newline": "import.value.control_character",
    "empty_cell": "import.value.missing",
    "blank_cell": "import.value.missing",
    "empty": "import.file.empty",
    "no_header": "import.file.column_missing",
    "header_twice": "parties.tax_id",
    "other_separator": "import.file.delimiter",
    "too_few": "import.row.cells",
    "too_many": "import.row.cells",
    "separators_alone": "import.row.cells",
    "latin1": "import.file.not_utf8",
    "utf16": "import.file.nul",
    "broken_utf8": "import.file.not_utf8",
    "gzip": "import.file.nul",
    "zip": "import.file.nul",
}


def read(table: Table, content: bytes):
    reader = CsvRecords()
    assert reader.faults(table, content) == ()
    return [row_of(table, record) for record in reader.records(table, content)]


class TestFiles:
    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
    @given(st.data())
    def test_are_read_as_they_were_written(self, table: Table, data: st.DataObject) -> None:
        rows = data.draw(st.lists(rows_of(table), max_size=5))
        content = written(
            table,
            rows,
            shuffle=data.draw(st.none() | st.builds(random.Random, st.integers(0, 99))),
            quoting=data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
            newline=data.draw(st.sampled_from(["\n", "\r\n"])),
            bom=data.draw(st.booleans()),
        )

        found = read(table, content)

        assert [attrs.evolve(row, line=0) for row in found] == rows
        assert [row.line for row in found] == list(range(2, len(rows) + 2))


class TestWhateverComes:
    @settings(deadline=None)
    @given(st.sampled_from(NAMES), st.binary(max_size=300))
    @example(name="readings.csv", content=b"")
    def test_has_faults_and_raises_nothing(self, name: str, content: bytes) -> None:
        office = ImportOffice(TODAY)

        report = office.take_over({name: content})

        assert report.faults
        assert {fault.code for fault in report.faults} <= set(FAULT_CODES)

    @pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
    def test_of_the_hostile_has_faults_too(self, content: bytes) -> None:
        office = ImportOffice(TODAY)

        report = office.take_over({"supply_points.csv": content})

        assert report.faults
        assert {fault.code for fault in report.faults} <= set(FAULT_CODES)
        assert office.tables("imported_point") == {"imported_point": {}}

    @pytest.mark.parametrize("hostile", TABLES_OF_THE_CORPUS, ids=lambda each: each.name)
    def test_of_a_hostile_table_is_taken_as_text_or_told(self, hostile: Hostile) -> None:
        office = ImportOffice(TODAY)

        report = office.take_over({"customers.csv": hostile.content})

        assert [fault.code for fault in report.faults][:1] == (
            [CODES[hostile.name]] if hostile.name in CODES else []
        )
        (counts,) = report.files
        assert counts.read == counts.taken + counts.known + counts.refused
        sound = {"header_twice": 1, "header_alone": 0}
        taken = sound.get(hostile.name, 0 if hostile.name in CODES else 1)
        assert counts.taken == len(office.tables("customer")["customer"]) == taken

    @settings(deadline=None)
    @given(st.sampled_from(NAMES), st.data())
    def test_of_a_damaged_file_leaves_the_count_right(self, name: str, data: st.DataObject) -> None:
        content = bytearray(FEW[name])
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(content) - 1))
            content[at : at + data.draw(st.integers(0, 3))] = data.draw(
                st.binary(max_size=3)
                | st.sampled_from([b'"', b"\n", b",", b"\r", b"\xc3", b"9999", "ñ".encode()])
            )

        report = ImportOffice(TODAY).take_over(FEW | {name: bytes(content)})

        assert {fault.code for fault in report.faults} <= set(FAULT_CODES)
        for counts in report.files:
            assert counts.read == counts.taken + counts.known + counts.refused


class TestARehearsal:
    @settings(deadline=None)
    @given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(["", *NAMES]))
    def test_tells_what_an_import_does_and_changes_nothing(
        self, rehearsed: int, done: int, again: str
    ) -> None:
        office = ImportOffice(TODAY)
        if again:
            office.take_over({again: FEW[again]})
        stood, events = office.tables(*KEPT, "number_series"), len(office.events.events)

        told = office.rehearse(FEW, chunk_rows=rehearsed)

        assert office.tables(*KEPT, "number_series") == stood
        assert len(office.events.events) == events
        assert told == office.take_over(FEW, chunk_rows=done)
        assert office.rehearse(FEW, chunk_rows=done) == office.take_over(FEW, chunk_rows=rehearsed)

    @settings(deadline=None)
    @given(st.sampled_from(NAMES), st.data())
    def test_of_rows_in_any_order_some_of_them_twice_tells_the_same(
        self, name: str, data: st.DataObject
    ) -> None:
        header, *rows = FEW[name].splitlines(keepends=True)
        picked = data.draw(st.lists(st.sampled_from(rows), max_size=len(rows) + 5))
        files = FEW | {name: b"".join([header, *picked])}
        chunk_rows = data.draw(st.integers(1, 20))

        told = ImportOffice(TODAY).rehearse(files, chunk_rows=chunk_rows)

        assert told == ImportOffice(TODAY).take_over(files, chunk_rows=chunk_rows)


class Died(Exception):
    pass


@attrs.define
class WorkThatDies:
    """The store's work until its `left`-th commit: then an end before it, or right after."""

    work: MemoryWork
    left: int
    after: bool

    @contextmanager
    def __call__(self) -> Iterator[Transaction]:
        with self.work() as transaction:
            yield self
            self.left -= 1
            if self.left or self.after:
                transaction.commit()
            if not self.left:
                raise Died

    def commit(self) -> None:
        """Commit as the block ends."""


@cache
def undisturbed() -> tuple[ImportOffice, ImportReport]:
    office = ImportOffice(TODAY)
    return office, office.take_over(FEW, chunk_rows=7)


class TestTheSameAgain:
    @settings(deadline=None)
    @given(st.integers(1, 40), st.integers(1, 40))
    def test_changes_nothing_however_it_is_cut(self, once: int, again: int) -> None:
        office = ImportOffice(TODAY)
        first = office.take_over(FEW, chunk_rows=once)
        stood, events = office.tables(*KEPT), len(office.events.events)

        second = office.take_over(FEW, chunk_rows=again)

        assert office.tables(*KEPT) == stood
        assert len(office.events.events) == events
        assert second.faults == first.faults
        assert [counts.taken for counts in second.files] == [0, 0, 0, 0]
        assert [counts.known for counts in second.files] == [c.taken for c in first.files]

    @settings(deadline=None)
    @given(st.integers(1, 28), st.booleans())
    def test_after_it_died_on_the_way_brings_all(self, commits: int, after: bool) -> None:
        whole, expected = undisturbed()
        office = ImportOffice(TODAY)
        work = WorkThatDies(MemoryWork(office.store), commits, after)
        with pytest.raises(Died):
            office.take_over(FEW, chunk_rows=7, work=work)

        report = office.take_over(FEW, chunk_rows=7)

        assert report.faults == expected.faults
        assert office.tables(*KEPT) == whole.tables(*KEPT)

    def test_with_other_content_under_a_key_is_a_fault_and_overwrites_nothing(self) -> None:
        office = ImportOffice(TODAY)
        office.take_over(GOOD)
        stood = office.tables("customer", "quote", "contract", "imported_point", "reading")
        changed = {
            name: content.replace(old, new)
            for (name, content), (old, new) in zip(sorted(GOOD.items()), CHANGES, strict=True)
        }

        report = office.take_over(changed)

        assert office.tables("customer", "quote", "contract", "imported_point", "reading") == stood
        again = {fault.code for fault in report.faults} - {f.code for f in known_faults()}
        assert again == {
            "import.contract.differs",
            "import.customer.differs",
            "metering.reading.differs",
            "import.supply_point.differs",
        }


# In the first good row of each file, by the file's name.
CHANGES = (
    (b"2025-07-14", b"2025-07-15"),
    (b"Luc\xc3\xada Herrero", b"Lucia Herrero"),
    (b",4364,", b",4365,"),
    (b",350\n", b",351\n"),
)


def known_faults():
    return ImportOffice(TODAY).take_over(GOOD).faults
