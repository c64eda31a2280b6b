"""The page, the schema and the parser of imported files say the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from energyretail.adapters.csv_files import CsvRecords
from energyretail.application.imports import (
    FAULT_CODES,
    TABLES,
    Record,
    RowRefused,
    Table,
    data_package,
    row_of,
)
from energyretail.entrypoints.cli.app import run

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "import.md").read_text("utf-8")
EXAMPLE = ROOT / "examples" / "input"


class TestPage:
    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
    def test_has_every_column_and_no_other(self, table: Table) -> None:
        section = PAGE.partition(f"\n## `{table.file}`\n")[2].partition("\n## ")[0]

        rows = [line for line in section.splitlines() if line.startswith("| `")]

        assert rows == [
            f"| `{field.name}` | {field.kind.value} | {'yes' if field.required else 'no'}"
            f" | {field.text} | {field.limits} | `{field.example}` |"
            for field in table.fields
        ]
        assert table.text in section

    def test_has_every_code_and_no_other(self) -> None:
        section = PAGE.partition("\n## Codes\n")[2]

        rows = [line for line in section.splitlines() if line.startswith("| `")]

        assert rows == [f"| `{code}` | {text} |" for code, text in FAULT_CODES.items()]


class TestDescription:
    def test_lies_beside_the_example(self) -> None:
        written = json.loads((EXAMPLE / "datapackage.json").read_text("utf-8"))

        assert written == data_package()

    def test_is_what_the_command_prints(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["schema", "import"]) == 0

        assert json.loads(capsys.readouterr().out) == data_package()

    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
    def test_names_the_columns_of_the_example(self, table: Table) -> None:
        content = (EXAMPLE / table.file).read_bytes()

        assert CsvRecords().faults(table, content) == ()
        assert set(content.split(b"\n")[0].decode().split(",")) == set(table.columns)


class TestExamples:
    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
    def test_of_the_fields_make_a_good_row(self, table: Table) -> None:
        cells = {field.name: field.example for field in table.fields}

        assert row_of(table, Record(2, cells, len(cells)))

    @pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
    def test_left_out_are_told_all_at_once(self, table: Table) -> None:
        cells = {field.name: " " for field in table.fields}

        with pytest.raises(RowRefused) as refused:
            row_of(table, Record(2, cells, len(cells)))

        required = [field.name for field in table.fields if field.required]
        assert [name for name, *_ in refused.value.faults] == required
        assert {code for _, code, _ in refused.value.faults} == {"import.value.missing"}
