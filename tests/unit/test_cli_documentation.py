"""The reference pages say what the code does."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from energyretail.entrypoints.cli.app import COMMANDS, LIBRARY_COMMANDS
from energyretail.entrypoints.cli.exit_codes import MEANING
from energyretail.entrypoints.settings import Settings

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def page(name: str) -> str:
    return (REFERENCE / name).read_text(encoding="utf-8")


def test_every_command_and_exit_code_is_on_its_page() -> None:
    text = page("cli.md")

    for name, _, _ in (*COMMANDS, *LIBRARY_COMMANDS):
        assert f"| `{name}` |" in text
    for code, meaning in MEANING.items():
        assert f"| {code.value} | {code.name} | {meaning} |" in text


def test_every_setting_is_on_its_page_with_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ENERGYRETAIL_SETTINGS", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    text = page("settings.md")

    for name, default in _leaves(Settings.load().shown()):
        (row,) = (line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        shown = str(default).lower() if isinstance(default, bool) else default
        assert not shown or f"`{shown}`" in row, row


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in tree.items():
        if name == "chart_of_accounts":
            yield prefix + name, ""
        elif isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
