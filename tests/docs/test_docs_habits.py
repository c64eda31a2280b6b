"""What is said to contributors holds: hooks fetch nothing and name tools that are there."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOOKS = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")


class TestHooks:
    def test_fetch_nothing(self) -> None:
        assert re.findall(r"repo: *(.+)$", HOOKS, re.MULTILINE) == ["local"]
        assert set(re.findall(r"language: *(.+)$", HOOKS, re.MULTILINE)) == {"system"}
        assert "additional_dependencies" not in HOOKS

    def test_name_tools_and_tests_that_are_there(self) -> None:
        entries = re.findall(r"entry: *(.+)$", HOOKS, re.MULTILINE)
        tools = Path(sys.executable).parent

        assert len(entries) >= 4
        for entry in entries:
            words = entry.split()
            assert (tools / words[0]).exists() or shutil.which(words[0]), entry
            assert all((ROOT / word).exists() for word in words if word.startswith("tests/"))


def test_the_first_page_leads_to_both() -> None:
    index = (ROOT / "docs" / "index.md").read_text("utf-8")

    assert "(../CONTRIBUTING.md)" in index
    assert "(../SECURITY.md)" in index
