"""Supply points of France: electricity by PRM, gas by PCE."""

from __future__ import annotations

from typing import ClassVar

import attrs

from energyretail.domain.shared.identifiers.values import Identifier, Rules

__all__ = ["Pce", "Prm"]


@attrs.frozen(order=True)
class Prm(Identifier):
    """An electricity supply point (PRM, once PDL): fourteen digits, no public check digit."""

    rules: ClassVar[Rules] = Rules(code="supply.prm", shape=r"[0-9]{14}", form="14 digits")


@attrs.frozen(order=True)
class Pce(Identifier):
    """A gas supply point: fourteen digits, or GI and six digits; no public check digit."""

    rules: ClassVar[Rules] = Rules(
        code="supply.pce", shape=r"[0-9]{14}|GI[0-9]{6}", form="14 digits, or GI and 6 digits"
    )
