"""Prices by blocks of energy: graduated or by volume, per bill, per span of time, or per year."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import pairwise

import attrs

from energyretail.domain.pricing.apportioning import Apportioning, Per, Proration
from energyretail.domain.pricing.circumstances import Circumstances, Counter, DiscountGiven
from energyretail.domain.pricing.components.component import Draft, Piece
from energyretail.domain.pricing.components.over_energy import OverEnergy, draft_over_energy
from energyretail.domain.pricing.dated import DatedPrice, cuts_of
from energyretail.domain.pricing.derivation import (
    Derivation,
    Factor,
    exact,
    given,
    multiply,
    product,
    round_exactly,
)
from energyretail.domain.pricing.faults import refuse
from energyretail.domain.pricing.metered import Metered
from energyretail.domain.shared import Invalid, Period, Rounding, RoundingMode, add_months

__all__ = ["Block", "BlockMethod", "Blocks", "CountedOver"]


class BlockMethod(enum.Enum):
    """Each part of the energy at its block's price, or all of it at that of the block reached."""

    GRADUATED = "graduated"
    VOLUME = "volume"


class CountedOver(enum.Enum):
    """Which energy fills the blocks: that of a bill, of a span pro rata, or of a year of bills."""

    BILL = "bill"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    TAX_YEAR = "tax_year"
    CONTRACT_YEAR = "contract_year"


_YEARS = frozenset({CountedOver.TAX_YEAR, CountedOver.CONTRACT_YEAR})
_NOTHING = given("energy", 0, "kWh")
_COUNTER = Rounding(RoundingMode.HALF_UP, 12)


@attrs.frozen
class Block:
    """The energy up to `up_to` kWh, counted from nothing, at the sum of `price`; None is no end."""

    price: tuple[DatedPrice, ...]
    up_to: Decimal | None = None


@attrs.frozen(kw_only=True)
class Blocks(OverEnergy):
    """Prices by block of energy, filled in order of time.

    `year_starts` is the (month, day) on which a tax year begins. Counters go on from bill to bill,
    to twelve places. Raises Invalid ``pricing.blocks_open`` (the last block alone has no end),
    ``pricing.blocks_order`` (thresholds rise from more than zero).
    """

    steps: tuple[Block, ...] = attrs.field()
    method: BlockMethod = BlockMethod.GRADUATED
    counted_over: CountedOver = CountedOver.BILL
    apportioning: Apportioning | None = None
    anchor_day: int = 1
    year_starts: tuple[int, int] = (1, 1)
    group: str = "energy"

    @steps.validator
    def _rising(self, _: object, steps: tuple[Block, ...]) -> None:
        refuse(self._disorder([block.up_to for block in steps]))

    def _disorder(self, ends: list[Decimal | None]) -> Iterator[Invalid]:
        if not ends or ends[-1] is not None or None in ends[:-1]:
            yield Invalid(
                "pricing.blocks_open", "the last block alone has no end", component=self.name
            )
        bounds = [Decimal(0), *(end for end in ends if end is not None)]
        if any(low >= high for low, high in pairwise(bounds)):
            yield Invalid("pricing.blocks_order", "thresholds rise", component=self.name)

    @property
    def compiles(self) -> bool:
        """Unless it hands a counter on to the next bill."""
        return self.counted_over not in _YEARS

    @property
    def prices(self) -> tuple[DatedPrice, ...]:
        """The prices of all blocks."""
        return tuple(price for block in self.steps for price in block.price)

    def cuts(self, whole: Period, circumstances: Circumstances) -> Iterable[date]:
        """Return the changes of price, and the first days of its years."""
        found = set(cuts_of(self.prices))
        if self.counted_over in _YEARS:
            found |= {day for day, _ in self._years(whole, circumstances)}
        return found

    def draft(self, piece: Piece) -> tuple[Draft, ...]:
        """Return a line a block the energy of the piece falls into.

        Raises Invalid ``pricing.usage_gap``, ``pricing.since_missing``.
        """
        if self.method is BlockMethod.VOLUME:
            return (self._by_volume(piece),)
        use = self.energy(piece)
        before = self._counted(piece, piece.period.start)
        used = piece.differ(use.derivation, _NOTHING)
        after = _added("counted after", before, use.derivation) if used else before
        found = list(self._filled(piece, before, after))
        return tuple(
            self._line(piece, number, attrs.evolve(use, derivation=self._part(use, part, found)))
            for number, part in found
        )

    def carry(self, piece: Piece) -> tuple[Counter, ...]:
        """Return its counter at the end of the bill."""
        charged = self.span(piece.whole, piece.circumstances)
        if self.counted_over not in _YEARS or charged is None:
            return ()
        last = attrs.evolve(
            piece, period=charged.split(self.cuts(charged, piece.circumstances))[-1]
        )
        since, _ = self._year(last)
        total = exact(self._counted(last, last.period.until))
        return (Counter(self.name, since, _plain(round_exactly(total, _COUNTER))),)

    def hands_on(self, carried: Counter | DiscountGiven) -> bool:
        """Carry its counter, where it counts over years."""
        return isinstance(carried, Counter) and self.counted_over in _YEARS

    def begins_year(self, day: date, circumstances: Circumstances) -> bool:
        """Begin on the day of the tax year, or each year from the first day of the contract."""
        by_tax = self.counted_over is CountedOver.TAX_YEAR
        first = date(2000, *self.year_starts) if by_tax else circumstances.since
        if first is None:  # it is refused for that
            return True
        begins = add_months(first, 12 * (day.year - first.year)) == day
        return begins and (by_tax or day >= first)

    def _filled(
        self, piece: Piece, before: Derivation, after: Derivation
    ) -> Iterator[tuple[int, Derivation]]:
        """Yield the number of each block that the energy meets, with its energy in it."""
        met = False
        bounds = [None, *(self._end(piece, block) for block in self.steps)]
        for number, (low, high) in enumerate(pairwise(bounds)):
            begin = _clamped(piece, before, low, high)
            end = _clamped(piece, after, low, high)
            if piece.differ(begin, end):
                met = True
                yield number, _less(piece, f"energy in block {number + 1}", end, begin)
        if not met:
            yield self._reached(piece, before), _NOTHING

    def _part(
        self, use: Metered, part: Derivation, found: list[tuple[int, Derivation]]
    ) -> Derivation:
        # All of it in one block: the readings say more than a difference of counters.
        return use.derivation if len(found) == 1 else part

    def _line(self, piece: Piece, number: int, use: Metered) -> Draft:
        label = f"{self.label} {number + 1}" if len(self.steps) > 1 else self.label
        return draft_over_energy(self, piece, use, self.steps[number].price, self.per, label=label)

    def _by_volume(self, piece: Piece) -> Draft:
        span = self._count_span(piece)
        total = self._counted(piece, span.until)
        return self._line(piece, self._reached(piece, total), self.energy(piece))

    def _reached(self, piece: Piece, total: Derivation) -> int:
        ends = [self._end(piece, block) for block in self.steps]
        return next(i for i, end in enumerate(ends) if end is None or piece.at_least(end, total))

    def _counted(self, piece: Piece, until: date) -> Derivation:
        """Return what was counted before `until`: carried over, and in this bill."""
        span = self._count_span(piece)
        carried = self._carried(piece)
        if span.start >= until:
            return carried
        here = self.energy(piece, Period(span.start, until)).derivation
        return _added("counted", carried, here) if exact(carried) else here

    def _carried(self, piece: Piece) -> Derivation:
        kwh = Decimal(0)
        if self.counted_over in _YEARS:
            since, _ = self._year(piece)
            kwh = piece.circumstances.carried_over.kwh(self.name, since)
        return given("counted by earlier bills", kwh, "kWh")

    def _count_span(self, piece: Piece) -> Period:
        charged = self.span(piece.whole, piece.circumstances) or piece.period
        if self.counted_over not in _YEARS:
            return charged
        return charged.meets(Period(*self._year(piece))) or piece.period

    def _end(self, piece: Piece, block: Block) -> Derivation | None:
        if block.up_to is None:
            return None
        end = given("up to", block.up_to, "kWh")
        if self.counted_over is CountedOver.BILL or self.counted_over in _YEARS:
            return end
        policy = self.apportioning or piece.apportioning
        share = Proration(Per(self.counted_over.value), policy, self.anchor_day)
        return multiply("up to", end, share.share(self._count_span(piece)))

    def _year(self, piece: Piece) -> tuple[date, date]:
        return next(self._years(piece.period, piece.circumstances))

    def _years(self, period: Period, circumstances: Circumstances) -> Iterator[tuple[date, date]]:
        """Yield the years that meet `period`, in order, as first days of this and the next."""
        first = date(2000, *self.year_starts)
        if self.counted_over is CountedOver.CONTRACT_YEAR:
            first = circumstances.since_known(self.name)
        back = 12 * (period.start.year - first.year - 1)
        years = (
            add_months(first, back + 12 * n)
            for n in range(period.until.year - period.start.year + 4)
        )
        for start, end in pairwise(years):
            if start < period.until and end > period.start:
                yield start, end


def _added(name: str, one: Derivation, other: Derivation) -> Derivation:
    return product(name, (), (), (one, other))


def _less(piece: Piece, name: str, whole: Derivation, part: Derivation) -> Derivation:
    if not piece.differ(part, _NOTHING):
        return whole
    return _added(name, whole, product("counted before", [Factor("less", -1, "")], parts=[part]))


def _clamped(
    piece: Piece, value: Derivation, low: Derivation | None, high: Derivation | None
) -> Derivation:
    if high is not None and piece.at_least(value, high):
        return high
    return low if low is not None and piece.at_least(low, value) else value


def _plain(value: Decimal) -> Decimal:
    text = f"{value:f}"
    return Decimal(text.rstrip("0").rstrip(".")) if "." in text else value
