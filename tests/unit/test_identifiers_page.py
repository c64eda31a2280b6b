"""The page of identifiers and the command say what the table says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from energyretail.domain.shared import SCHEMES, IdentifierScheme
from energyretail.entrypoints.cli.app import run

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return "\n".join("| " + " | ".join(line) + " |" for line in lines).replace(" --- ", "---")


def schemes_table() -> str:
    """Return the table of what each scheme is."""

    def row(scheme: IdentifierScheme) -> tuple[str, ...]:
        return (
            f"`{scheme.code}`", scheme.name, scheme.market, scheme.names,
            f"`{scheme.kind.__name__}`", f"`{scheme.example}`",
        )  # fmt: skip

    head = ("scheme", "name", "market", "names", "type", "example")
    return _table(head, map(row, SCHEMES.values()))


def rules_table() -> str:
    """Return the table of how each scheme is checked."""

    def row(scheme: IdentifierScheme) -> tuple[str, ...]:
        return (
            f"`{scheme.code}`", scheme.form, scheme.policy.value, scheme.finds, scheme.source
        )  # fmt: skip

    head = ("scheme", "form", "a wrong check digit", "it notices", "source")
    return _table(head, map(row, SCHEMES.values()))


class TestPage:
    @pytest.mark.parametrize(
        ("name", "table"), [("schemes", schemes_table()), ("rules", rules_table())]
    )
    def test_holds_the_table_of_the_code(self, name: str, table: str) -> None:
        text = (REFERENCE / "identifiers.md").read_text(encoding="utf-8")

        told = text.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0]

        assert told.strip() == table

    def test_gives_the_policy_of_every_scheme_a_reason(self) -> None:
        text = (REFERENCE / "identifiers.md").read_text(encoding="utf-8")
        reasons = text.partition("## Why these policies")[2].partition("## ")[0]
        rows = [line.split(" | ") for line in reasons.splitlines() if line.startswith("| ")][1:]

        told = {code: row[1] for row in rows for code in row[0].removeprefix("| ").split(", ")}

        assert told == {code: scheme.policy.value for code, scheme in SCHEMES.items()}


class TestCommand:
    def test_is_on_its_page(self) -> None:
        assert "| `check` |" in (REFERENCE / "cli.md").read_text(encoding="utf-8")

    def test_prints_the_one_spelling(self, capsys: pytest.CaptureFixture[str]) -> None:
        ended = run(["check", "identifier", "gb-mpan", "13 1234 5678 907", "--json"])

        assert ended == 0
        assert json.loads(capsys.readouterr().out) == {
            "scheme": "GB-MPAN",
            "value": "1312345678907",
            "names": "electricity supply point",
            "market": "GB",
            "warnings": [],
        }

    def test_takes_a_doubtful_one_and_says_so(self, capsys: pytest.CaptureFixture[str]) -> None:
        point = "579999993331812345"

        assert run(["check", "identifier", "GSRN-18", point]) == 0
        told = capsys.readouterr()
        assert point in told.out
        assert told.err == "warning: supply.gsrn.check_digit: check digit does not fit\n"
        assert run(["--json", "check", "identifier", "GSRN-18", point]) == 0
        warnings = json.loads(capsys.readouterr().out)["warnings"]
        assert [each["code"] for each in warnings] == ["supply.gsrn.check_digit"]

    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (("DE-MALO", "41373559242"), "supply.malo.check_digit"),
            (("GB-MPRN", "12"), "supply.mprn.shape"),
            (("ES-NIF", "12"), "identifiers.scheme"),
        ],
    )
    def test_ends_with_bad_input_when_refused(
        self, arguments: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["check", "identifier", *arguments]) == 4
        told = capsys.readouterr()
        assert told.err.startswith(f"error: {code}: ")
        assert told.out == ""

    def test_lists_the_schemes(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(["check", "identifier", "--list", "--json"]) == 0
        listed = json.loads(capsys.readouterr().out)["schemes"]

        assert [each["scheme"] for each in listed] == list(SCHEMES)
        assert run(["check", "identifier", "--list"]) == 0
        assert all(code in capsys.readouterr().out for code in list(SCHEMES)[:1])

    def test_is_not_understood_without_a_scheme_and_a_text(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(["check", "identifier"]) == run(["check", "identifier", "EIC"]) == 2
        assert "--list" in capsys.readouterr().err
