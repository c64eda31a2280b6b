"""One thing the machine could not finish alone."""

from __future__ import annotations

from datetime import date

import attrs

__all__ = ["WorkItem"]


@attrs.frozen
class WorkItem:
    """Something parked for a person: never lost, never silent.

    (kind, key) is the natural key. `code` is the stable reason, `text` says it for people,
    `way_out` says what the person can do.
    """

    kind: str
    key: str
    code: str
    text: str
    way_out: str
    raised_on: date
