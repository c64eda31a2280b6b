"""A discount on named components: a percentage or an amount, for some months, within a budget."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

import attrs

from energyretail.domain.pricing.circumstances import Circumstances, Counter, DiscountGiven
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_bases import (
    OverBases,
    lines_of,
    sum_of,
)
from energyretail.domain.pricing.dated import DatedPrice, cuts_of, factor_on
from energyretail.domain.pricing.derivation import (
    Combine,
    Derivation,
    Factor,
    exact,
    given,
    product,
    round_exactly,
)
from energyretail.domain.pricing.faults import refuse
from energyretail.domain.shared import (
    Invalid,
    Period,
    Rounding,
    RoundingMode,
    add_months,
    exact_difference,
)

__all__ = ["Discount"]

_GIVEN = Rounding(RoundingMode.HALF_UP, 12)


@attrs.frozen(kw_only=True)
class Discount(OverBases):
    """`percent` of the lines of `bases` in each piece, or an `amount` per bill or span.

    Only in the first `months` of the contract and within `budget` where they are given, and never
    more than the bases come to, less what discounts before it took of any of them.

    Raises Invalid ``pricing.discount_kind`` (percent or amount), ``pricing.amount_negative``,
    ``pricing.months`` (months are one or more).
    """

    percent: DatedPrice | None = None
    amount: Decimal | None = None
    months: int | None = None
    budget: Decimal | None = None
    group: str = "discount"

    def __attrs_post_init__(self) -> None:
        refuse(self._contradictions())

    def _contradictions(self) -> Iterator[Invalid]:
        if (self.percent is None) == (self.amount is None):
            yield Invalid("pricing.discount_kind", "percent or amount, not both", name=self.name)
        if any(each is not None and each < 0 for each in (self.amount, self.budget)):
            yield Invalid("pricing.amount_negative", "an amount is positive", name=self.name)
        if self.months is not None and self.months < 1:
            yield Invalid("pricing.months", "months are one or more", name=self.name)

    @property
    def compiles(self) -> bool:
        """Unless it hands on what it gave."""
        return self.budget is None

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """Its percentage."""
        return () if self.percent is None else (self.percent,)

    def cuts(self, whole: Period, circumstances: Circumstances) -> Iterable[date]:
        """Return the changes of the percentage, and the day after the free months."""
        months = self._months(circumstances)
        return cuts_of(self.prices) | {d for p in months for d in (p.start, p.until)}

    def span(self, whole: Period, circumstances: Circumstances) -> Period | None:
        """Return the days of the bill that are valid and in its months."""
        span = whole.meets(self.valid)
        for months in self._months(circumstances):
            span = span.meets(months) if span is not None else None
        return span

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return one line, or none where nothing is taken off."""
        part = piece.period if self.percent else self.part(piece)
        if part is None:
            return ()
        drafts = piece.drafts if self.percent else self.lines(piece)
        lines = lines_of(self.bases, drafts)
        wanted = self._wanted(piece, part, sum_of("bases", lines, piece))
        caps = [self._left(piece, lines, drafts), *self._budget(piece)]
        nothing = given("nothing", 0, piece.currency)
        if any(piece.at_least(nothing, each) for each in (wanted, *caps)):
            return ()
        if not all(piece.at_least(cap, wanted) for cap in caps):
            wanted = Derivation("at most", parts=(wanted, *caps), combine=Combine.LEAST)
        minus = product(self.label, [Factor("taken off", -1, "")], parts=[wanted])
        line = self.line(piece, part, minus, estimated=any(x.estimated for x in lines))
        return (attrs.evolve(line, reduces=self.bases),)

    def carry(self, piece: Piece) -> tuple[DiscountGiven, ...]:
        """Return what it gave so far, where it has a budget."""
        if self.budget is None:
            return ()
        given_now = -self._sum(piece, self._mine(piece))
        total = given_now + Fraction(piece.circumstances.carried_over.given(self.name))
        return (DiscountGiven(self.name, round_exactly(total, _GIVEN)),)

    def hands_on(self, carried: Counter | DiscountGiven) -> bool:
        """Carry what it gave, where it has a budget."""
        return isinstance(carried, DiscountGiven) and self.budget is not None

    def _wanted(self, piece: Piece, part: Period, base: Derivation) -> Derivation:
        if self.percent is None:
            assert self.amount is not None
            return self.worth(self.amount, piece, part)
        rate = factor_on(self.percent, piece.period.start, "%")
        return product("discount", [rate], [Factor("", 100, "%")], [base])

    def _left(
        self, piece: Piece, lines: tuple[Draft, ...], drafts: tuple[Draft, ...]
    ) -> Derivation:
        taken = [
            draft
            for draft in drafts
            if set(draft.reduces) & set(self.bases) and draft.component not in self.bases
        ]
        return sum_of("left of the bases", (*lines, *taken), piece)

    def _budget(self, piece: Piece) -> Iterable[Derivation]:
        if self.budget is None:
            return ()
        earlier = piece.circumstances.carried_over.given(self.name)
        left = given("budget left", exact_difference(self.budget, earlier), piece.currency)
        given_now = sum_of("given", self._mine(piece), piece)
        return (product("budget left", (), (), (left, given_now)),)

    def _mine(self, piece: Piece) -> tuple[Draft, ...]:
        return lines_of((self.name,), (*piece.before, *piece.drafts))

    def _sum(self, piece: Piece, lines: tuple[Draft, ...]) -> Fraction:
        return sum((exact(piece.shown(line)) for line in lines), start=Fraction(0))

    def _months(self, circumstances: Circumstances) -> tuple[Period, ...]:
        if self.months is None:
            return ()
        since = circumstances.since_known(self.name)
        return (Period(since, add_months(since, self.months)),)
