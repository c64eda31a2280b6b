"""What a program computes as sums of multiples, and what they come to one by the other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import lcm

import attrs

from energyretail.domain.pricing.derivation import Combine, Derivation, Factor, Series
from energyretail.domain.pricing.kernels import (
    Counted,
    Extreme,
    Quotient,
    Rounded,
    Step,
    WholeSum,
)
from energyretail.domain.pricing.openings import open_place, places_of
from energyretail.domain.pricing.programs import BillForm, RateProgram
from energyretail.domain.shared import Refused, Rounding, exact_product

__all__ = ["Form", "Forms", "added", "counted_by", "less", "priced_by"]


@attrs.frozen
class Form:
    """The sum of numbers, each times a fraction, and of a fraction."""

    terms: Mapping[int, Fraction]
    constant: Fraction = Fraction(0)

    def times(self, factor: Fraction) -> Form:
        if factor == 1:
            return self
        return Form({at: x * factor for at, x in self.terms.items()}, self.constant * factor)

    def whole(self, divisor: int | None = None) -> WholeSum:
        """Return it over its least common divisor, or over the one that is given."""
        values = [*self.terms.values(), self.constant]
        below = divisor or lcm(*(value.denominator for value in values))
        terms = ((at, int(value * below)) for at, value in sorted(self.terms.items()) if value)
        return WholeSum(tuple(terms), int(self.constant * below), below)

    @property
    def divisor(self) -> int:
        return lcm(self.constant.denominator, *(x.denominator for x in self.terms.values()))


class Forms:
    """Turns derivations into numbers; the same rounded derivation is one number."""

    def __init__(self, counted: tuple[Counted, ...], decimals: int):
        self.counted = counted
        self.steps: list[Step] = []
        self._places = {each: place for place, each in enumerate(counted)}
        self._open = Fraction(1, 10**decimals)
        self._known: dict[Step, int] = {}
        # By the derivation itself, kept beside: lines and totals ask for the same ones.
        self._forms: dict[int, tuple[Derivation, Form]] = {}

    def rounded(self, form: Form, rounding: Rounding) -> int:
        """Return the place of a form rounded, in units of its last decimal."""
        return self._step(
            Rounded(form.times(Fraction(10**rounding.decimals)).whole(), rounding.mode)
        )

    def shown(self, derivation: Derivation, rounding: Rounding) -> int:
        """Return the place of a derivation rounded, which may be a quotient, rounded only here."""
        if derivation.combine is not Combine.QUOTIENT or derivation.rounding is not None:
            return self.rounded(self.form(derivation), rounding)
        above, below = map(self.form, derivation.parts)
        above = self._scaled(above, derivation).times(Fraction(10**rounding.decimals))
        divisor = lcm(above.divisor, below.divisor)
        return self._step(Quotient(above.whole(divisor), below.whole(divisor), rounding.mode))

    def total(self, parts: Iterable[Derivation]) -> Form:
        return added([self.form(part) for part in parts])

    def difference(self, one: Derivation, other: Derivation) -> WholeSum:
        return less(self.form(one), self.form(other)).whole()

    def form(self, derivation: Derivation) -> Form:
        """Return a derivation as a form, rounded where it says so."""
        _, form = self._forms.get(id(derivation), (None, None))
        if form is None:
            form = self._made(derivation)
            self._forms[id(derivation)] = derivation, form
        return form

    def _made(self, derivation: Derivation) -> Form:
        form = self._scaled(self._combined(derivation), derivation)
        if derivation.rounding is None:
            return form
        place = self.rounded(form, derivation.rounding)
        return Form({place: Fraction(1, 10**derivation.rounding.decimals)})

    def _scaled(self, form: Form, derivation: Derivation) -> Form:
        """Return a form times the factors of a derivation, by its divisors."""
        # Whole numbers until the end, as in `exact`.
        above = below = 1
        for factor in derivation.factors:
            counted = _of_factor(factor)
            if counted is None:
                numerator, denominator = factor.value.as_integer_ratio()
                above, below = above * numerator, below * denominator
            else:
                form = _product(form, Form({self._places[counted]: self._open}))
        for divisor in derivation.divisors:
            numerator, denominator = divisor.value.as_integer_ratio()
            above, below = above * denominator, below * numerator
        return form.times(Fraction(above, below))

    def _combined(self, derivation: Derivation) -> Form:
        parts = [self.form(part) for part in derivation.parts]
        if derivation.series:
            counted, unit = _of_series(derivation.series)
            parts.append(Form({self._places[counted]: self._open * unit}))
        if not parts:
            return Form({}, Fraction(1))
        match derivation.combine:
            case Combine.SUM:
                return added(parts)
            case Combine.PRODUCT:
                whole = parts[0]
                for part in parts[1:]:
                    whole = _product(whole, part)
                return whole
            case Combine.GREATEST | Combine.LEAST:
                return self._extreme(parts, greatest=derivation.combine is Combine.GREATEST)
            case Combine.QUOTIENT:
                raise Refused("pricing.not_compiled", "a quotient is computed with")

    def _extreme(self, parts: Sequence[Form], *, greatest: bool) -> Form:
        divisor = lcm(*(part.divisor for part in parts))
        sums = tuple(part.whole(divisor) for part in parts)
        return Form({self._step(Extreme(sums, greatest)): Fraction(1, divisor)})

    def _step(self, step: Step) -> int:
        if step not in self._known:
            self._known[step] = len(self.counted) + len(self.steps)
            self.steps.append(step)
        return self._known[step]


def _of_factor(factor: Factor) -> Counted | None:
    place = open_place(factor.source)
    return None if place is None else Counted(place)


def _of_series(series: tuple[Series, ...]) -> tuple[Counted, Fraction]:
    """Return the intervals that are counted, and the unit of what each counts times."""
    energy, *prices = series
    place = open_place(energy.source)
    if place is None or any(open_place(each.source) is not None for each in prices):
        raise Refused("pricing.not_compiled", "an open number is multiplied by another")
    if not prices:
        return Counted(place, places_of(energy)), Fraction(1)
    rows = zip(*(each.values for each in prices), strict=True)
    ratios = [reduce(exact_product, row).as_integer_ratio() for row in rows]
    below = lcm(*(denominator for _, denominator in ratios))
    times = tuple(numerator * (below // denominator) for numerator, denominator in ratios)
    return Counted(place, places_of(energy), times), Fraction(1, below)


def counted_by(program: RateProgram) -> tuple[Counted, ...]:
    """Return all that the derivations of a program count, each once, in one order."""
    lines = [line.draft for line in program.form.lines]
    roots = [
        *(line.derivation for line in lines),
        *(n for line in lines for n in (line.quantity, line.price)),
        *(side for each in program.choices for side in (each.one, each.other)),
        *program.form.taken,
    ]
    return _counted(root for root in roots if isinstance(root, Derivation))


def priced_by(form: BillForm) -> tuple[Counted, ...]:
    """Return all that the lines of a form count, each once.

    An interval among them is one that no bill of the form can be without; of others the energy
    that is shown may be.
    """
    return _counted(line.draft.derivation for line in form.lines)


def _counted(roots: Iterable[Derivation]) -> tuple[Counted, ...]:
    return tuple(dict.fromkeys(each for root in roots for each in _counts(root)))


def _counts(derivation: Derivation) -> Iterator[Counted]:
    yield from filter(None, map(_of_factor, derivation.factors))
    if derivation.series:
        yield _of_series(derivation.series)[0]
    for part in derivation.parts:
        yield from _counts(part)


def added(forms: Iterable[Form]) -> Form:
    terms: dict[int, Fraction] = {}
    constant = Fraction(0)
    for form in forms:
        if form.constant:
            constant += form.constant
        for at, value in form.terms.items():
            terms[at] = terms[at] + value if at in terms else value
    return Form(terms, constant)


def _product(one: Form, other: Form) -> Form:
    if not one.terms:
        return other.times(one.constant)
    if not other.terms:
        return one.times(other.constant)
    raise Refused("pricing.not_compiled", "an open number is multiplied by another")


def less(one: Form, other: Form) -> Form:
    return added([one, other.times(Fraction(-1))])
