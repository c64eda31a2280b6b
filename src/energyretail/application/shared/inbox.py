"""What came from outside, kept as it came."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import date
from typing import Protocol

import attrs

__all__ = ["Inbox", "Kept", "Received", "Settled"]


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


class Kept(enum.Enum):
    """What was done with an arrival: NEW is kept now, KNOWN was before.

    OTHER came with other bytes than those under its key, and was not kept.
    """

    NEW = "new"
    KNOWN = "known"
    OTHER = "other"


@attrs.frozen
class Settled:
    """What became of an arrival: processed, or parked when `code` says why it could not be."""

    source: str
    key: str
    code: str = ""
    text: str = ""


class Inbox(Protocol):
    """Keeps every arrival once, with its hash and the business day it came."""

    def keep(self, received: Received, *, on: date) -> bool:
        """Keep an arrival; False when the same bytes are there under the key already.

        Raises Conflict ``inbox.key_reused`` when the key is there with other bytes.
        """
        ...

    def keep_all(self, arrivals: Sequence[Received], *, on: date) -> tuple[Kept, ...]:
        """Keep many at once; tell of each, in the order given, what was done."""
        ...

    def settle(self, source: str, key: str, *, code: str = "", text: str = "") -> None:
        """Note that it was processed, or parked when `code` says why it could not be.

        Raises RuntimeError for what was never kept: that is our own mistake.
        """
        ...

    def settle_all(self, settled: Sequence[Settled]) -> None:
        """Note of many at once what became of them, each named once; raises as `settle` does."""
        ...
