"""The kernel of a rate program: its lines, and the taxes and totals that `total_bill` makes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction

from energyretail.domain.pricing.bill import NO_TAX, Prices
from energyretail.domain.pricing.components import SHOWN, Draft
from energyretail.domain.pricing.derivation import Derivation
from energyretail.domain.pricing.forms import Form, Forms, added, counted_by, less
from energyretail.domain.pricing.kernels import Kernel, KernelLine, KernelRounding, KernelTax
from energyretail.domain.pricing.openings import interval_counts
from energyretail.domain.pricing.programs import BillForm, RateProgram
from energyretail.domain.shared import Refused, Rounding, RoundingMode, RoundingScope

__all__ = ["lower"]


def lower(program: RateProgram, *, decimals: int = 3) -> Kernel:
    """Return the kernel of a program whose measures have at most `decimals` places.

    Raises Refused ``pricing.not_compiled`` where amounts are not rounded to cents, where one open
    number is multiplied by another, or where there is no line: a kernel is of lines.
    """
    form = program.form
    rounding = form.terms.rounding.rounding
    if rounding.decimals != 2:
        raise Refused("pricing.not_compiled", "amounts that are not rounded to cents")
    if not form.lines:
        raise Refused("pricing.not_compiled", "a bill without a line")
    made = Forms(counted_by(program), decimals)
    lines = tuple(_line(line.draft, rounding, made) for line in form.lines)
    totals = _Totals(form, made, lines)
    return Kernel(
        intervals=interval_counts(program.shape),
        counted=made.counted,
        decimals=decimals,
        taxes=totals.taxes,
        roundings=totals.roundings,
        tax=totals.tax,
        gross=totals.gross,
        choices=tuple((made.difference(c.one, c.other), c.holds) for c in program.choices),
        lines=lines,
        energy=made.rounded(made.total(form.taken), SHOWN) if form.taken else None,
        steps=tuple(made.steps),
    )


def _line(line: Draft, rounding: Rounding, made: Forms) -> KernelLine:
    return KernelLine(
        amount=made.rounded(made.form(line.derivation), rounding),
        quantity=_shown(line.quantity, made),
        price=_shown(line.price, made),
    )


def _shown(number: Decimal | Derivation, made: Forms) -> int | None:
    return None if isinstance(number, Decimal) else made.shown(number, SHOWN)


_Group = tuple[str, Decimal]  # a tax and its rate
_CENT = Fraction(1, 100)


class _Totals:
    """The taxes, totals and lines of rounding of a program, as `total_bill` makes them."""

    def __init__(self, form: BillForm, made: Forms, lines: Sequence[KernelLine]):
        self._terms = form.terms
        self._drafts = tuple(line.draft for line in form.lines)
        self._made = made
        self._lines = lines
        self._groups: dict[_Group, list[int]] = {}
        for at, line in enumerate(form.lines):
            rate = Decimal(0) if line.rate is None else line.rate.value
            self._groups.setdefault((line.draft.tax_code, rate), []).append(at)
        self._values = {group: self._value(found) for group, found in self._groups.items()}
        self._cents = {group: self._rounded(value) for group, value in self._values.items()}
        self.taxes = tuple(self._tax(*group) for group in self._groups if group[0] != NO_TAX)
        self.tax = self._exactly(_places(each.amount for each in self.taxes))
        self.gross = self._gross()
        of_groups = tuple(self._of_group(group) for group in self._groups)
        self.roundings = (*of_groups, self._of_bill(of_groups))

    def _rounded(self, form: Form) -> int:
        return self._made.rounded(form, self._terms.rounding.rounding)

    def _exactly(self, form: Form) -> int:
        return self._made.rounded(form, Rounding(RoundingMode.DOWN, 2))

    def _value(self, members: Sequence[int]) -> Form:
        """Return the total of a tax group, rounded where the policy rounds."""
        exactly = [self._made.form(self._drafts[at].derivation) for at in members]
        match self._terms.rounding.scope:
            case RoundingScope.LINE:
                return _places(self._lines[at].amount for at in members)
            case RoundingScope.SUBTOTAL:
                by_heading: dict[str, list[Form]] = {}
                for at, form in zip(members, exactly, strict=True):
                    by_heading.setdefault(self._drafts[at].group, []).append(form)
                return _places(self._rounded(added(forms)) for forms in by_heading.values())
            case RoundingScope.TAX_GROUP:
                return _places([self._rounded(added(exactly))])
            case RoundingScope.END:
                return added(exactly)

    def _tax(self, code: str, rate: Decimal) -> KernelTax:
        inclusive = self._terms.prices is Prices.TAX_INCLUSIVE
        share = Fraction(rate) / (Fraction(rate) + 100 if inclusive else 100)
        amount = self._rounded(self._values[code, rate].times(share))
        base = self._cents[code, rate]
        if inclusive:
            base = self._exactly(less(_places([base]), _places([amount])))
        return KernelTax(code, rate, base, amount)

    def _gross(self) -> int:
        if self._terms.prices is Prices.TAX_INCLUSIVE:
            return self._rounded(added(self._values.values()))
        if self._terms.rounding.scope is RoundingScope.END:
            with_tax = (
                value.times(1 + Fraction(rate) / 100) for (_, rate), value in self._values.items()
            )
            return self._rounded(added(with_tax))
        net = self._rounded(added(self._values.values()))
        return self._exactly(_places([net, self.tax]))

    def _of_group(self, group: _Group) -> KernelRounding:
        shown = _places(self._lines[at].amount for at in self._groups[group])
        return KernelRounding(*group, self._exactly(less(_places([self._cents[group]]), shown)))

    def _of_bill(self, of_groups: Iterable[KernelRounding]) -> KernelRounding:
        inclusive = self._terms.prices is Prices.TAX_INCLUSIVE
        to_show = _places([self.gross])
        if not inclusive:
            to_show = less(to_show, _places([self.tax]))
        shown = _places([*(line.amount for line in self._lines), *(r.amount for r in of_groups)])
        return KernelRounding(NO_TAX, Decimal(0), self._exactly(less(to_show, shown)))


def _places(places: Iterable[int]) -> Form:
    """Return the sum of amounts in cents; one place may count more than once."""
    return added(Form({place: _CENT}) for place in places)
