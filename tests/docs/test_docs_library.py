"""The library alone is small, and does what the README promises of it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES_MAX = 10


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tools of a fresh environment with ``pip install .`` and nothing else."""
    folder = tmp_path_factory.mktemp("library")
    source = folder / "source"
    ignored = shutil.ignore_patterns("__pycache__", ".*", "tests", "docs", "build", "*-demo")
    shutil.copytree(ROOT, source, ignore=ignored)
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    told = subprocess.run(
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", str(source)],
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    return python.parent


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command as somebody who has no settings would."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ENERGYRETAIL", "PYTHON"))}
    return subprocess.run(command, capture_output=True, text=True, timeout=120, env=env)


class TestLibrary:
    def test_is_ten_packages_at_most(self, tools: Path) -> None:
        listed = json.loads(run(tools / "pip", "list", "--format", "json").stdout)
        packages = {each["name"].lower() for each in listed} - {"pip", "setuptools"}

        assert "energyretail" in packages
        assert len(packages) <= PACKAGES_MAX, sorted(packages)

    def test_prices_the_bill_of_the_readme(self, tools: Path) -> None:
        readme = (ROOT / "README.md").read_text(encoding="utf-8")
        code = re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)[0]

        done = run(tools / "python", "-c", code)

        assert done.returncode == 0, done.stderr
        assert "52.20 EUR 8.15 EUR 60.35 EUR" in done.stdout
        assert len([line for line in code.splitlines() if line.strip()]) <= 15

    def test_opens_the_command_line_and_names_what_the_demo_needs(self, tools: Path) -> None:
        version, demo = run(tools / "energyretail", "version"), run(tools / "energyretail", "demo")

        assert version.returncode == 0, version.stderr
        assert demo.returncode == 3
        assert "energyretail[service]" in demo.stderr
