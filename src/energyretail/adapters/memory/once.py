"""Answers to callers' keys in a dictionary."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from energyretail.adapters.memory.shared import MemoryClock
from energyretail.adapters.memory.store import MemoryStore
from energyretail.application.shared import Answer
from energyretail.domain.shared import Conflict, Refused

__all__ = ["MemoryOnce"]


class MemoryOnce:
    """The Once port over a store."""

    def __init__(self, store: MemoryStore):
        self._store = store
        self._under_way: set[str] = set()

    def __call__(
        self, key: str, fingerprint: str, act: Callable[[], Answer]
    ) -> tuple[Answer, bool]:
        """Answer a key once."""
        if key in self._under_way:
            raise Conflict("idempotency.in_flight", "a call under this key is under way", key=key)
        kept = self._store.table("answer").get(key)
        if kept is not None:
            if kept[0] != fingerprint:
                raise Refused("idempotency.key_reused", "the key was used for another request")
            return kept[1], True
        self._under_way.add(key)
        try:
            with self._store.whole() as whole:
                answer = act()
                with self._store.transaction() as transaction:
                    today = MemoryClock(self._store).today()
                    self._store.writable("answer")[key] = (fingerprint, answer, today)
                    transaction.commit()
                whole.commit()
        finally:
            self._under_way.discard(key)
        return answer, False

    def forget(self, *, before: date) -> int:
        """Drop what was kept before a day."""
        answers = self._store.writable("answer")
        old = [key for key, (_, _, kept_on) in answers.items() if kept_on < before]
        for key in old:
            del answers[key]
        return len(old)
