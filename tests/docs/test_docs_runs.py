"""What a page tells to do is done word by word in an empty folder, and comes out as it says."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from docs_blocks import ROOT, Block, Marker, blocks_of, marker_of, pages
from docs_session import PageFailed, begun, clean_environment

from conftest import copied


def runs_whole(marker: Marker) -> bool:
    """Tell whether commands are run too, not Python alone."""
    return marker.given and marker.tools != "no"


RUNS = tuple(
    page
    for page in pages()
    if any(block.is_python for block in blocks_of(page)) or runs_whole(marker_of(page))
)
Runner = Callable[[Path], None]


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


@pytest.fixture
def run_page(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Runner]:
    """Run every block of a page as its marker and fences say."""

    def run(page: Path) -> None:
        marker, blocks = marker_of(page), blocks_of(page)
        folder, notes, home = (tmp_path / each for each in ("folder", "notes", "home"))
        notes.mkdir()
        home.mkdir()
        fill(folder, page, marker)
        env = clean_environment(tools(marker), home, given(marker, blocks, folder))
        with begun(page.name, folder, notes, env, marker.seconds) as session:
            for block in blocks:
                if runs_whole(marker) or block.is_python:
                    session.run(block)

    def tools(marker: Marker) -> Path:
        if marker.tools == "library":
            return Path(request.getfixturevalue("tools"))
        return Path(sys.executable).parent

    def given(marker: Marker, blocks: tuple[Block, ...], folder: Path) -> dict[str, str]:
        found = {"CHECKOUT": str(ROOT)}
        if marker.folder == "checkout":
            found["PYTHONPATH"] = str(folder / "src")
        if any("pip install" in block.text for block in blocks if block.is_shell):
            found["PIP_FIND_LINKS"] = str(request.getfixturevalue("wheels"))
        return found

    yield run
    shutil.rmtree(tmp_path, ignore_errors=True)


def fill(folder: Path, page: Path, marker: Marker) -> None:
    """Make the folder the blocks run in."""
    if marker.folder == "checkout":
        copied(folder)
    elif marker.folder == "here":
        shutil.copytree(page.parent, folder)
    else:
        assert marker.folder == "empty", marker.folder
        folder.mkdir()


class TestPages:
    @pytest.mark.parametrize("page", RUNS, ids=name_of)
    def test_do_what_they_say(self, page: Path, run_page: Runner) -> None:
        run_page(page)

    @pytest.mark.parametrize("page", pages(), ids=name_of)
    def test_say_how_their_commands_are_run(self, page: Path) -> None:
        marker = marker_of(page)
        shell = [block for block in blocks_of(page) if block.is_shell]

        if (ROOT / "docs") in page.parents and shell:
            assert marker.given, "say <!-- runs: dev --> or <!-- runs: no: reason -->"
        assert marker.tools != "no" or marker.reason

    @pytest.mark.parametrize("page", pages(), ids=name_of)
    def test_give_a_reason_for_what_is_not_run(self, page: Path) -> None:
        left_out = [block for block in blocks_of(page) if block.left_out is not None]

        assert [block.line for block in left_out if not block.left_out] == []


def made(folder: Path, *lines: str) -> Path:
    page = folder / "page.md"
    page.write_text("\n".join(["# A page", "", *lines, ""]), encoding="utf-8")
    return page


class TestSessions:
    """The harness itself: what is not so is seen."""

    @pytest.mark.parametrize(
        "lines",
        [
            ("```sh", "false", "```"),
            ("```sh exit=3", "exit 4", "```"),
            ("```sh", "echo a", "```", "```text expect", "b", "```"),
            ("```sh", "echo a; echo b", "```", "```text expect", "a", "```"),
            ("```python", "print(1)  # 2", "```"),
            ("```python", "print(", "    1,", ")  # 2", "```"),
            ("```python", "print(1)  # 1", "print(3)  # 1", "```"),
            ("```python", "raise ValueError", "```"),
            ("```sh", "unset X; echo $X", "```"),
            ("```sh", "false | true", "```"),
        ],
    )
    def test_find_what_a_page_says_wrongly(
        self, lines: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory, run_page: Runner
    ) -> None:
        page = made(tmp_path_factory.mktemp("page"), "<!-- runs: dev -->", *lines)

        with pytest.raises(PageFailed, match=r"page\.md"):
            run_page(page)

    def test_share_folder_variables_and_names(
        self, tmp_path_factory: pytest.TempPathFactory, run_page: Runner
    ) -> None:
        run_page(
            made(
                tmp_path_factory.mktemp("page"),
                "<!-- runs: dev, seconds: 30 -->",
                "```python",
                "counted = 1",
                "```",
                "1. in a list",
                "",
                "   ```sh",
                "   mkdir there && cd there && export NAME=x",
                "   sleep 100 &",
                "   ```",
                "```csv file=in/rows.csv",
                "a,b",
                "```",
                "```python",
                "import os; from pathlib import Path",
                "rows = Path('in/rows.csv').read_text().strip()",
                "print(os.environ['NAME'], rows, counted)  # x a,b 1",
                "```",
                "```sh",
                "echo first; cat in/rows.csv; echo; echo last 17",
                "```",
                "```text expect",
                "first",
                "...",
                "last ...",
                "```",
                "```sh exit=5",
                "exit 5",
                "```",
                "```sh no-run: there is no such program",
                "no-such-program",
                "```",
            )
        )

    def test_end_what_hangs(
        self, tmp_path_factory: pytest.TempPathFactory, run_page: Runner
    ) -> None:
        page = made(
            tmp_path_factory.mktemp("page"), "<!-- runs: dev, seconds: 1 -->",
            "```sh", "sleep 60", "```",
        )  # fmt: skip

        with pytest.raises(PageFailed, match="in time"):
            run_page(page)

    def test_know_nothing_of_our_settings(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        run_page: Runner,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setitem(os.environ, "ENERGYRETAIL_SEED", "7")
        run_page(
            made(
                tmp_path_factory.mktemp("page"), "<!-- runs: dev -->",
                "```sh", "env | grep -c ENERGYRETAIL || true", "```", "```text expect", "0", "```",
            )
        )  # fmt: skip
