"""The example package does what its README says, in an environment made by its own commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "telegram_registry"
README = (EXAMPLE / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
FOUND_BY = dict(re.findall(r"^\| `(\w+)` \| .* \| `(\w+)` \|$", README, re.MULTILINE))
NEEDED = ("src", "pyproject.toml", "README.md", "LICENSE")


def run(commands: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run commands in one shell as somebody who has nothing set."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("ENERGYRETAIL", "PYTHON"))}
    env = {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", commands], cwd=folder, env=env,
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def followed(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """The example's folder in a copy of the checkout, and what its README's commands came to."""
    checkout = tmp_path_factory.mktemp("checkout")
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in NEEDED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, checkout / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, checkout / name)
    folder = shutil.copytree(EXAMPLE, checkout / "examples" / EXAMPLE.name, ignore=ignored)
    return folder, run("\n".join(COMMANDS), folder)


class TestExamplePackage:
    def test_is_installed_and_proven_by_its_readme(
        self, followed: tuple[Path, subprocess.CompletedProcess[str]]
    ) -> None:
        _, done = followed

        assert done.returncode == 0, done.stdout + done.stderr
        assert re.search(r"^\d+ passed in", done.stdout, re.MULTILINE) or "[100%]" in done.stdout

    def test_needs_no_service(
        self, followed: tuple[Path, subprocess.CompletedProcess[str]]
    ) -> None:
        folder, _ = followed
        listed = run(". .venv/bin/activate; pip list --format freeze", folder).stdout.lower()

        assert "hypothesis==" in listed
        assert not re.search(r"^(litestar|sqlalchemy|psycopg|httpx|pydantic)", listed, re.MULTILINE)

    @pytest.mark.parametrize("fault", sorted(FOUND_BY))
    def test_is_found_out_when_a_fault_is_planted(
        self,
        fault: str,
        followed: tuple[Path, subprocess.CompletedProcess[str]],
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        folder, _ = followed
        done = run(f". .venv/bin/activate; pytest --planted {fault}", folder)
        failed = re.findall(r"^FAILED \S+::(\w+)", done.stdout, re.MULTILINE)
        with capsys.disabled():
            print(f"\n{fault}: found by {', '.join(failed)}")  # noqa: T201 - it is a figure

        assert done.returncode == 1, done.stdout
        assert FOUND_BY[fault] in failed

    def test_plants_what_its_readme_names(self) -> None:
        planted = {file.stem for file in (EXAMPLE / "planted").glob("*.py")}

        assert len(planted) == 6
        assert set(FOUND_BY) == planted
