"""What happens to readings."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

import attrs

from energyretail.domain.shared import Event

__all__ = ["ReadingReplaced"]


@attrs.frozen
class ReadingReplaced(Event):
    """Current readings of `registers` at a supply point on a day were superseded.

    What was billed up to or from that day may have to be corrected.
    """

    name: ClassVar[str] = "metering.reading.replaced"
    cups: str
    taken_on: date
    registers: tuple[str, ...]
