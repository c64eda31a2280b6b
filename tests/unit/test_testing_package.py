"""What tests share is light until it is asked for, and needs no more than its extra says."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

HEAVY = ("hypothesis", "pytest", "lxml", "sqlalchemy", "litestar", "procrastinate")


def loaded_by(module: str) -> set[str]:
    """Return which heavy packages a fresh interpreter has after importing a module."""
    code = f"import sys, {module}; print([n for n in {HEAVY!r} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(ast.literal_eval(done.stdout))


@pytest.mark.parametrize(
    "module",
    [
        "energyretail.testing",
        "energyretail.testing.corpora",
        "energyretail.testing.fault_plans",
        "energyretail.testing.ports",
    ],
)
def test_looking_at_it_loads_no_test_library(module: str) -> None:
    assert loaded_by(module) == set()


@pytest.mark.parametrize(
    "module",
    [
        "energyretail.testing.strategies",
        "energyretail.testing.conformance.formats",
        "energyretail.testing.conformance.payments",
        "energyretail.testing.payments_machine",
    ],
)
def test_the_extra_testing_is_enough_for_suites_and_strategies(module: str) -> None:
    assert loaded_by(module) <= {"hypothesis", "pytest"}
