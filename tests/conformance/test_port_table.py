"""Every port has a suite, a memory twin and a real adapter, or stands in a list with its reason."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import energyretail.application
from energyretail.testing import billing_worlds, deposit_worlds, plans_worlds
from energyretail.testing.ports import PORTS, WITHOUT_A_SUITE, ProvenPort, named

HERE = Path(__file__).parent


def protocols() -> set[str]:
    """Return every public Protocol of the application as ``module:Name``."""
    package = energyretail.application
    modules = [
        importlib.import_module(found.name)
        for found in pkgutil.walk_packages(package.__path__, package.__name__ + ".")
    ]
    return {
        f"{module.__name__}:{name}"
        for module in modules
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and getattr(value, "_is_protocol", False)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }


def sources() -> dict[str, str]:
    """Return the modules that run suites, and the worlds shipped for billing."""
    modules = (billing_worlds, deposit_worlds, plans_worlds)
    found = [*HERE.glob("*.py"), *(Path(module.__file__) for module in modules)]
    return {path.name: path.read_text(encoding="utf-8") for path in found}


class TestTheTable:
    def test_names_every_port_once(self) -> None:
        listed = [row.port for row in PORTS] + list(WITHOUT_A_SUITE)

        assert sorted(listed) == sorted(set(listed))
        assert protocols() - set(listed) == set()

    def test_names_nothing_that_is_gone(self) -> None:
        listed = {row.port for row in PORTS} | set(WITHOUT_A_SUITE)

        assert listed - protocols() == set()

    @pytest.mark.parametrize("row", PORTS, ids=lambda row: row.port.rpartition(":")[2])
    def test_names_what_exists_and_is_run(self, row: ProvenPort) -> None:
        """Some module of this folder runs the suite; some one imports each adapter."""
        suite = named(row.suite).__name__
        texts = sources()

        assert any(f"({suite})" in text or f", {suite})" in text for text in texts.values())
        for adapter in filter(None, (row.memory, row.real)):
            name = named(adapter).__name__
            assert any(name in text for text in texts.values()), adapter

    @pytest.mark.parametrize("row", PORTS, ids=lambda row: row.port.rpartition(":")[2])
    def test_names_adapters_with_every_method_of_the_port(self, row: ProvenPort) -> None:
        promised = {
            name
            for kind in named(row.port).__mro__
            for name in vars(kind)
            if getattr(kind, "_is_protocol", False) and _is_promise(name)
        }
        for adapter in filter(None, (row.memory, row.real)):
            found = named(adapter)
            # A transaction is given by the Work that opens it, and a function is a call.
            if row.port.endswith((":Transaction", "Reader", "Writer")):
                continue
            assert promised <= set(dir(found)), adapter

    def test_gives_a_reason_for_each_port_without_a_suite(self) -> None:
        assert all(len(reason) > 15 for reason in WITHOUT_A_SUITE.values())
        assert len(WITHOUT_A_SUITE) < len(PORTS) / 5


def _is_promise(name: str) -> bool:
    return name == "__call__" or not name.startswith("_")
