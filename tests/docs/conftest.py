"""What the pages are run with: a fresh environment of the library alone, a wheel, a copy."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from shared_between import made_once, shared_folder

ROOT = Path(__file__).parents[2]
_NOT_SOURCE = shutil.ignore_patterns(
    "__pycache__", ".git", ".venv", ".nox", ".*_cache", ".hypothesis", "build", "dist", "*-demo"
)


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a wheel of this checkout, made once for all processes of tests."""

    def make(folder: Path) -> None:
        source = copied(folder.with_name("source-of-wheels"))
        pip(sys.executable, "wheel", "--no-deps", "-w", folder, source)

    return made_once(shared_folder(tmp_path_factory) / "wheels", make)


@pytest.fixture(scope="session")
def tools(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tools of a fresh environment with ``pip install .`` and nothing else, made once."""

    def make(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        pip(folder / "bin" / "python", "install", *wheels.glob("*.whl"))

    return made_once(shared_folder(tmp_path_factory) / "library", make) / "bin"


def copied(folder: Path) -> Path:
    """Copy the checkout without what was made in it."""
    return Path(shutil.copytree(ROOT, folder, ignore=_NOT_SOURCE))


def pip(python: str | Path, *arguments: str | Path) -> None:
    """Run pip quietly; what it says is shown where it fails."""
    told = subprocess.run(
        [python, "-m", "pip", arguments[0], "-q", "--disable-pip-version-check", *arguments[1:]],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
