"""A wrong error: other words under a known request are told as a failure that may pass."""

from __future__ import annotations

from telegram_registry import TelegramRegistry

from energyretail.domain import switching
from energyretail.domain.shared import Conflict, Fault


class FaultyRegistry(TelegramRegistry):
    """Lets its caller try again and again what can never be taken."""

    def claim(self, claim: switching.Claim) -> None:
        """Raise the wrong family of errors."""
        try:
            super().claim(claim)
        except Conflict as error:
            raise Fault("telegram.folder", "the file is there", outcome_unknown=True) from error
