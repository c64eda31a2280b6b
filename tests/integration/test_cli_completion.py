"""Completion in the three shells: the scripts are sound, and commands are offered."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

# The shell is named, for a test has none above it.
NAMED = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}


def called(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "energyretail", *arguments],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestCompletion:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
    def test_prints_a_script_the_shell_takes(self, shell: str, tmp_path: Path) -> None:
        printed = called("--show-completion", shell, **NAMED)
        script = tmp_path / "completion"
        script.write_text(printed.stdout, "utf-8")

        assert printed.returncode == 0, printed.stderr
        assert f"complete_{shell}" in printed.stdout
        if (program := shutil.which(shell)) is None:
            return
        assert subprocess.run([program, "-n", str(script)], timeout=20).returncode == 0

    def test_finds_the_shell_by_itself(self) -> None:
        line = f"{sys.executable} -m energyretail --show-completion; exit $?"

        printed = subprocess.run(
            ["bash", "-c", line], capture_output=True, text=True, timeout=60, check=False
        )

        assert printed.returncode == 0, printed.stderr
        assert "complete_bash" in printed.stdout

    @pytest.mark.parametrize(
        ("typed", "offered"),
        [("de", {"demo", "dev"}), ("sett", {"settings"}), ("--vers", set())],
    )
    def test_offers_the_commands(self, typed: str, offered: set[str]) -> None:
        asked = {"_ENERGYRETAIL_COMPLETE": "complete_bash", "COMP_CWORD": "1"}

        told = called(COMP_WORDS=f"energyretail {typed}", **asked)

        assert set(told.stdout.split()) == offered

    def test_is_put_in_its_place(self, tmp_path: Path) -> None:
        placed = called("--install-completion", "bash", HOME=str(tmp_path), **NAMED)

        assert placed.returncode == 0, placed.stderr
        (script,) = tmp_path.rglob("energyretail*")
        assert str(script) in (tmp_path / ".bashrc").read_text("utf-8")
