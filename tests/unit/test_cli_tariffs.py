"""``energyretail tariff import`` prints documents, tells what it refused, and ends accordingly."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from energyretail.entrypoints.cli import run
from energyretail.entrypoints.cli.exit_codes import ExitCode

HEAD = (
    "valid_from,valid_to_exclusive,fuel,unit_rate_p_kWh,standing_charge_p_day,payment,"
    "vat_included,region,source\n"
)
GOOD = "2026-01-01,2026-04-01,gas,5.93,35.09,direct_debit,5%,GB average,page\n"
BARE = "2025-01-01,2025-04-01,gas,6.34,,direct_debit,5%,GB average,page\n"
CODE = "GB-CAP-GAS-2026-01-01"
IMPORT = ["tariff", "import"]


@pytest.fixture
def cap(tmp_path: Path) -> Path:
    file = tmp_path / "cap.csv"
    file.write_text(HEAD + GOOD, encoding="utf-8")
    return file


class TestTariffImport:
    def test_prints_every_document(self, cap: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run([*IMPORT, "ofgem-cap", str(cap)]) == ExitCode.OK

        printed = json.loads(capsys.readouterr().out)
        assert [each["code"] for each in printed["tariffs"]] == [CODE]
        assert printed["refused"] == printed["remarks"] == []

    def test_prints_one_tariff_by_itself(
        self, cap: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run([*IMPORT, "ofgem-cap", str(cap), "--code", CODE]) == ExitCode.OK

        assert json.loads(capsys.readouterr().out)["code"] == CODE

    def test_writes_a_file_and_counts(
        self, cap: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        out = tmp_path / "out.json"

        assert run([*IMPORT, "ofgem-cap", str(cap), "--out", str(out), "--json"]) == ExitCode.OK

        assert json.loads(capsys.readouterr().out)["tariffs"] == 1
        assert json.loads(out.read_text(encoding="utf-8"))["tariffs"][0]["code"] == CODE

    def test_tells_what_it_refused_and_gives_the_rest(
        self, cap: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cap.write_text(HEAD + BARE + GOOD, encoding="utf-8")

        assert run([*IMPORT, "ofgem-cap", str(cap)]) == ExitCode.BAD_INPUT

        printed = capsys.readouterr()
        assert len(json.loads(printed.out)["tariffs"]) == 1
        refused = "refused: ofgem_price_cap.csv:2: tariff_source.no_standing_charge: "
        assert printed.err.startswith(refused)

    def test_reads_every_entry_below_a_folder(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "DK").mkdir()
        (tmp_path / "DK" / "a.json").write_text("[]", encoding="utf-8")

        assert run([*IMPORT, "open-energy-tariffs", str(tmp_path)]) == ExitCode.BAD_INPUT

        assert json.loads(capsys.readouterr().out)["refused"] == [
            {
                "place": "DK/a.json", "code": "tariff_source.type",
                "text": "tariff_source.type: must be an object (place=DK/a.json)",
            }
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("arguments", "code", "told"),
        [
            (["gibberish", "cap.csv"], ExitCode.REFUSED, "tariff_source.format"),
            (["ofgem-cap", "nowhere.csv"], ExitCode.BAD_INPUT, "tariff_source.unreadable"),
            (["france-turpe", "cap.csv"], ExitCode.BAD_INPUT, "tariff_source.unreadable"),
            (["ofgem-cap", "cap.csv", "--code", "X"], ExitCode.REFUSED, "tariff_source.code"),
            (["ofgem-cap", "latin.csv"], ExitCode.BAD_INPUT, "tariff_source.not_utf8"),
            (
                ["ofgem-cap", "cap.csv", "--out", "no/where.json"],
                ExitCode.BAD_INPUT,
                "tariff_source.unwritable",
            ),
        ],
    )
    def test_ends_with_one_line_where_it_cannot(
        self,
        cap: Path,
        arguments: list[str],
        code: ExitCode,
        told: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.chdir(cap.parent)
        Path("latin.csv").write_bytes(b"caf\xe9")

        assert run([*IMPORT, *arguments]) == code

        assert capsys.readouterr().err.startswith(f"error: {told}: ")
