"""The library alone is small, and does what the README promises of it."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES_MAX = 10


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
