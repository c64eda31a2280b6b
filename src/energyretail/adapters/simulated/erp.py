"""When a simulated ERP fails, as a pure function of (seed, operation, key, attempt)."""

from __future__ import annotations

import enum

import attrs

from energyretail.adapters.simulated.chance import Chance
from energyretail.domain.shared import Invalid

__all__ = ["ErpMishap", "ErpMishaps"]


class ErpMishap(enum.Enum):
    """What goes wrong with one call."""

    SILENCE = "silence"
    """The ERP acts, and no answer ever comes."""
    UNHEARD = "unheard"
    """The ERP does nothing, and no answer ever comes."""
    CUT = "cut"
    """The ERP acts, and the answer breaks off half way."""
    BREAKDOWN = "breakdown"
    """The ERP acts, and answers a fault that does not say so."""
    UNAVAILABLE = "unavailable"
    """The ERP does nothing, and says that it did nothing."""


@attrs.frozen
class ErpMishaps:
    """A mishap that meets `per_thousand` of the keys of `operations`, at the first attempt only."""

    chance: Chance
    mishap: ErpMishap
    per_thousand: int = attrs.field()
    operations: frozenset[str] = frozenset({"PostEntry"})

    @per_thousand.validator
    def _at_most_all(self, _: object, value: int) -> None:
        if not 0 <= value <= 1000:
            raise Invalid("simulated.per_thousand", "give 0 to 1000", per_thousand=value)

    def meeting(self, operation: str, key: str, *, attempt: int) -> ErpMishap | None:
        """Return what meets the `attempt`-th call (from 1) of `operation` for `key`."""
        if attempt > 1 or operation not in self.operations:
            return None
        hit = self.chance.happens(self.per_thousand, "erp", operation, key)
        return self.mishap if hit else None
