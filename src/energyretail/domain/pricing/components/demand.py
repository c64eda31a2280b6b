"""Measured demand: a price per kW or kVA of the highest power of each month."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import product as product_of

import attrs

from energyretail.domain.pricing.apportioning import Per
from energyretail.domain.pricing.circumstances import Circumstances
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_time import (
    OverTime,
    draft_over_time,
    month_starts,
)
from energyretail.domain.pricing.components.subscribed_power import in_unit
from energyretail.domain.pricing.dated import DatedPrice, cuts_of, in_force
from energyretail.domain.pricing.derivation import (
    Combine,
    Derivation,
    Factor,
    exact,
    given,
    product,
)
from energyretail.domain.pricing.faults import beside, both, refuse, together
from energyretail.domain.pricing.uses import IntervalUse
from energyretail.domain.shared import (
    Invalid,
    Period,
    PowerUnit,
    add_months,
    exact_product,
)

__all__ = ["Demand", "DemandBasis", "peak_missing", "peak_of"]


class DemandBasis(enum.Enum):
    """The peak of the month alone, or also those of the eleven months before."""

    MONTH = "month"
    ROLLING_12 = "rolling_12"


@attrs.frozen(kw_only=True)
class Demand(OverTime):
    """`price` x the billed power of the month: its peak, or `minimum` if that is more.

    Of `registers` (all that have a peak unless given) the highest counts. ROLLING_12 bills at
    least `ratchet_percent` of the highest known peak of the eleven months before.
    """

    price: tuple[DatedPrice, ...]
    unit: PowerUnit
    per: Per = Per.MONTH
    registers: tuple[str, ...] = ()
    basis: DemandBasis = DemandBasis.MONTH
    ratchet_percent: Decimal = Decimal(100)
    minimum: Decimal | None = None
    group: str = "power"

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """Its price."""
        return self.price

    def cuts(self, whole: Period, circumstances: Circumstances) -> Iterable[date]:
        """Return the changes of price and the first days of months."""
        return {*cuts_of(self.price), *month_starts(whole)}

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line a month; raises Invalid ``pricing.peak_missing``, ``power_unit``."""
        power = beside(
            lambda: self._billed(piece), lambda: in_force(self.price, piece.period.start)
        )
        return (
            draft_over_time(self, piece, self.price, label=self.label, power=power, unit=self.unit),
        )

    def _billed(self, piece: Piece) -> Derivation:
        month = piece.period.start.replace(day=1)
        rolling = self.basis is DemandBasis.ROLLING_12
        peak, before = both(
            lambda: self._peak(piece, month),
            lambda: self._ratchet(piece, month) if rolling else [],
        )
        parts = [peak, *before]
        if self.minimum is not None:
            parts.append(given("minimum", self.minimum, self.unit.value))
        if len(parts) == 1:
            return parts[0]
        return Derivation("billed power", parts=tuple(parts), combine=Combine.GREATEST)

    def _registers(self, piece: Piece) -> tuple[str, ...]:
        peaks = (peak.register for peak in piece.usage.peaks)
        return self.registers or tuple(dict.fromkeys((*peaks, *piece.usage.registers)))

    def _peak(self, piece: Piece, month: date) -> Derivation:
        registers = self._registers(piece)
        peaks = together(lambda name: peak_of(piece, name, month, self.unit), registers)
        known = zip(registers, peaks, strict=True)
        lacking = [name for name, peak in known if peak is None and name in self.registers]
        refuse(peak_missing(self.name, month, register=name) for name in lacking)
        found = [peak for peak in peaks if peak is not None]
        if not found:
            raise peak_missing(self.name, month)
        if len(found) == 1:
            return found[0]
        return Derivation("highest peak", parts=tuple(found), combine=Combine.GREATEST)

    def _ratchet(self, piece: Piece, month: date) -> list[Derivation]:
        wanted = product_of(range(1, 12), self._registers(piece))
        peaks = together(
            lambda each: peak_of(piece, each[1], add_months(month, -each[0]), self.unit), wanted
        )
        known = [peak for peak in peaks if peak is not None]
        if not known:
            return []
        highest = max(known, key=exact)
        ratchet = Factor("ratchet", self.ratchet_percent, "%")
        hundred = Factor("", 100, "%")
        return [product("highest of eleven months", [ratchet], [hundred], [highest])]


def peak_missing(component: str, month: date, **register: str) -> Invalid:
    """Return what is told of a month without a peak (``pricing.peak_missing``)."""
    return Invalid(
        "pricing.peak_missing",
        "no peak of the month is known",
        component=component,
        month=f"{month:%Y-%m}",
        **register,
    )


def peak_of(piece: Piece, register: str, month: date, unit: PowerUnit) -> Derivation | None:
    """Return the peak of a register in a month: as given, or its highest interval in kW.

    Raises Invalid ``pricing.power_unit``.
    """
    name = f"peak {register} {month:%Y-%m}"
    if (peak := piece.usage.peak(register, month)) is not None:
        of_unit = in_unit(peak, unit, register=register, month=f"{month:%Y-%m}")
        return given(name, of_unit.value, unit.value)
    span = Period(month, add_months(month, 1)).meets(piece.whole)
    if span is None or unit is not PowerUnit.KW:
        return None
    measured = [
        (use, part)
        for use in piece.usage.of(register)
        if isinstance(use, IntervalUse) and (part := use.period.meets(span)) is not None
    ]
    powers = [
        exact_product(value, Decimal(60 // use.minutes))
        for (use, _), values in zip(
            measured, together(lambda each: each[0].values(each[1]), measured), strict=True
        )
        for value in values
    ]
    return given(name, max(powers), unit.value, "highest interval") if powers else None
