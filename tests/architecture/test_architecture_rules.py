"""The tree keeps every rule, and every rule turns red when somebody breaks it."""

from __future__ import annotations

import shutil
from pathlib import Path

import attrs
import pytest
from architecture_rules import RULES

import energyretail

ROOT = Path(__file__).parents[2]
TREE = Path(energyretail.__file__).parent


@attrs.frozen
class Plant:
    """A violation: `text` put at the end of `file` (or a new file) that `rule` must name."""

    rule: str
    file: str
    text: str


LONG_FUNCTION = "\n\ndef long() -> None:\n" + "    print()\n" * 60
DEEP_FUNCTION = """

def deep(rows):
    for row in rows:
        if row:
            while row:
                try:
                    row.pop()
                except KeyError:
                    pass
"""
IN_A_WITH = "\n\ndef with_one(file):\n    with file:\n        print(datetime.now())\n"

PLANTS = (
    Plant("domain_stands_alone", "domain/shared/money.py", "import os\n"),
    Plant("domain_stands_alone", "domain/shared/money.py", "import random\n"),
    Plant("domain_stands_alone", "domain/ledger/entries.py", "from time import sleep\n"),
    Plant("domain_stands_alone", "domain/ledger/entries.py", "from socket import socket\n"),
    Plant("domain_stands_alone", "domain/ledger/entries.py", "import sqlalchemy.orm\n"),
    Plant("domain_stands_alone", "domain/pricing/__init__.py", "def f():\n    import pathlib\n"),
    Plant("domain_stands_alone", "domain/shared/new.py", "from energyretail import application\n"),
    Plant("application_stays_inside", "application/shared/clock.py", "import os\n"),
    Plant("application_stays_inside", "application/erp/erp.py", "import zeep\n"),
    Plant("time_is_an_argument", "domain/shared/periods.py", "x = date.today()\n"),
    Plant("time_is_an_argument", "application/erp/erp.py", "x = datetime.datetime.now(UTC)\n"),
    Plant("time_is_an_argument", "adapters/simulated/erp.py", "x = uuid.uuid4()\n"),
    Plant("time_is_an_argument", "domain/shared/periods.py", IN_A_WITH),
    Plant(
        "subdomains_are_imported_whole",
        "adapters/memory/erp.py",
        "from energyretail.domain.ledger.entries import Entry\n",
    ),
    Plant(
        "subdomains_are_imported_whole",
        "domain/billing/new.py",
        "import energyretail.domain.pricing.tariff\n",
    ),
    Plant("values_are_frozen", "domain/shared/new.py", "@attrs.define\nclass Loose:\n    a: int\n"),
    Plant("values_are_frozen", "domain/shared/new.py", "@dataclass(frozen=True)\nclass Odd: ...\n"),
    Plant("float_is_no_business_type", "domain/shared/money.py", "VAT = 0.21\n"),
    Plant("float_is_no_business_type", "domain/shared/money.py", "x: float\n"),
    Plant("modules_introduce_themselves", "domain/shared/new.py", "__all__ = []\n"),
    Plant("modules_introduce_themselves", "domain/shared/new.py", '"""A module."""\nx = 1\n'),
    Plant("files_are_short", "domain/shared/new.py", "x = 1\n" * 401),
    Plant("functions_are_short", "domain/shared/new.py", LONG_FUNCTION),
    Plant("functions_are_short", "domain/shared/new.py", DEEP_FUNCTION),
    Plant("imports_are_honest", "domain/shared/new.py", "if typing.TYPE_CHECKING:\n    ...\n"),
    Plant("names_say_something", "domain/shared/utils.py", "x = 1\n"),
    Plant("names_say_something", "domain/shared/new.py", "x = 1  # TODO: later\n"),
    Plant("silences_have_a_reason", "domain/shared/new.py", "\nx = 1  # noqa: E501, T201\n"),
    Plant("silences_have_a_reason", "domain/shared/new.py", "\nx = y  # type: ignore[misc]\n"),
    Plant("silences_have_a_reason", "domain/shared/new.py", "# ruff: noqa: B015\nx = 1\n"),
    Plant("silences_have_a_reason", "domain/shared/new.py", "\nx = 1  # pragma: no cover\n"),
)


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the part of the tree that the plants go into."""
    tree = tmp_path / "energyretail"
    tree.mkdir()
    for part in ("domain", "application", "adapters/simulated", "adapters/memory"):
        shutil.copytree(TREE / part, tree / part, ignore=shutil.ignore_patterns("__pycache__"))
    return tree


class TestRules:
    @pytest.mark.parametrize("rule", RULES)
    def test_holds_in_the_whole_tree(self, rule: str) -> None:
        assert RULES[rule](TREE) == ()

    @pytest.mark.parametrize("folder", ["tests", "docs", "examples", "benchmarks"])
    def test_of_silences_holds_beside_the_tree_too(self, folder: str) -> None:
        assert RULES["silences_have_a_reason"](ROOT / folder) == ()

    @pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: f"{plant.rule}-{plant.file}")
    def test_turns_red_where_it_is_broken(self, plant: Plant, copied: Path) -> None:
        file = copied / plant.file
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        file.write_text(before + "\n" * bool(before) + plant.text, encoding="utf-8")

        found = RULES[plant.rule](copied)

        assert len(found) == 1
        assert plant.file in found[0]

    def test_each_has_a_plant(self) -> None:
        assert {plant.rule for plant in PLANTS} == set(RULES)
