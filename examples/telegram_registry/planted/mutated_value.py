"""A mutated value: names lose their accents on the way."""

from __future__ import annotations

import unicodedata

import attrs
from telegram_registry import TelegramRegistry

from energyretail.domain import switching


class FaultyRegistry(TelegramRegistry):
    """Believes that the registry reads ASCII only."""

    def claim(self, claim: switching.Claim) -> None:
        """Tell of somebody whose name is nearly the customer's."""
        plain = unicodedata.normalize("NFKD", claim.customer_name).encode("ascii", "ignore")
        super().claim(attrs.evolve(claim, customer_name=plain.decode()))
