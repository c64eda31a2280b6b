"""What came from outside, kept as it came."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import attrs

__all__ = ["Inbox", "Received"]


@attrs.frozen
class Received:
    """A message or file of a partner: raw bytes under its natural key.

    `source` is ``registry``, ``operator`` or ``bank``; `schema` names the format and version,
    empty when it could not be told.
    """

    source: str
    key: str
    raw: bytes
    schema: str = ""


class Inbox(Protocol):
    """Keeps every arrival once, with its hash and the business day it came."""

    def keep(self, received: Received, *, on: date) -> bool:
        """Keep an arrival; False when the same bytes are there under the key already.

        Raises Conflict ``inbox.key_reused`` when the key is there with other bytes.
        """
        ...

    def settle(self, source: str, key: str, *, code: str = "", text: str = "") -> None:
        """Note that it was processed, or parked when `code` says why it could not be.

        Raises RuntimeError for what was never kept: that is our own mistake.
        """
        ...
