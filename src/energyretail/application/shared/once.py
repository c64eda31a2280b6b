"""Something asked for under a caller's own key, done once and answered the same ever after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Protocol

import attrs

__all__ = ["Answer", "Once"]


@attrs.frozen
class Answer:
    """What a caller was told: an HTTP status, the media type and the bytes of the body.

    `headers` are those that belong to the answer itself, such as a Location.
    """

    status: int
    media_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


class Once(Protocol):
    """Does what is asked under a key at most once, in one transaction with its answer."""

    def __call__(
        self, key: str, fingerprint: str, act: Callable[[], Answer], *, on: date
    ) -> tuple[Answer, bool]:
        """Return the answer to `key`, and whether it was given before.

        A new key: calls `act`, whose use cases all take part in one transaction, and commits
        what they did with the answer, or neither. An error of `act` is raised and nothing is
        kept: nothing was done. A key answered before: returns the answer kept, calls nothing.

        Raises Refused ``idempotency.key_reused`` when the key stands with another
        `fingerprint` (the digest of who asked for what), and Conflict
        ``idempotency.in_flight`` while another call under the key is under way.
        `on` is the business day it is kept under.
        """
        ...

    def forget(self, *, before: date) -> int:
        """Drop the answers kept before a business day; return how many; in a transaction."""
        ...
