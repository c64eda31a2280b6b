"""Places of the German market: where energy is bought (MaLo), where it is measured (MeLo)."""

from __future__ import annotations

import re
from typing import ClassVar

import attrs

from energyretail.domain.shared.identifiers.check_digits import malo_digit
from energyretail.domain.shared.identifiers.values import CheckPolicy, Identifier, Rules

__all__ = ["Malo", "Melo"]


@attrs.frozen(order=True)
class Malo(Identifier):
    """A market location: eleven digits, the first 1 to 3 by DVGW, 4 to 9 by BDEW.

    The last one is a check digit (BDEW Anwendungshilfe, 28 April 2017); a wrong one is refused.
    """

    rules: ClassVar[Rules] = Rules(
        code="supply.malo",
        shape=r"[1-9][0-9]{10}",
        form="11 digits, the first not 0",
        policy=CheckPolicy.REFUSE,
        fits=lambda value: value[10] == malo_digit(value[:10]),
        finds="a wrong digit, unless it stands at an even place and is 5 off",
    )

    @classmethod
    def of_digits(cls, digits: str) -> Malo:
        """Return the market location of its first ten `digits`."""
        if not re.fullmatch(r"[1-9][0-9]{9}", digits):
            raise cls.rules.refusal("shape", "give ten digits, the first not 0", digits)
        return cls(digits + malo_digit(digits))


@attrs.frozen(order=True)
class Melo(Identifier):
    """A metering location: DE, 6 digits of the operator, 5 of the postcode, 20 characters."""

    rules: ClassVar[Rules] = Rules(
        code="supply.melo",
        shape=r"DE[0-9]{11}[0-9A-Z]{20}",
        form="DE, 11 digits, 20 letters or digits",
    )
