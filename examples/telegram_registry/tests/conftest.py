"""Chooses which adapter the suite is run over: ours, or one with a planted fault."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from telegram_registry import TelegramRegistry

PLANTED = Path(__file__).parents[1] / "planted"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--planted NAME``, a file of the folder ``planted``."""
    names = sorted(file.stem for file in PLANTED.glob("*.py"))
    parser.addoption("--planted", choices=names, help="run over an adapter with this fault")


@pytest.fixture(scope="session")
def adapter(pytestconfig: pytest.Config) -> type[TelegramRegistry]:
    """The class under test."""
    name = pytestconfig.getoption("--planted")
    if name is None:
        return TelegramRegistry
    spec = importlib.util.spec_from_file_location(name, PLANTED / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    faulty: type[TelegramRegistry] = module.FaultyRegistry
    return faulty
