"""Types as users see them: mypy, strict, over programs that use the installed package."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "typed"
REVEALED = re.compile(r'^\w+\.py:(\d+): note: Revealed type is "(.+)"$', re.MULTILINE)
ERROR = re.compile(r"^\w+\.py:(\d+): error: .*\[([\w-]+)\]$", re.MULTILINE)
WANTED = re.compile(r"^(?:reveal_type\(.*\))  # (.+)$")
CODES = re.compile(r"^.*\S  # ([a-z][a-z-]+(?: [a-z][a-z-]+)*)$")


@pytest.fixture(scope="module")
def checked(tools: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What mypy says of each program, in a folder of its own, of the package as it is installed."""
    folder = tmp_path_factory.mktemp("user")
    programs = [shutil.copy(program, folder) for program in sorted(PROGRAMS.glob("*.py"))]
    told = {}
    for program in map(Path, programs):
        done = subprocess.run(
            [
                sys.executable, "-m", "mypy", "--strict", "--no-error-summary",
                "--python-executable", str(tools / "python"), "--cache-dir", "cache", program.name,
            ],
            cwd=folder, capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert done.returncode in (0, 1), done.stderr
        told[program.stem] = done.stdout
    return told


def said(program: str, pattern: re.Pattern[str]) -> dict[int, str]:
    """Return what stands beside each line of a program."""
    lines = (PROGRAMS / f"{program}.py").read_text(encoding="utf-8").splitlines()
    found = {number: pattern.match(line) for number, line in enumerate(lines, 1)}
    return {number: match[1] for number, match in found.items() if match}


class TestTypes:
    def test_are_revealed_as_the_program_says(self, checked: dict[str, str]) -> None:
        revealed = {int(line): kind for line, kind in REVEALED.findall(checked["right_uses"])}

        assert len(revealed) > 15
        assert revealed == said("right_uses", WANTED)

    def test_let_right_uses_pass(self, checked: dict[str, str]) -> None:
        assert ERROR.findall(checked["right_uses"]) == []

    def test_find_every_wrong_use_and_nothing_else(self, checked: dict[str, str]) -> None:
        found: dict[int, set[str]] = {}
        for line, code in ERROR.findall(checked["wrong_uses"]):
            found.setdefault(int(line), set()).add(code)

        wanted = {line: set(codes.split()) for line, codes in said("wrong_uses", CODES).items()}
        wanted.pop(1, None)  # says what ruff shall leave alone
        assert len(wanted) > 18
        assert found == wanted
