"""A lost release: the supply is ended on our side, and the registry never hears of it."""

from __future__ import annotations

from telegram_registry import TelegramRegistry

from energyretail.domain import switching


class FaultyRegistry(TelegramRegistry):
    """Takes a release for a word among ourselves."""

    def release(self, release: switching.SupplyRelease) -> None:
        """Tell nobody, and say nothing of it."""
