"""A lost message: acknowledging files away all that waits, seen or not."""

from __future__ import annotations

import os
from collections.abc import Sequence

from telegram_registry import TelegramRegistry


class FaultyRegistry(TelegramRegistry):
    """Takes "we hold these" for "we hold everything"."""

    def acknowledge(self, receipts: Sequence[str]) -> None:
        """File the whole inbox away."""
        if receipts:
            super().acknowledge(os.listdir(self._in))
