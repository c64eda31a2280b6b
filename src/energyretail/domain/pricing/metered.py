"""The energy of registers in a part of the billed period, divided by days where no reading is."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import attrs

from energyretail.domain.pricing.derivation import Derivation, Factor, exact, product
from energyretail.domain.pricing.usage import Quality, RegisterUse, Usage
from energyretail.domain.shared import Invalid, Period

__all__ = ["Metered", "metered"]


@attrs.frozen
class Metered:
    """Energy in kWh with the readings it comes from; `estimated` when one of them is."""

    derivation: Derivation
    estimated: bool

    @property
    def kwh(self) -> Fraction:
        """The energy, exact."""
        return exact(self.derivation)


def metered(usage: Usage, registers: Iterable[str], period: Period) -> Metered:
    """Return the energy of `registers` in `period`; a use that is cut is divided by its days.

    Raises Invalid ``pricing.usage_gap`` when a register was not measured on a day of `period`,
    ``pricing.usage_missing`` when there is no register at all.
    """
    uses = [pair for register in registers for pair in _within(usage, register, period)]
    if not uses:
        raise Invalid("pricing.usage_missing", "energy is to be billed but none is given")
    parts = [_share(use, overlap) for use, overlap in uses]
    whole = parts[0] if len(parts) == 1 else product("energy", (), (), parts)
    return Metered(whole, any(use.quality is Quality.ESTIMATED for use, _ in uses))


def _within(usage: Usage, register: str, period: Period) -> list[tuple[RegisterUse, Period]]:
    found, day = [], period.start
    for use in usage.of(register):
        overlap = use.period.meets(period)
        if overlap is not None and overlap.start == day:
            found.append((use, overlap))
            day = overlap.until
    if day != period.until:
        raise Invalid("pricing.usage_gap", "register was not measured", register=register, day=day)
    return found


def _share(use: RegisterUse, overlap: Period) -> Derivation:
    energy = Factor(f"energy {use.register}", use.energy.kwh, "kWh", "; ".join(use.readings))
    if overlap == use.period:
        return product(energy.name, [energy])
    days = Factor("days", overlap.days, "days")
    between = Factor("days between readings", use.period.days, "days")
    return product(f"energy {use.register} {overlap}", [energy, days], [between])
