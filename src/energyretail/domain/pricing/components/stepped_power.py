"""Subscribed power whose price falls or rises with what each register adds to the one before."""

from __future__ import annotations

import attrs

from energyretail.domain.pricing.apportioning import Per
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_time import OverTime, draft_over_time
from energyretail.domain.pricing.components.subscribed_power import power_of
from energyretail.domain.pricing.dated import DatedPrice, in_force
from energyretail.domain.pricing.derivation import Derivation, Factor, exact, product
from energyretail.domain.pricing.faults import beside, together
from energyretail.domain.shared import Invalid, PowerUnit

__all__ = ["SteppedPower"]


@attrs.frozen(kw_only=True)
class SteppedPower(OverTime):
    """b1·P1 + Σ bi·(Pi − Pi−1) over `steps`, as France prices powers above 36 kVA.

    CRE 2025-40 (TURPE 7): the powers of the registers must not fall from step to step.
    """

    steps: tuple[tuple[str, tuple[DatedPrice, ...]], ...]
    unit: PowerUnit
    per: Per = Per.YEAR
    group: str = "power"

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The prices of all steps."""
        return tuple(price for _, prices in self.steps for price in prices)

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line a register.

        Raises Invalid ``pricing.power_missing``, ``power_unit``, ``power_order`` (powers fall).
        """
        powers = beside(
            lambda: together(lambda step: power_of(piece, step[0], self.unit), self.steps),
            lambda: in_force(self.prices, piece.period.start),
        )
        steps = zip(self.steps, powers, (None, *powers), strict=False)
        return together(lambda step: self._line(piece, *step), steps)

    def _line(
        self,
        piece: Piece,
        step: tuple[str, tuple[DatedPrice, ...]],
        power: Derivation,
        before: Derivation | None,
    ) -> Draft:
        register, prices = step
        if before is not None:
            less = product("power before", [Factor("power before", -1, "")], parts=[before])
            power = product("power added", (), (), (power, less))
        if exact(power) < 0:
            raise Invalid(
                "pricing.power_order", "powers must not fall", component=self.name, at=register
            )
        label = f"{self.label} {register}".rstrip()
        return draft_over_time(self, piece, prices, label=label, power=power, unit=self.unit)
