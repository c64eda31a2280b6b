"""Links lead somewhere, and every page can be found."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^( *)(`{3,})[^`\n]*\n.*?^\1\2$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def prose_of(page: Path) -> str:
    """Return a page without what is quoted as code."""
    return CODE.sub("", FENCED.sub("", page.read_text(encoding="utf-8")))


def anchors_of(page: Path) -> set[str]:
    """Return the anchors a page's headings have, and those it names itself."""
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    named = re.findall(r'<a (?:id|name)="([^"]+)">', text)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings} | set(named)


def leads_nowhere(page: Path, link: str) -> str | None:
    """Say what is wrong with a link inside the repository; images are links too."""
    target, _, anchor = link.partition("#")
    file = (page.parent / target).resolve() if target else page
    if not file.exists():
        return "leads nowhere"
    if ROOT not in file.parents:
        return "leads out of the repository"
    if anchor and file.suffix == ".md" and anchor not in anchors_of(file):
        return "no such heading"
    return None


class TestPages:
    @pytest.mark.parametrize("page", PAGES, ids=name_of)
    def test_link_to_what_is_there(self, page: Path) -> None:
        links = [each for each in LINK.findall(prose_of(page)) if not re.match(r"\w+:", each)]

        wrong = {link: why for link in links if (why := leads_nowhere(page, link))}

        assert wrong == {}

    @pytest.mark.parametrize("page", PAGES, ids=name_of)
    def test_link_outside_only_where_nobody_can_listen(self, page: Path) -> None:
        text = prose_of(page)

        assert re.findall(r"http://[^\s)>]+", text) == []
        assert re.findall(r"!\[[^]]*\]\(\w+:[^)]*\)", text) == [], "an image from elsewhere"

    @pytest.mark.parametrize("page", PAGES, ids=name_of)
    def test_describe_their_images(self, page: Path) -> None:
        assert re.findall(r"!\[\s*\]\([^)]*\)", prose_of(page)) == []

    @pytest.mark.parametrize("page", PAGES, ids=name_of)
    def test_begin_with_their_one_title(self, page: Path) -> None:
        text = FENCED.sub("", page.read_text(encoding="utf-8"))
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
