"""A market registry that exchanges telegrams through a folder: an adapter of a third party."""

from telegram_registry.registry import TelegramRegistry, make

__all__ = ["TelegramRegistry", "make"]
