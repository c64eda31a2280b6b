"""The import rules of pyproject.toml hold, and each turns red when an import breaks it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import attrs
import pytest

import energyretail

SOURCE = Path(energyretail.__file__).parent
PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@attrs.frozen
class Plant:
    """An import that `contract` must refuse, put at the end of `file` (or into a new one)."""

    contract: str
    file: str
    imported: str


PLANTS = (
    Plant("layers", "domain/shared/money.py", "energyretail.application.shared"),
    Plant("layers", "application/erp/erp.py", "energyretail.adapters.memory.erp"),
    Plant("layers", "adapters/smtp/__init__.py", "energyretail.entrypoints.settings"),
    Plant("layers", "entrypoints/settings.py", "energyretail.testing.sandbox"),
    Plant("layers", "plugins/__init__.py", "attrs"),
    Plant("doors", "entrypoints/api/__init__.py", "energyretail.entrypoints.worker"),
    Plant("doors", "entrypoints/container/doors.py", "energyretail.entrypoints.sandbox"),
    Plant("doors", "entrypoints/settings.py", "energyretail.entrypoints.container"),
    Plant("doors", "entrypoints/worker/__init__.py", "energyretail.entrypoints.cli"),
    Plant("doors", "entrypoints/portal/__init__.py", "attrs"),
    Plant("testing", "testing/sandbox.py", "energyretail.entrypoints.container"),
    Plant("adapters", "adapters/memory/erp.py", "energyretail.adapters.erp_soap"),
    Plant("adapters", "adapters/shared/xml.py", "energyretail.adapters.sftp"),
    Plant("adapters", "adapters/telex/__init__.py", "attrs"),
    Plant("application", "application/billing/__init__.py", "energyretail.application.payments"),
    Plant("application", "application/shared/work.py", "energyretail.application.ledger"),
    Plant("application", "application/erp/erp.py", "energyretail.application.subscriptions"),
    Plant("application", "application/barter/__init__.py", "attrs"),
    Plant("domain", "domain/billing/__init__.py", "energyretail.domain.payments"),
    Plant("domain", "domain/payments/__init__.py", "energyretail.domain.billing"),
    Plant("domain", "domain/pricing/__init__.py", "energyretail.domain.markets"),
    Plant("domain", "domain/supply/__init__.py", "energyretail.domain.parties"),
    Plant("domain", "domain/shared/money.py", "energyretail.domain.ledger"),
    Plant("domain", "domain/barter/__init__.py", "attrs"),
    Plant("cycles", "domain/shared/errors.py", "energyretail.domain.shared.money"),
    Plant("cycles", "application/shared/outbox.py", "energyretail.application.shared.relay"),
)


def linted(tree: Path, *contracts: str) -> subprocess.CompletedProcess[str]:
    """Run import-linter over the package below `tree` with the project's own rules."""
    only = [part for contract in contracts for part in ("--contract", contract)]
    return subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()",
         "--config", str(PROJECT), "--no-cache", "--no-logo", *only],
        cwd=tree, env=os.environ | {"PYTHONPATH": str(tree)},
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A folder with a copy of the package."""
    ignored = shutil.ignore_patterns("__pycache__", "*.sql", "*.xsd")
    shutil.copytree(SOURCE, tmp_path / "energyretail", ignore=ignored)
    return tmp_path


class TestContracts:
    def test_hold_in_the_whole_tree(self) -> None:
        done = linted(SOURCE.parent)

        assert done.returncode == 0, done.stdout

    @pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.contract}-{plant.file}")
    def test_turn_red_where_they_are_broken(self, plant: Plant, copied: Path) -> None:
        file = copied / "energyretail" / plant.file
        file.parent.mkdir(exist_ok=True)
        with file.open("a", encoding="utf-8") as end:
            end.write(f"\nimport {plant.imported}\n")

        done = linted(copied, plant.contract)

        assert done.returncode == 1, done.stderr
        assert "Contracts: 0 kept, 1 broken." in done.stdout
        assert plant.file.split("/")[-2] in done.stdout

    def test_each_have_a_plant(self) -> None:
        rules = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["tool"]["importlinter"]

        assert {plant.contract for plant in PLANTS} == {each["id"] for each in rules["contracts"]}


class TestPackages:
    def test_domain_loads_no_third_party_module_but_attrs(self) -> None:
        code = (
            "import pkgutil, sys; before = set(sys.modules); import energyretail.domain as domain\n"
            "for found in pkgutil.walk_packages(domain.__path__, 'energyretail.domain.'):\n"
            "    __import__(found.name)\n"
            "names = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
            "own = {'attr', 'attrs', 'energyretail'} | set(sys.stdlib_module_names)\n"
            "print(sorted(n for n in names - own if not n.startswith('_sysconfigdata')))\n"
        )

        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
        )

        assert done.stdout.strip() == "[]"

    def test_domain_knows_every_subdomain_the_application_has(self) -> None:
        # The ERP is a partner, not a subdomain; documents have no rules of their own yet, and
        # an import has those of what it brings.
        partners = {"erp", "documents", "imports", "__pycache__"}
        has = {each.name for each in (SOURCE / "application").iterdir() if each.is_dir()}

        assert has - partners <= {each.name for each in (SOURCE / "domain").iterdir()}
