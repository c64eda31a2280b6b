"""Supply points of Australia."""

from __future__ import annotations

from typing import ClassVar, Self

import attrs

from energyretail.domain.shared.identifiers.check_digits import nmi_digit
from energyretail.domain.shared.identifiers.values import CheckPolicy, Identifier, Rules, compact

__all__ = ["Nmi"]


@attrs.frozen(order=True)
class Nmi(Identifier):
    """A national metering identifier: ten characters (AEMO NMI Procedure).

    Its checksum is no part of it; one that is written behind it is checked by `parse`.
    """

    rules: ClassVar[Rules] = Rules(
        code="supply.nmi",
        shape=r"[0-9A-Z]{10}",
        form="10 letters or digits, and a checksum digit or none",
        policy=CheckPolicy.REFUSE,
        finds="most wrong characters, if the checksum is written",
    )

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the NMI in `text`, with or without its checksum.

        Raises Invalid ``supply.nmi.shape``, or ``supply.nmi.check_digit`` for a wrong checksum.
        """
        value = compact(text)
        if len(value) != 11:
            return cls(value)
        nmi = cls(value[:10])
        if value[10] not in "0123456789":
            raise cls.rules.wrong_shape(value)
        if value[10] != nmi.checksum:
            raise cls.rules.wrong_check(value)
        return nmi

    @property
    def checksum(self) -> str:
        """The digit that may be written behind it."""
        return nmi_digit(self.value)

    @property
    def with_checksum(self) -> str:
        """The eleven characters of forms and bills."""
        return self.value + self.checksum
