"""What the table of proven ports is made of: a row, and the names in it."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import attrs

__all__ = ["APPLICATION", "MEMORY", "ProvenPort", "named", "row", "shared", "stored"]

APPLICATION: Final = "energyretail.application"
_SUITES: Final = "energyretail.testing.conformance"
MEMORY: Final = "energyretail.adapters.memory"
_POSTGRES: Final = "energyretail.adapters.postgres"


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
    """Return the row of a port of the application, its suite named within the package."""
    return ProvenPort(f"{APPLICATION}.{port}", f"{_SUITES}.{suite}", memory, real)


def stored(port: str, suite: str, memory: str, postgres: str) -> ProvenPort:
    """Return the row of a port to what the company keeps."""
    return row(port, suite, f"{MEMORY}.{memory}", f"{_POSTGRES}.{postgres}")


def shared(name: str, suite: str, memory: str, postgres: str) -> ProvenPort:
    """Return the row of a port every subdomain shares."""
    return stored(f"shared.{name}", suite, memory, postgres)
