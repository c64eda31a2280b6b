"""Supply points of Italy: electricity by POD, gas by PDR."""

from __future__ import annotations

from typing import ClassVar

import attrs

from energyretail.domain.shared.identifiers.values import Identifier, Rules

__all__ = ["Pdr", "Pod"]


@attrs.frozen(order=True)
class Pod(Identifier):
    """An electricity supply point: IT, 3 digits of the operator, E, 8 digits.

    A fifteenth control character may follow; its rule is not public, so it is kept unchecked.
    """

    rules: ClassVar[Rules] = Rules(
        code="supply.pod",
        shape=r"IT[0-9]{3}E[0-9]{8}[0-9A-Z]?",
        form="IT, 3 digits, E, 8 digits, and a control character or none",
    )


@attrs.frozen(order=True)
class Pdr(Identifier):
    """A gas supply point: fourteen digits, no public check digit."""

    rules: ClassVar[Rules] = Rules(code="supply.pdr", shape=r"[0-9]{14}", form="14 digits")
