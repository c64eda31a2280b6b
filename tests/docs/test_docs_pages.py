"""Links lead somewhere, examples print what they say, and every page can be found."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
SAYS = re.compile(r"^\s*print\(.*\)  # (.+)$", re.MULTILINE)
EXAMPLES = [page for page in PAGES if SAYS.search(page.read_text(encoding="utf-8"))]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def anchors_of(page: Path) -> set[str]:
    """Return the anchors a page's headings have."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


class TestPages:
    @pytest.mark.parametrize("page", PAGES, ids=name_of)
    def test_link_to_what_is_there(self, page: Path) -> None:
        for link in LINK.findall(page.read_text(encoding="utf-8")):
            if re.match(r"(https?|mailto):", link):
                continue
            target, _, anchor = link.partition("#")
            file = (page.parent / target).resolve() if target else page
            assert file.exists(), f"{link} leads nowhere"
            if anchor and file.suffix == ".md":
                assert anchor in anchors_of(file), f"{link}: no such heading"

    @pytest.mark.parametrize("page", PAGES, ids=name_of)
    def test_begin_with_their_one_title(self, page: Path) -> None:
        text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        titles = re.findall(r"^# .+$", text, re.MULTILINE)

        assert len(titles) == 1
        assert text.startswith(titles[0])

    @pytest.mark.parametrize("page", PAGES, ids=name_of)
    def test_name_no_folder_of_one_machine(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")

        assert not re.search(r"(?<![\w.])/(work|tmp|home/\w+|Users)/", text)

    def test_are_found_from_the_first_page(self) -> None:
        seen, waiting = set(), [ROOT / "README.md", ROOT / "docs" / "index.md"]
        while waiting:
            page = waiting.pop()
            seen.add(page)
            links = LINK.findall(page.read_text(encoding="utf-8"))
            found = {(page.parent / link.partition("#")[0]).resolve() for link in links}
            waiting += [each for each in found if each.suffix == ".md" and each not in seen]

        assert {name_of(page) for page in PAGES} - {name_of(page) for page in seen} <= {
            "CHANGELOG.md"
        }


class TestExamples:
    @pytest.mark.parametrize("page", EXAMPLES, ids=name_of)
    def test_print_what_they_say(self, page: Path) -> None:
        code = "\n".join(BLOCK.findall(page.read_text(encoding="utf-8")))

        done = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
        )

        assert done.returncode == 0, done.stderr
        told = done.stdout.splitlines()
        assert [line for line in SAYS.findall(code) if line not in told] == []

    def test_stand_in_the_readme_and_the_tutorial(self) -> None:
        assert {"README.md", "docs/tutorial/a-bill.md"} <= {name_of(page) for page in EXAMPLES}


class TestChangelog:
    def test_tells_of_this_version(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")

        assert re.findall(r"^## (.+)$", changes, re.MULTILINE)[0] == project["version"]


class TestGlossary:
    def test_is_in_order_and_names_a_word_once(self) -> None:
        text = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
        words = [word.lower() for word in re.findall(r"^\| ([^|]+?) \|", text, re.MULTILINE)[1:]]

        assert len(words) > 40
        assert all(a < b for a, b in pairwise(words))


class TestDecisions:
    def test_are_all_on_the_first_one(self) -> None:
        folder = ROOT / "docs" / "adr"
        first = (folder / "0001-decisions-are-written-down.md").read_text(encoding="utf-8")
        others = {page.name for page in folder.glob("*.md")} - {
            "0001-decisions-are-written-down.md"
        }

        assert others <= set(LINK.findall(first))
