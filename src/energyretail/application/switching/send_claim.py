"""Brings claims to the registry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from energyretail.application.shared import Channel
from energyretail.application.switching.ports import Registry, Switches
from energyretail.application.switching.request_switches import CLAIM_KIND
from energyretail.domain import switching

__all__ = ["SendClaim"]


class SendClaim:
    """The Sender of claims: the outbox's key is the request code."""

    channel = Channel.REGISTRY
    kind = CLAIM_KIND

    def __init__(self, switches: Switches, registry: Registry):
        self._switches = switches
        self._registry = registry

    def load(self, keys: Sequence[str]) -> Mapping[str, switching.Claim]:
        """Return the claims of request codes."""
        return {switch.request: switch.claim() for switch in self._switches.by_request(keys)}

    def deliver(self, message: switching.Claim, *, maybe_sent: bool) -> None:
        """Tell the registry; sent before or not, the same words again are taken once."""
        del maybe_sent  # the registry knows the request code
        self._registry.claim(message)
