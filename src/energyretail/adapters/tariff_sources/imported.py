"""What an importer hands back: tariff documents, what it refused, and what it has to say."""

from __future__ import annotations

from typing import Any

import attrs

__all__ = ["Document", "Imported", "Note"]

Document = dict[str, Any]
"""A tariff as the JSON of the tariff format: decimals are strings, never floats."""


@attrs.frozen
class Note:
    """One remark on a source: `place` is the file and, if it has some, the line or field."""

    place: str
    code: str
    text: str


@attrs.frozen
class Imported:
    """The tariffs of a source in its order.

    `refused` is what should have become part of a tariff and could not; `remarks` are what the
    source leaves open, or holds beside tariffs. Nothing of a source is dropped in silence.
    """

    tariffs: tuple[Document, ...]
    refused: tuple[Note, ...] = ()
    remarks: tuple[Note, ...] = ()
