"""Notes for the changelog: each has a category, and together they build."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
NOTES = sorted(
    path
    for path in (ROOT / "changes").iterdir()
    if path.name not in {"README.md", "template.md"} and not path.name.startswith(".")
)
LINES_MAX = 8


def categories() -> set[str]:
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["towncrier"]
    return {each["directory"] for each in tool["type"]}


class TestChanges:
    def test_are_of_a_known_category(self) -> None:
        for note in NOTES:
            named = re.fullmatch(r"\+[a-z0-9-]+\.([a-z]+)\.md", note.name)

            assert named, f"{note.name}: +TOPIC.CATEGORY.md"
            assert named[1] in categories(), note.name

    def test_are_short_and_say_something(self) -> None:
        for note in NOTES:
            assert 1 <= len(note.read_text("utf-8").strip().splitlines()) <= LINES_MAX, note.name

    def test_explain_every_category(self) -> None:
        page = (ROOT / "changes" / "README.md").read_text("utf-8")

        assert set(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == categories()

    def test_make_a_changelog(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "9.9.9"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert "## 9.9.9" in done.stdout
        assert "\n- " in done.stdout or not NOTES
