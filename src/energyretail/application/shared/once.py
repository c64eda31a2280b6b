"""Something asked for under a caller's own key, done once and answered the same ever after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

import attrs

__all__ = ["Answer", "Once"]


@attrs.frozen
class Answer:
    """What a caller was told: an HTTP status, the bytes of the body, and what belongs to them.

    `headers` are those of the answer itself, such as where the thing made is found.
    """

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Once(Protocol):
    """Does what is asked under a key at most once, in one transaction with its answer."""

    def __call__(
        self, key: str, fingerprint: str, act: Callable[[], Answer]
    ) -> tuple[Answer, bool]:
        """Return the answer to `key`, and whether it was given before.

        A new key calls `act`: the transactions of its use cases become parts of one, which is
        committed with the answer or not at all. An error of `act` is raised and nothing is
        kept, for nothing was done. A key answered before gives the answer kept.

        Raises Refused ``idempotency.key_reused`` when the key stands with another
        `fingerprint` (the digest of what was asked), and Conflict ``idempotency.in_flight``
        while another call under the key is under way.
        """
        ...

    def forget(self, *, before: date) -> int:
        """Drop the answers kept before a business day; return how many there were."""
        ...
