"""A doubled claim: every telegram is sent a second time under a name of its own, to be sure."""

from __future__ import annotations

from telegram_registry import TelegramRegistry, telegrams

from energyretail.domain import switching


class FaultyRegistry(TelegramRegistry):
    """Gives the copy a key that the registry does not know to be the same."""

    def claim(self, claim: switching.Claim) -> None:
        """Tell twice."""
        super().claim(claim)
        self._tell(f"{claim.request}-copy.claim", telegrams.write_claim(claim))
