"""A retry that is not idempotent: the same words again are refused as if they were others."""

from __future__ import annotations

from telegram_registry import TelegramRegistry

from energyretail.domain import switching
from energyretail.domain.shared import Conflict


class FaultyRegistry(TelegramRegistry):
    """Looks at the name of what lies there, not at the words."""

    def claim(self, claim: switching.Claim) -> None:
        """Refuse whatever was told before, as after an answer that was lost."""
        if (self._out / f"{claim.request}.claim.txt").exists():
            raise Conflict("registry.key_reused", "told before", key=claim.request)
        super().claim(claim)
