"""A company is told a tariff, intervals and prices by command, and bills and corrects by them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from pydantic import SecretStr

from energyretail.adapters.csv_files import CsvFolder
from energyretail.adapters.shared.bill_json import explanation_json
from energyretail.domain.billing import Invoice
from energyretail.domain.markets import SPAIN
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import Period
from energyretail.entrypoints.api.document_examples import TARIFF
from energyretail.entrypoints.cli.app import run
from energyretail.entrypoints.cli.exit_codes import ExitCode
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings
from recomputing import amount_cents

EXAMPLE = Path(__file__).parents[2] / "examples" / "input"
CUPS = "ES0031267279807972EQ0F"
START, END, TODAY = date(2026, 3, 1), date(2026, 4, 1), date(2026, 6, 2)
MONTH = Period(START, END)
EARLY = {"kind": "standing_charge", "name": "early", "price": "1", "per": "month",
         "timing": "advance", "tax_code": "IVA"}  # fmt: skip
HOURS = 31 * 24 - 1


@attrs.frozen
class Company:
    """A company whose settings stand in a file, and what its commands say."""

    container: Container
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def take(self, what: str, document: Any, *more: str) -> tuple[int, dict[str, Any]]:
        """Run ``energyretail take``; return its exit code and what it printed."""
        path = self.folder / f"{what}.json"
        path.write_text(json.dumps(document), encoding="utf-8")
        settings = str(self.folder / "settings.toml")
        code = run(["--settings", settings, "--json", "take", what, *more, str(path)])
        told: dict[str, Any] = json.loads(self.capsys.readouterr().out)
        return code, told

    def documents(self) -> list[Invoice]:
        """Return all documents of the contract that is billed by the hour, as issued."""
        contract = self.container.database().engine.connect()
        with contract as connection:
            number = connection.exec_driver_sql(
                f"SELECT contract FROM supply WHERE cups = '{CUPS}'"
            ).scalar_one()
        return list(self.container.invoices().of_contract(number))

    def parked(self) -> list[WorkItem]:
        """Return what waits for a person about bills of the point."""
        return [i for i in self.container.work_list().open_items() if CUPS in i.key]


@pytest.fixture
def company(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Iterator[Company]:
    (tmp_path / "settings.toml").write_text(f'database_url = "{database_url}"\n', encoding="utf-8")
    container = container_of(Settings(database_url=SecretStr(database_url)))
    container.open_day()(TODAY)
    yield Company(container, tmp_path, capsys)
    container.database().close()


def portfolio(folder: Path) -> Path:
    """Copy the example; its first customer has the tariff by the hour and one month's readings."""
    shutil.copytree(EXAMPLE, folder)
    contracts = folder / "contracts.csv"
    lines = contracts.read_text("utf-8").splitlines()
    lines[1] = lines[1].replace("2.0TD-FIJO", TARIFF["code"])
    contracts.write_text("\n".join(lines[:2]) + "\n", encoding="utf-8")
    readings = ["cups,register,taken_on,index_kwh,quality,next_reading_on"]
    for place, register in enumerate(("P1", "P2", "P3")):
        used = (247, 248, 248)[place]
        readings.append(f"{CUPS},{register},{START},1000,actual,")
        readings.append(f"{CUPS},{register},{END},{1000 + used},actual,")
    (folder / "readings.csv").write_text("\n".join(readings) + "\n", encoding="utf-8")
    return folder


def intervals(kwh: str) -> dict[str, Any]:
    start = SPAIN.zone.start_of(START).isoformat()
    series = {"register": "A+", "start": start, "minutes": 60, "kwh": [kwh] * HOURS}
    return {"intervals": [series]}


def index(price: str, days: Period = MONTH) -> dict[str, Any]:
    start, end = (SPAIN.zone.start_of(day).astimezone(UTC) for day in (days.start, days.until))
    values = [price] * ((end - start) // timedelta(hours=1))
    told = {
        "name": "OMIE",
        "start": start.isoformat(),
        "minutes": 60,
        "values": values,
        "source": "OMIE",
    }
    return {"indices": [told]}


class TestTheHourlyCustomer:
    def test_is_billed_by_hours_and_prices_and_corrected_when_a_price_comes_late(
        self, company: Company
    ) -> None:
        assert company.take("tariff", TARIFF) == (
            0,
            {"code": TARIFF["code"], "version": 1, "added_on": str(TODAY)},
        )
        # A contract by the hour is quoted by the prices of the thirty days before.
        company.take("figures", index("60", Period(TODAY - timedelta(days=30), TODAY)))
        report = company.container.import_portfolio()(CsvFolder(portfolio(company.folder / "in")))
        company.container.bill_due_supplies()()
        (waiting,) = company.parked()
        code, usage = company.take("usage", intervals("1.000"), CUPS)
        _, figures = company.take("figures", index("88"))
        company.container.bill_due_supplies()()
        (bill,) = company.documents()
        company.take("figures", index("98"))
        company.container.correct_invoices()()
        first, note, again = company.documents()

        # The example has faults of its own in its other files.
        assert [f for f in report.faults if f.file in ("contracts.csv", "readings.csv")] == []
        assert waiting.code == "billing.intervals_missing"
        assert (code, usage) == (0, {"cups": CUPS, "taken": 31})
        assert figures == {"taken": 32}  # the days of UTC that 31 days of Madrid lie in
        assert bill == first
        assert [line.amount.cents for line in first.lines] == [HOURS * 10]  # 88 + 12 EUR/MWh
        assert first.gross.cents + note.gross.cents == 0
        assert [line.amount.cents for line in again.lines] == [HOURS * 11]
        assert company.container.correct_invoices()().issued == 0
        assert company.container.check_ledger()().problems == ()
        told = explanation_json(company.container.explain_invoice()(again.number))
        assert [amount_cents(line["derivation"]) for line in told["lines"]] == [HOURS * 11]

    def test_is_told_every_fault_of_a_document_at_its_place(self, company: Company) -> None:
        spoilt = {**TARIFF, "currency": "euro", "name": "Half \ud800"}
        fine = {"peaks": [{"register": "P1", "month": "2026-13", "value": "1", "unit": "kW"}]}

        code, told = company.take("tariff", spoilt)
        other, peaks = company.take("usage", fine, CUPS)

        assert code == other == ExitCode.BAD_INPUT
        assert [(e["code"], e["pointer"]) for e in told["errors"]] == [
            ("document.character", "/name")
        ]
        assert [e["pointer"] for e in peaks["errors"]] == ["/peaks/0/month"]

    def test_is_known_before_anything_is_told_of_its_point(self, company: Company) -> None:
        path = company.folder / "usage.json"
        path.write_text(json.dumps(intervals("1.000")), encoding="utf-8")
        settings = str(company.folder / "settings.toml")

        assert run(["--settings", settings, "--json", "take", "usage", CUPS, str(path)]) != 0

        assert "supply.point.unknown" in company.capsys.readouterr().err

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"code": "2.0TD-FIJO"}, "billing.tariff.taken"),
            ({"code": "7.7TD-HOLA"}, "billing.registers_unknown"),
            ({"components": [*TARIFF["components"], EARLY]}, "billing.tariff.in_advance"),
        ],
    )
    def test_is_offered_no_tariff_that_cannot_be_billed(
        self, company: Company, change: dict[str, Any], code: str
    ) -> None:
        path = company.folder / "other.json"
        path.write_text(json.dumps({**TARIFF, **change}), encoding="utf-8")
        settings = str(company.folder / "settings.toml")

        assert run(["--settings", settings, "--json", "take", "tariff", str(path)]) != 0

        assert code in company.capsys.readouterr().err
