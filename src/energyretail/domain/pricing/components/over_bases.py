"""What is computed on the lines of other components."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from decimal import Decimal

import attrs

from energyretail.domain.pricing.apportioning import Apportioning, Per, Proration
from energyretail.domain.pricing.components.component import Component, Draft, Piece
from energyretail.domain.pricing.derivation import Derivation, given, product
from energyretail.domain.shared import Invalid, Period

__all__ = ["AmountPer", "OverBases", "lines_of", "some_bases", "sum_of"]


class AmountPer(enum.Enum):
    """What an amount is for: the bill as it is, or a span of time pro rata."""

    BILL = "bill"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


def some_bases(component: object, _: object, bases: tuple[str, ...]) -> None:
    """Refuse what is computed on nothing (Invalid ``pricing.base_missing``)."""
    if not bases:
        name = getattr(component, "name", "")
        raise Invalid("pricing.base_missing", "it needs a base", name=name)


@attrs.frozen(kw_only=True)
class OverBases(Component):
    """An amount held against the lines of `bases`, on the whole bill or piece by piece.

    Raises Invalid ``pricing.base_missing``.
    """

    bases: tuple[str, ...] = attrs.field(validator=some_bases)
    per: AmountPer = AmountPer.BILL
    apportioning: Apportioning | None = None
    anchor_day: int = 1

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Its bases."""
        return self.bases

    def part(self, piece: Piece) -> Period | None:
        """Return the days it is for: the piece, or once, on its last piece, all it is charged."""
        if self.per is not AmountPer.BILL:
            return piece.period
        span = self.span(piece.whole, piece.circumstances)
        return span if span is not None and piece.period.until == span.until else None

    def lines(self, piece: Piece) -> tuple[Draft, ...]:
        """Return the lines so far that it looks at: of the piece, or of the whole bill."""
        return (*piece.before, *piece.drafts) if self.per is AmountPer.BILL else piece.drafts

    def worth(self, amount: Decimal, piece: Piece, part: Period) -> Derivation:
        """Return an amount, as it is for a bill, else times the share of the part."""
        whole = given("amount", amount, piece.currency)
        if self.per is AmountPer.BILL:
            return whole
        policy = self.apportioning or piece.apportioning
        proration = Proration(Per(self.per.value), policy, self.anchor_day)
        return proration.times("amount", whole, part, None)

    def line(self, piece: Piece, part: Period, amount: Derivation, *, estimated: bool) -> Draft:
        """Return its line."""
        return Draft(
            component=self.name,
            label=self.label,
            group=self.group,
            tax_code=self.tax_code,
            period=part,
            quantity=Decimal(1),
            unit="",
            price=amount,
            price_unit=piece.currency,
            estimated=estimated,
            derivation=amount,
            tax_day=piece.period.start,
        )


def lines_of(names: Iterable[str], drafts: Iterable[Draft]) -> tuple[Draft, ...]:
    """Return the lines of the named components."""
    wanted = frozenset(names)
    return tuple(draft for draft in drafts if draft.component in wanted)


def sum_of(name: str, lines: Iterable[Draft], piece: Piece) -> Derivation:
    """Return the sum of lines, each as shown where every line is rounded; no line is zero."""
    parts = [piece.shown(line) for line in lines]
    return product(name, (), (), parts) if parts else given(name, 0, piece.currency)
