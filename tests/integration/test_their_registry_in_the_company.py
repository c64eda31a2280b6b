"""A whole company whose settings name the registry of the example package by dotted path."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from company_harness import FIRST_DAY, Company, Outside
from pydantic import SecretStr

from energyretail.domain.shared import Period
from energyretail.entrypoints import partners
from energyretail.entrypoints.settings import RegistrySettings, Settings

EXAMPLE = Path(__file__).parents[2] / "examples" / "telegram_registry"
LAST_DAY = date(2026, 3, 25)


class OutsideWithTelegrams(Outside):
    """Every partner of the sandbox, but the registry is the example's and lives in a folder."""

    def __enter__(self) -> OutsideWithTelegrams:
        super().__enter__()
        self.telegrams = self.root / "telegrams"
        self.reference = import_module("reference_registry").ReferenceRegistry(self.telegrams)
        return self

    def settings(self, url: str) -> Settings:
        """Return the settings of a company that names the example's adapter."""
        registry = RegistrySettings(
            adapter="telegram_registry:make",
            options={"folder": SecretStr(str(self.telegrams))},
        )
        return super().settings(url).model_copy(update={"registry": registry})

    def advance_to(self, day: date) -> None:
        """Move everybody's calendar."""
        super().advance_to(day)
        self.reference.advance(day)


@pytest.fixture
def company(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Company]:
    """A company on its first morning."""
    for folder in ("src", "tests"):
        monkeypatch.syspath_prepend(EXAMPLE / folder)
    with OutsideWithTelegrams(tmp_path) as outside:
        started = Company(database_url, outside)
        yield started
        started.database.close()


def test_a_customer_is_gained_through_a_third_partys_registry(company: Company) -> None:
    partners.check(company.outside.settings(company.url))

    company.live(Period(FIRST_DAY, LAST_DAY))

    switches = company.ask("SELECT request, state FROM switch")
    assert {row.state for row in switches} <= {"active", "rejected"}
    active = [row.request for row in switches if row.state == "active"]
    assert len(active) >= 4
    contracts = company.ask("SELECT state FROM contract WHERE state = 'active'")
    assert len(contracts) >= 4
    told = {path.name for path in (company.outside.root / "telegrams" / "taken").iterdir()}
    assert {f"{request}.activated.txt" for request in active} <= told
