"""The neutral switching messages with a central register, as JSON over HTTP."""

from energyretail.adapters.registry_central.registry import CentralRegistry

__all__ = ["CentralRegistry"]
