"""The pages made from the code say what the code says, and every code is on its page."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from energyretail import application
from energyretail.domain import pricing

ROOT = Path(__file__).parents[2]
RENEW = "if the change is meant, run `python docs/generate.py` (or `nox -s generate`) and commit"
RAISED = re.compile(r'\b(?:Invalid|Refused|Conflict|NotFound|Fault)\(\s*"([a-z0-9_.]+)"')
SNAPSHOT = "tests/docs/public_names.txt"


@pytest.fixture(scope="module")
def generated() -> Iterator[dict[str, str]]:
    """What docs/generate.py would write now."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import generate

        yield generate.files()
    finally:
        sys.path.remove(str(ROOT / "docs"))


def text_of(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def modules_of(package: str) -> Iterator[ModuleType]:
    """Yield the modules of a package."""
    found = pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}.")
    yield from (importlib.import_module(each.name) for each in found)


class TestGenerated:
    def test_is_what_the_code_says(self, generated: dict[str, str]) -> None:
        out_of_step = [
            path
            for path, text in generated.items()
            if path != SNAPSHOT and (not (ROOT / path).exists() or text_of(path) != text)
        ]

        assert out_of_step == [], RENEW

    def test_leaves_no_drawing_behind(self, generated: dict[str, str]) -> None:
        folder = ROOT / "docs" / "reference" / "transitions"
        there = {drawing.relative_to(ROOT).as_posix() for drawing in folder.iterdir()}

        assert there == {path for path in generated if path.endswith(".svg")}

    def test_leaves_no_page_of_a_component_behind(self, generated: dict[str, str]) -> None:
        folder = ROOT / "docs" / "reference" / "components"
        there = {page.relative_to(ROOT).as_posix() for page in folder.iterdir()}

        assert there == {path for path in generated if path.startswith("docs/reference/comp")} - {
            "docs/reference/components.md"
        }

    def test_shows_a_bill_of_every_kind_of_component(self, generated: dict[str, str]) -> None:
        for kind in pricing.COMPONENTS:
            page = generated[f"docs/reference/components/{kind}.md"]

            assert f'"kind": "{kind}"' in page.partition("## An example")[2]
            assert "To pay: " in page


class TestPublicNames:
    def test_are_those_that_were_promised(self, generated: dict[str, str]) -> None:
        promised, found = text_of(SNAPSHOT).splitlines(), generated[SNAPSHOT].splitlines()

        gone = [line for line in promised if line not in set(found)]
        new = [line for line in found if line not in set(promised)]

        # What is gone breaks somebody: deprecate it for two minor versions first.
        assert (gone, new) == ([], []), RENEW
        assert promised == found, RENEW


class TestErrorCodes:
    def test_are_all_on_the_page(self) -> None:
        page = text_of("docs/reference/errors.md")
        sources = (ROOT / "src" / "energyretail").rglob("*.py")
        raised = {c for file in sources for c in RAISED.findall(file.read_text(encoding="utf-8"))}

        assert len(raised) > 200
        assert sorted(code for code in raised if f"| `{code}` |" not in page) == []

    def test_have_one_row_and_one_family(self) -> None:
        rows = re.findall(r"^\| `([^`]+)` \| ([^|]+) \|", text_of("docs/reference/errors.md"), re.M)
        rows = [row for row in rows if "." in row[0]]
        families = {code: family for code, family in rows if "," in family}

        assert [code for code, n in Counter(code for code, _ in rows).items() if n > 1] == []
        # The ERP's typed faults are named by the ERP: their family depends on what it says.
        assert set(families) <= {"erp.fault.*"}


class TestSubdomains:
    def test_name_in_their_package_all_that_other_layers_take_from_them(self) -> None:
        """An adapter of a stranger needs what ours need: none of it may be private."""
        taken = re.compile(
            r"^from (energyretail\.(?:domain|application)\.\w+)\.\w[\w.]* import \(?([^)]*?)\)?$",
            re.MULTILINE,
        )
        private = []
        for layer in ("adapters", "entrypoints", "testing"):
            for file in sorted((ROOT / "src" / "energyretail" / layer).rglob("*.py")):
                for package, names in taken.findall(file.read_text(encoding="utf-8")):
                    public = importlib.import_module(package).__all__
                    wanted = {name.split()[0] for name in names.split(",") if name.strip()}
                    private += [f"{file.name}: {package}.{n}" for n in wanted - set(public)]

        assert private == []

    def test_name_every_port_in_their_package(self) -> None:
        """What a use case is given must be within reach of whoever writes an adapter for it."""
        hidden = [
            f"{module.__name__}.{name}"
            for package in pkgutil.iter_modules(application.__path__, "energyretail.application.")
            if package.ispkg
            for module in modules_of(package.name)
            for name in module.__all__
            if getattr(getattr(module, name), "_is_protocol", False)
            and name not in importlib.import_module(package.name).__all__
        ]

        assert hidden == []

    def test_name_nothing_private_and_nothing_twice(self, generated: dict[str, str]) -> None:
        names = re.findall(
            r"^(?:class |def |enum )?(energyretail[\w.]+)", generated[SNAPSHOT], re.M
        )

        assert [each for each, n in Counter(names).items() if n > 1] == []
        assert [each for each in names if re.search(r"\._(?!_version__)", each)] == []
