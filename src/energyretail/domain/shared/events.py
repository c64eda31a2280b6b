"""What happened: small, frozen, named facts."""

from __future__ import annotations

from typing import ClassVar

import attrs

__all__ = ["Event"]


@attrs.frozen
class Event:
    """The base of every event; subclasses set `name` (``billing.invoice.issued``) and carry facts.

    An event carries business keys and facts, never an aggregate. `version` grows when a
    field changes its meaning.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
