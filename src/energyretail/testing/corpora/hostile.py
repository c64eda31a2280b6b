"""One hostile input: its bytes, and what it tries."""

from __future__ import annotations

import attrs

__all__ = ["Hostile"]


@attrs.frozen
class Hostile:
    """A case by `name`; `why` says what it does to a reader that trusts it.

    `code` is what a strict parser must answer (``xml.doctype``), empty where the bytes are well
    formed and it is for the schema, or the field, to refuse them.
    """

    name: str
    content: bytes = attrs.field(repr=False)
    why: str
    code: str = ""
