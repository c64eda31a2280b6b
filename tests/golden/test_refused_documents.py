"""What is wrong with a document is said at once: every fault, its code and its place."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from golden_documents import TESTS, files, rated_by_command

from energyretail.adapters.tariff_json import DocumentFaults, rate_document

FILES = files("refused/*.json")
PAGE = TESTS.parent / "docs" / "reference" / "tariff-format.md"

Fault = tuple[str, str]


def _read(file: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(file.read_text("utf-8"))
    return document


def _documents() -> Iterable[Any]:
    return [pytest.param(_read(file), id=file.stem) for file in FILES]


def _expected(document: Mapping[str, Any]) -> set[Fault]:
    return {(code, pointer) for code, pointer in document["faults"]}


def _text(document: Mapping[str, Any]) -> str:
    return str(document["text"]) if "text" in document else json.dumps(document["request"])


def _codes_of_the_page() -> set[str]:
    table = PAGE.read_text("utf-8").partition("## What is refused")[2].partition("\n## ")[0]
    return set(re.findall(r"`((?:calendar|document|period|money|pricing)\.[a-z_]+)`", table))


class TestRefusedDocuments:
    @pytest.mark.parametrize("document", [p for p in _documents() if "request" in p.values[0]])
    def test_raise_every_fault_in_its_place(self, document: dict[str, Any]) -> None:
        with pytest.raises(DocumentFaults) as refused:
            rate_document(document["request"])

        faults = refused.value.faults
        assert {(fault.code, fault.pointer) for fault in faults} == _expected(document)
        assert all(fault.text for fault in faults)

    @pytest.mark.parametrize("document", _documents())
    def test_end_the_command_with_every_fault_on_its_output(
        self, document: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        code, printed = rated_by_command(_text(document), tmp_path, capsys)

        assert code == 4
        errors = printed["errors"]
        assert {(error["code"], error["pointer"]) for error in errors} == _expected(document)
        assert all(error["text"] for error in errors)


class TestHostileTexts:
    """No text of a stranger ends in a traceback, and none takes long."""

    @pytest.mark.parametrize(("open_", "close"), [("[", "]"), ('{"tariff":', "}")])
    def test_may_be_nested_without_end(
        self, open_: str, close: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = open_ * 100_000 + "0" + close * 100_000

        code, printed = rated_by_command(text, tmp_path, capsys)

        assert code == 4
        assert [error["code"] for error in printed["errors"]] == ["document.json"]

    @pytest.mark.parametrize(
        ("quoted", "instead"),
        [
            pytest.param(
                '"decimals": 2', f'"decimals": 1{"0" * 5000}', id="a count of 5000 digits"
            ),
            pytest.param('"decimals": 2', f'"decimals": -{"9" * 400}', id="a count far below"),
            pytest.param('"0.15"', f'"0.{"1" * 5000}"', id="a price of 5000 places"),
            pytest.param('"250"', f'"{"9" * 5000}"', id="a use of 5000 digits"),
            pytest.param('"standing"', r'"\ud800"', id="half a character"),
            pytest.param('"standing"', r'"a\u0000b"', id="a zero in a name"),
            pytest.param('"Europe/Madrid"', r'"Europe\u0000"', id="a zero in a zone"),
            pytest.param("2026-01-10", "0001-01-01", id="the first day"),
            pytest.param("2026-02-09", "9999-12-31", id="the last day"),
        ],
    )
    def test_are_priced_or_refused(
        self, quoted: str, instead: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = json.dumps(_read(TESTS / "refused" / "zone_folder.json")["request"])
        right = text.replace('"Europe"', '"Europe/Madrid"')

        code, printed = rated_by_command(right.replace(quoted, instead), tmp_path, capsys)

        assert quoted in right
        assert (code, "errors" in printed) in {(0, False), (4, True)}

    def test_may_be_no_text_at_all(self) -> None:
        ended = subprocess.run(
            [sys.executable, "-m", "energyretail", "rate", "-"],
            input=b"\xff\xfe{}", capture_output=True,
            env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"}, check=False,
        )  # fmt: skip

        assert ended.returncode == 4
        assert [error["code"] for error in json.loads(ended.stdout)["errors"]] == ["document.json"]


class TestFiles:
    def test_show_every_code_of_the_page_and_no_other(self) -> None:
        shown = {code for file in FILES for code, _ in _read(file)["faults"]}

        assert len(FILES) >= 60
        assert shown == _codes_of_the_page()

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
    def test_say_what_they_are_about(self, file: Path) -> None:
        document = _read(file)

        assert document["about"]
        assert document["faults"]
        assert ("text" in document) != ("request" in document)
