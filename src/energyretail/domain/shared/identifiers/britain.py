"""Supply points of Great Britain: electricity by MPAN, gas by MPRN."""

from __future__ import annotations

import re
from typing import ClassVar, Final, Self

import attrs

from energyretail.domain.shared.identifiers.check_digits import mpan_digit, mprn_digits
from energyretail.domain.shared.identifiers.values import CheckPolicy, Identifier, Rules, compact

__all__ = ["Mpan", "Mprn"]

# Profile class and meter time switch are digits; the line loss factor may have letters.
_SUPPLY_NUMBER: Final = re.compile(r"S?[0-9]{5}[0-9A-Z]{3}([0-9]{13})")


@attrs.frozen(order=True)
class Mpan(Identifier):
    """The core of an MPAN: thirteen digits, the last one a check digit."""

    rules: ClassVar[Rules] = Rules(
        code="supply.mpan",
        shape=r"[0-9]{13}",
        form="13 digits",
        policy=CheckPolicy.REFUSE,
        fits=lambda value: value[12] == mpan_digit(value[:12]),
        finds="a wrong digit, unless the rest by 11 goes from 0 to 10 or back",
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the core of `text`, that or the full S number of 21 digits of a bill.

        The top line (profile class, meter time switch, line loss factor) changes in the life
        of a supply point and is no part of its identity: it is dropped.
        """
        full = _SUPPLY_NUMBER.fullmatch(compact(text))
        return cls(full[1] if full else text)

    @classmethod
    def of_digits(cls, digits: str) -> Mpan:
        """Return the MPAN core of its first twelve `digits`."""
        if not re.fullmatch(r"[0-9]{12}", digits):
            raise cls.rules.refusal("shape", "give twelve digits", digits)
        return cls(digits + mpan_digit(digits))


@attrs.frozen(order=True)
class Mprn(Identifier):
    """A gas supply point: six to ten digits, the last two check digits.

    A wrong one warns: the rule is published in no code we could read.
    """

    rules: ClassVar[Rules] = Rules(
        code="supply.mprn",
        shape=r"[0-9]{6,10}",
        form="6 to 10 digits",
        policy=CheckPolicy.WARN,
        fits=lambda value: value[-2:] == mprn_digits(value[:-2]),
        check="check_digits",
        finds="any wrong digit",
    )

    @classmethod
    def of_digits(cls, digits: str) -> Mprn:
        """Return the MPRN that begins with these four to eight `digits`."""
        if not re.fullmatch(r"[0-9]{4,8}", digits):
            raise cls.rules.refusal("shape", "give four to eight digits", digits)
        return cls(digits + mprn_digits(digits))
