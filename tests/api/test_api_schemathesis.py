"""The API keeps to its description: schemathesis finds nothing, and finds a planted drift."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from lived_company import Lived

HERE = Path(__file__).parent
EXAMPLES = os.environ.get("TEST_API_EXAMPLES", "100")


# A run of so few supplies is over before anybody can call it off: tests/integration/
# test_api_bill_runs calls off one that is under way, and takes up one that failed.
OVER_AT_ONCE = {
    ("POST", "/v1/bill-runs/{number}/abort"),
    ("POST", "/v1/bill-runs/{number}/resume"),
}


def schemathesis(
    company: Lived, root: Path, document: dict[str, Any], *options: str
) -> subprocess.CompletedProcess[str]:
    """Run every check of schemathesis against the served company."""
    root.mkdir(parents=True, exist_ok=True)
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


def halves(document: dict[str, Any]) -> Iterator[list[str]]:
    """Give the options that ask for each half of the operations, by their tags."""
    tags = sorted({tag for method in methods(document) for tag in method["tags"]})
    for half in (tags[::2], tags[1::2]):
        yield [option for tag in half for option in ("--include-tag", tag)]


def methods(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every operation of a description."""
    for path in document["paths"].values():
        yield from path.values()


class TestDescription:
    def test_is_kept_by_every_operation(
        self,
        company: Lived,
        document: dict[str, Any],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        # Two programs, one on each core: its own threads trip over one another (CPython 3.11).
        with ThreadPoolExecutor(2) as both:
            ended = list(
                both.map(
                    lambda half: schemathesis(
                        company, tmp_path / half[1], document, "--max-examples", EXAMPLES, *half
                    ),
                    halves(document),
                )
            )
        failed = [one.stdout[-12_000:] for one in ended if one.returncode]
        answers = company.recorder.answers

        good = {(method, path) for method, path, status in answers if 200 <= status < 300}
        errors = {each: count for each, count in answers.items() if each[2] >= 500}
        with capsys.disabled():
            print(  # noqa: T201 - the figures are asked for
                f"\nT14 {len(operations(document))} operations, {EXAMPLES} examples each,"
                f" {answers.total()} requests, {len(errors)} server errors,"
                f" {len(good & operations(document))} operations with a 2xx,"
                f" {'FAIL' if failed else 'PASS'}"
            )
        assert failed == []
        assert errors == {}
        assert operations(document) - good == OVER_AT_ONCE
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
