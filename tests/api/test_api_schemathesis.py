"""The API keeps to its description: schemathesis finds nothing, and finds a planted drift."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from lived_company import Lived, lived

HERE = Path(__file__).parent
EXAMPLES = os.environ.get("TEST_API_EXAMPLES", "100")


@pytest.fixture(scope="module")
def company(fresh_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    with lived(fresh_database_url, tmp_path_factory.mktemp("company")) as found:
        yield found


def schemathesis(
    company: Lived, root: Path, document: dict[str, Any], *options: str
) -> subprocess.CompletedProcess[str]:
    """Run every check of schemathesis against the served company."""
    (root / "seeds.json").write_text(json.dumps(company.seeds), encoding="utf-8")
    (root / "openapi.json").write_text(json.dumps(document), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("st")), "--config-file", str(HERE / "schemathesis.toml"),
        "run", str(root / "openapi.json"), "--url", company.url, "--checks", "all",
        "--generation-deterministic", "--no-color", "--workers", "1", *options,
    ]  # fmt: skip
    environment = os.environ | {
        "SCHEMATHESIS_HOOKS": "schemathesis_hooks",
        "PYTHONPATH": str(HERE),
        "SEEDS": str(root / "seeds.json"),
        "SEEDED_URL": company.url,
    }
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, timeout=900
    )


@pytest.fixture(scope="module")
def document(company: Lived) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{company.url}/schema/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> set[tuple[str, str]]:
    """Return method and path of every operation, as the application names them."""
    return {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }


class TestDescription:
    def test_is_kept_by_every_operation(
        self,
        company: Lived,
        document: dict[str, Any],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        ended = schemathesis(company, tmp_path, document, "--max-examples", EXAMPLES)
        answers = company.recorder.answers

        good = {(method, path) for method, path, status in answers if 200 <= status < 300}
        errors = {each: count for each, count in answers.items() if each[2] >= 500}
        with capsys.disabled():
            print(  # noqa: T201
                f"\nT14 {len(operations(document))} operations, {EXAMPLES} examples each,"
                f" {answers.total()} requests, {len(errors)} server errors,"
                f" {len(good & operations(document))} operations with a 2xx,"
                f" {'PASS' if ended.returncode == 0 else 'FAIL'}"
            )
        assert ended.returncode == 0, ended.stdout[-12_000:]
        assert errors == {}
        assert operations(document) - good == set()
        assert company.books_are_sound()

    def test_that_drifts_is_found_out(
        self, company: Lived, document: dict[str, Any], tmp_path: Path
    ) -> None:
        drifted = json.loads(json.dumps(document))
        planted = drifted["components"]["schemas"]["CustomerOut"]
        planted["properties"]["version"] = {"type": "string"}

        ended = schemathesis(
            company, tmp_path, drifted, "--max-examples", "5",
            "--include-operation-id", "readCustomer",
        )  # fmt: skip

        assert ended.returncode == 1
        assert "Response violates schema" in ended.stdout
