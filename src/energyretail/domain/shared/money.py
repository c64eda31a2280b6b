"""Exact amounts of money in one currency."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

import attrs

from energyretail.domain.shared.decimals import (
    decimal_of,
    exact_difference,
    exact_product,
    exact_sum,
)
from energyretail.domain.shared.errors import Invalid
from energyretail.domain.shared.rounding import Rounding

__all__ = ["Money"]


def _currency(value: str) -> str:
    if len(value) != 3 or not (value.isascii() and value.isalpha() and value.isupper()):
        raise Invalid("money.currency", "currency is three capital letters", currency=value)
    return value


@attrs.frozen(order=False)
class Money:
    """An exact amount; negative means owed by us (credit).

    Arithmetic is exact and refuses to mix currencies. Nothing rounds but `rounded`.
    """

    amount: Decimal = attrs.field(converter=decimal_of)
    currency: str = attrs.field(converter=_currency)

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Return nothing, in `currency`."""
        return cls(Decimal(0), currency)

    @classmethod
    def of_cents(cls, cents: int, currency: str) -> Money:
        """Return `cents` hundredths of the currency unit."""
        return cls(Decimal(cents).scaleb(-2), currency)

    @classmethod
    def total(cls, amounts: Iterable[Money], currency: str) -> Money:
        """Add up `amounts`, all of which must be in `currency`; nothing adds up to zero."""
        return sum(amounts, start=cls.zero(currency))

    @property
    def cents(self) -> int:
        """The amount in hundredths; raises Invalid when a fraction of a cent would be lost."""
        scaled = self.amount.scaleb(2)
        if scaled != int(scaled):
            raise Invalid("money.not_whole_cents", "amount has fractions of a cent", amount=self)
        return int(scaled)

    def rounded(self, rounding: Rounding) -> Money:
        """Return the amount rounded once by `rounding`."""
        return Money(rounding.apply(self.amount), self.currency)

    def distribute(self, parts: int) -> tuple[Money, ...]:
        """Split whole cents into `parts` that differ by at most one cent and sum exactly.

        The larger parts come first. Raises Invalid for fewer than one part.
        """
        if parts < 1:
            raise Invalid("money.parts", "distribute over at least one part", parts=parts)
        each, rest = divmod(self.cents, parts)
        return tuple(Money.of_cents(each + (i < rest), self.currency) for i in range(parts))

    def __add__(self, other: Money) -> Money:
        return Money(exact_sum(self.amount, self._same(other).amount), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(exact_difference(self.amount, self._same(other).amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(exact_product(self.amount, decimal_of(factor)), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount < self._same(other).amount

    def __le__(self, other: Money) -> bool:
        return self.amount <= self._same(other).amount

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount:f} {self.currency}"

    def _same(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise Invalid(
                "money.currency_mix", "two currencies", left=self.currency, right=other.currency
            )
        return other
