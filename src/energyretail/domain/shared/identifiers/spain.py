"""Supply points of Spain."""

from __future__ import annotations

import re
from typing import ClassVar, Final

import attrs

from energyretail.domain.shared.identifiers.check_digits import cups_letters
from energyretail.domain.shared.identifiers.values import CheckPolicy, Identifier, Rules, compact

__all__ = ["Cups"]

_POINT_LENGTH: Final = 20


def _point(value: str) -> str:
    return value[:_POINT_LENGTH]


@attrs.frozen(order=True)
class Cups(Identifier):
    """A Spanish supply point: ES, 16 digits, two check letters, and an optional point (0F).

    The check letters are n mod 529 over the sixteen digits; a wrong one is refused
    (RD 1110/2007; REE procedure for CUPS).

    The first twenty characters name the supply point; the last two name a meter or a frontier
    of it, and are left out as often as not. So two spellings of one point are equal and
    sort as one, whoever wrote them, and no table of points can hold it twice; `value` keeps
    the spelling, for the partner who asks for it. Compare `point` where texts are compared.
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

    value: str = attrs.field(
        converter=compact, validator=Identifier._require, eq=_point, order=_point
    )

    @property
    def point(self) -> str:
        """The twenty characters that name the supply point in every spelling."""
        return _point(self.value)

    @classmethod
    def of_digits(cls, digits: str, point: str = "0F") -> Cups:
        """Return the CUPS of sixteen `digits` with its check letters worked out."""
        if not re.fullmatch(r"[0-9]{16}", digits):
            raise cls.rules.refusal("shape", "give sixteen digits", digits)
        return cls(f"ES{digits}{cups_letters(digits)}{point}")
