"""Supply points of Spain."""

from __future__ import annotations

import re
from typing import ClassVar

import attrs

from energyretail.domain.shared.identifiers.check_digits import cups_letters
from energyretail.domain.shared.identifiers.values import CheckPolicy, Identifier, Rules

__all__ = ["Cups"]


@attrs.frozen(order=True)
class Cups(Identifier):
    """A Spanish supply point: ES, 16 digits, two check letters, and an optional point (0F).

    The check letters are n mod 529 over the sixteen digits; a wrong one is refused
    (RD 1110/2007; REE procedure for CUPS).
    """

    rules: ClassVar[Rules] = Rules(
        code="supply.cups",
        shape=r"ES[0-9]{16}[A-Z]{2}([0-9][FPCRXYZ])?",
        form="ES, 16 digits, 2 letters, and a point such as 0F or none",
        policy=CheckPolicy.REFUSE,
        fits=lambda value: value[18:20] == cups_letters(value[2:18]),
        check="check_letters",
        finds="any wrong digit or letter, but in the point",
    )

    @classmethod
    def of_digits(cls, digits: str, point: str = "0F") -> Cups:
        """Return the CUPS of sixteen `digits` with its check letters worked out."""
        if not re.fullmatch(r"[0-9]{16}", digits):
            raise cls.rules.refusal("shape", "give sixteen digits", digits)
        return cls(f"ES{digits}{cups_letters(digits)}{point}")
