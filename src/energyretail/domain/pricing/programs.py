"""A bill with its numbers left open: rated once, filled for every service of its shape."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import attrs

from energyretail.domain.pricing.bill import PricedBill
from energyretail.domain.pricing.by_use import dividing_profile
from energyretail.domain.pricing.circumstances import (
    NOTHING_CARRIED,
    PLAIN,
    CarriedOver,
    Circumstances,
)
from energyretail.domain.pricing.components import at_least, shown
from energyretail.domain.pricing.derivation import Derivation
from energyretail.domain.pricing.metered import energy_taken, taken
from energyretail.domain.pricing.openings import (
    Filling,
    filled,
    fitting,
    has_series,
    is_open,
    measures_of,
    not_compiled,
    open_usage,
)
from energyretail.domain.pricing.rating import drafted
from energyretail.domain.pricing.tariff import Tariff
from energyretail.domain.pricing.taxing import taxed_lines, terms_of
from energyretail.domain.pricing.totals import BillTerms, TaxedLine, total_lines
from energyretail.domain.pricing.usage import Usage
from energyretail.domain.shared import Invalid, Period

__all__ = [
    "BillForm",
    "Choice",
    "RateProgram",
    "compile_program",
]


@attrs.frozen
class Choice:
    """A decision that was made while lines were drafted: `one` came to as much as `other`, or not.

    A program holds for what decides alike.
    """

    one: Derivation
    other: Derivation
    holds: bool


@attrs.frozen
class BillForm:
    """A bill over `period` whose measured numbers are left open in its `lines`.

    `taken` are the parts of the energy taken in the period. It is plain data and all that is
    needed to make the bill again, years later, whatever became of the tariff.
    """

    terms: BillTerms
    period: Period
    lines: tuple[TaxedLine, ...]
    taken: tuple[Derivation, ...]
    carried_from: CarriedOver = NOTHING_CARRIED

    @property
    def by_interval(self) -> bool:
        """Whether what it leaves open are intervals."""
        drafts = [line.draft for line in self.lines]
        roots = [*self.taken, *(n for each in drafts for n in (each.derivation, each.quantity))]
        return any(isinstance(root, Derivation) and has_series(root) for root in roots)

    def bill(self, measures: Sequence[Filling]) -> PricedBill:
        """Return the bill with its numbers filled in."""
        energy = energy_taken(tuple(filled(part, measures) for part in self.taken))
        return total_lines(
            self.terms,
            self.period,
            tuple(_filled_line(line, measures) for line in self.lines),
            carried_from=self.carried_from,
            energy=None if energy is None else shown(energy),
        )


@attrs.frozen
class RateProgram:
    """The bill of a usage with its measured numbers left open.

    It prices every usage that opens to `shape` (`open_usage`) and for which all `choices` come out
    as they did: the bill that `form` makes of it is the very one that `rate` makes.
    """

    form: BillForm
    shape: Usage
    choices: tuple[Choice, ...]

    def fits(self, measures: Sequence[Filling]) -> bool:
        """Tell whether every choice comes out for these numbers as it did for the program's own.

        Raises Invalid ``pricing.measure_count``, ``measure_sort``, ``measure_length``.
        """
        fitting(self.shape, measures)
        return all(
            at_least(filled(each.one, measures), filled(each.other, measures)) is each.holds
            for each in self.choices
        )

    def bill(self, measures: Sequence[Filling]) -> PricedBill:
        """Return the bill of a usage that fits, the very one that `rate` makes of it.

        Raises Invalid ``pricing.measure_count``, ``measure_sort``, ``measure_length``.
        """
        return self.form.bill(fitting(self.shape, measures))


def compile_program(
    tariff: Tariff, usage: Usage, *, period: Period, circumstances: Circumstances = PLAIN
) -> RateProgram:
    """Return the program that prices `usage`, and every other of its shape that decides alike.

    Raises Refused ``pricing.not_compiled`` for what is to be rated bill by bill, with the
    `component` or the `register` that asks for it: a component that does not compile, a use of a
    sort that is not known, missing intervals. Raises Invalid, as `rate`, where `usage`
    cannot be priced.
    """
    _refuse(tariff)
    shape, measures = open_usage(usage), measures_of(usage)
    choices: list[Choice] = []

    def decide(one: Derivation, other: Derivation) -> bool:
        holds = at_least(filled(one, measures), filled(other, measures))
        if is_open(one) or is_open(other):
            choices.append(Choice(one, other, holds))
        return holds

    lines = drafted(tariff, shape, period=period, circumstances=circumstances, at_least=decide)
    form = BillForm(
        terms=terms_of(tariff),
        period=period,
        lines=taxed_lines(tariff, period, lines, circumstances=circumstances),
        taken=_taken(tariff, shape, period),
        carried_from=circumstances.carried_over,
    )
    return RateProgram(form, shape, tuple(dict.fromkeys(choices)))


def _refuse(tariff: Tariff) -> None:
    for component in tariff.components:
        if not component.compiles:
            raise not_compiled("a component", component=component.name)


def _taken(tariff: Tariff, usage: Usage, period: Period) -> tuple[Derivation, ...]:
    try:
        return taken(usage, period, dividing_profile(tariff, usage))
    except Invalid:
        return ()  # as `rate` has it: a component that prices it says why


def _filled_line(line: TaxedLine, measures: Sequence[Filling]) -> TaxedLine:
    draft = attrs.evolve(
        line.draft,
        derivation=filled(line.draft.derivation, measures),
        quantity=_filled_number(line.draft.quantity, measures),
        price=_filled_number(line.draft.price, measures),
    )
    return TaxedLine(draft, line.rate)


def _filled_number(
    number: Decimal | Derivation, measures: Sequence[Filling]
) -> Decimal | Derivation:
    return number if isinstance(number, Decimal) else filled(number, measures)
