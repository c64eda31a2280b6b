"""The simulated outside world: every partner as a real server on loopback, in one process."""

from energyretail.entrypoints.sandbox.partner import HttpPartner, Partner
from energyretail.entrypoints.sandbox.server import SandboxOptions, serve
from energyretail.entrypoints.sandbox.world import World, build_world

__all__ = ["HttpPartner", "Partner", "SandboxOptions", "World", "build_world", "serve"]
