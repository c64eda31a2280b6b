"""A port with the suite that proves its adapters, and how such a row is written."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import attrs

__all__ = ["APPLICATION", "MEMORY", "POSTGRES", "ProvenPort", "named", "row", "stored"]

APPLICATION = "energyretail.application"
_SUITES = "energyretail.testing.conformance"
MEMORY = "energyretail.adapters.memory"
POSTGRES = "energyretail.adapters.postgres"


@attrs.frozen
class ProvenPort:
    """A port, the suite that proves an adapter of it, its memory twin, and the real adapter.

    `memory` is empty where the port is a pure function of its arguments, of which a twin would
    be a second copy.
    """

    port: str
    suite: str
    memory: str
    real: str


def named(name: str) -> Any:
    """Return what ``module:Name`` names; raises ImportError or AttributeError."""
    module, _, attribute = name.partition(":")
    return getattr(import_module(module), attribute)


def row(port: str, suite: str, memory: str, real: str) -> ProvenPort:
    """Return the row of a port of the application; both adapters are named in full."""
    return ProvenPort(f"{APPLICATION}.{port}", f"{_SUITES}.{suite}", memory, real)


def stored(port: str, suite: str, memory: str, postgres: str) -> ProvenPort:
    """Return the row of a port whose adapters are in memory and in Postgres."""
    return row(port, suite, f"{MEMORY}.{memory}", f"{POSTGRES}.{postgres}")
