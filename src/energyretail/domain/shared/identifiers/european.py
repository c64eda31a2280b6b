"""Identifiers that several markets of Europe share."""

from __future__ import annotations

import re
from typing import ClassVar

import attrs

from energyretail.domain.shared.identifiers.check_digits import eic_character, gs1_digit
from energyretail.domain.shared.identifiers.values import (
    CheckPolicy,
    Identifier,
    Rules,
    without_blanks,
)

__all__ = ["Eic", "Gsrn"]


@attrs.frozen(order=True)
class Gsrn(Identifier):
    """A GS1 service relation number of eighteen digits: a metering point of NL, BE, DK or SE.

    A wrong check digit warns and never refuses: the Danish hub itself sends such numbers
    (579999993331812345 in Energinet's own sample), and what it means is that very point.
    """

    rules: ClassVar[Rules] = Rules(
        code="supply.gsrn",
        shape=r"[0-9]{18}",
        form="18 digits",
        policy=CheckPolicy.WARN,
        fits=lambda value: value[17] == gs1_digit(value[:17]),
        finds="any wrong digit",
    )

    @classmethod
    def of_digits(cls, digits: str) -> Gsrn:
        """Return the number of its first seventeen `digits`."""
        if not re.fullmatch(r"[0-9]{17}", digits):
            raise cls.rules.refusal("shape", "give seventeen digits", digits)
        return cls(digits + gs1_digit(digits))


@attrs.frozen(order=True)
class Eic(Identifier):
    """An energy identification code of ENTSO-E: a party, area, point, resource or line.

    Sixteen characters: two digits of the issuing office, a letter for the kind, twelve of its
    own, a check character. Hyphens are part of it; white space alone is dropped.
    """

    rules: ClassVar[Rules] = Rules(
        code="supply.eic",
        shape=r"[0-9A-Z-]{15}[0-9A-Z]",
        form="16 capitals, digits or hyphens, the last no hyphen",
        policy=CheckPolicy.REFUSE,
        fits=lambda value: value[15] == eic_character(value[:15]),
        check="check_character",
        finds="any wrong character",
    )

    value: str = attrs.field(converter=without_blanks, validator=Identifier._require)

    @classmethod
    def of_stem(cls, stem: str) -> Eic:
        """Return the code of its first fifteen characters.

        Raises Invalid ``supply.eic.shape`` where the check character would be a hyphen: no such
        code is issued.
        """
        if not re.fullmatch(r"[0-9A-Z-]{15}", stem):
            raise cls.rules.refusal("shape", "give fifteen characters", stem)
        return cls(stem + eic_character(stem))
