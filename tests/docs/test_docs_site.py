"""The site holds every page once, and fetches nothing from elsewhere."""

from __future__ import annotations

import re
import runpy
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
TREE = re.compile(r"^```\{toctree\}\n(?::[^\n]*\n)*\n(.*?)\n```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def building() -> Iterator[ModuleType]:
    """The program that builds the site."""
    sys.path.insert(0, str(ROOT / "docs"))
    try:
        import build_site

        yield build_site
    finally:
        sys.path.remove(str(ROOT / "docs"))


class TestSite:
    def test_has_every_page_in_its_contents_once(
        self, building: ModuleType, tmp_path: Path
    ) -> None:
        building.collect(tmp_path)
        lines = "\n".join(TREE.findall((tmp_path / "index.md").read_text(encoding="utf-8")))
        named = [re.sub(r"^.*<(.*)>$", r"\1", line) for line in lines.splitlines() if line]
        pages = [page.relative_to(ROOT).with_suffix("").as_posix() for page in building.listed()]
        library = [f"library/{page.stem}" for page in (tmp_path / "library").iterdir()]

        assert len(pages) > 20
        assert len(library) > 20
        assert Counter(named) == Counter([*pages, *library])

    def test_is_set_to_fetch_nothing(self) -> None:
        settings = runpy.run_path(str(ROOT / "docs" / "conf.py"))

        assert settings["project"] == "energyretail"
        assert re.fullmatch(r"\d+\.\d+\.\d+", settings["release"])
        # Themes and extensions that load scripts or fonts from elsewhere are named here first.
        assert settings["extensions"] == ["myst_parser", "sphinx.ext.autodoc"]
        assert settings["html_theme"] == "furo"
        assert "//" not in str({k: v for k, v in settings.items() if k.startswith("html_")})

    def test_shows_drawings_in_place_of_their_source(
        self, building: ModuleType, tmp_path: Path
    ) -> None:
        building.collect(tmp_path)

        page = (tmp_path / "docs" / "processes" / "switching.md").read_text(encoding="utf-8")
        assert "```mermaid" not in page
        assert (tmp_path / "docs" / "reference" / "transitions" / "switching.gain.svg").exists()
