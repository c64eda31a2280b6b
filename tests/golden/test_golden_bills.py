"""Every golden bill in this folder comes out to the cent; to add one, add a file."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from golden_documents import cases, compared, files, rated_by_command, recomputed

from energyretail.adapters.tariff_json import rate_document

FILES = files("golden/bill_*.json")
BY_COMMAND = FILES

Document = dict[str, Any]
golden = pytest.mark.parametrize(("request_", "expect"), cases(FILES))


def _expected(expect: Document) -> Document:
    return {**expect, "taxes": sorted(expect["taxes"])} if "taxes" in expect else expect


class TestGoldenBills:
    @golden
    def test_come_out_as_published(self, request_: Document, expect: Document) -> None:
        assert compared(rate_document(request_), expect) == _expected(expect)

    @golden
    def test_sum_to_their_totals(self, request_: Document, expect: Document) -> None:
        result = rate_document(request_)

        lines = sum(Decimal(line["amount"]) for line in result["lines"])
        assert Decimal(result["net"]) + Decimal(result["tax"]) == Decimal(result["gross"])
        assert lines == Decimal(result["net" if result["prices"] == "net" else "gross"])
        assert sum(Decimal(tax["amount"]) for tax in result["taxes"]) == Decimal(result["tax"])

    @golden
    def test_recompute_from_their_derivations(self, request_: Document, expect: Document) -> None:
        result = rate_document(request_)

        for line in (*result["lines"], *result["taxes"]):
            assert recomputed(line["derivation"]) == Decimal(line["amount"]), line

    @pytest.mark.parametrize(("request_", "expect"), cases(BY_COMMAND))
    def test_come_out_of_the_command(
        self,
        request_: Document,
        expect: Document,
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        code, result = rated_by_command(json.dumps(request_), tmp_path, capsys)

        assert code == 0
        assert compared(result, expect) == _expected(expect)

    def test_come_out_of_another_process_that_reads_its_input(self) -> None:
        case = json.loads(FILES[0].read_text("utf-8"))["cases"][0]

        ended = subprocess.run(
            [sys.executable, "-m", "energyretail", "rate", "-"],
            input=json.dumps(case["request"]), capture_output=True, text=True, check=True,
        )  # fmt: skip

        assert compared(json.loads(ended.stdout), case["expect"]) == _expected(case["expect"])


class TestFiles:
    def test_are_there(self) -> None:
        assert len(FILES) >= 24

    @pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
    def test_name_their_source_and_each_case_once(self, file: Path) -> None:
        document = json.loads(file.read_text("utf-8"))

        names = Counter(case["name"] for case in document["cases"])
        assert set(document) == {"id", "status", "source", "note", "cases"}
        assert all(document[name] for name in document)
        assert names.most_common(1)[0][1] == 1
        assert all(case["expect"] for case in document["cases"])
