"""Rating: a tariff and a usage in, a priced bill out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Final

import attrs

from energyretail.domain.pricing.bill import PricedBill
from energyretail.domain.pricing.by_use import UseOfVat, dividing_profile, use_of_vat
from energyretail.domain.pricing.circumstances import (
    PLAIN,
    CarriedOver,
    Circumstances,
    Counter,
    DiscountGiven,
)
from energyretail.domain.pricing.components import AtLeast, Component, Draft, Piece, at_least, shown
from energyretail.domain.pricing.components.over_time import month_starts
from energyretail.domain.pricing.faults import each_fault
from energyretail.domain.pricing.metered import energy_taken, taken
from energyretail.domain.pricing.placing import not_placed
from energyretail.domain.pricing.tariff import Tariff, TaxPoint
from energyretail.domain.pricing.taxing import total_bill
from energyretail.domain.pricing.usage import Usage
from energyretail.domain.shared import Invalid, Period, RoundingScope

__all__ = ["OF_A_PART", "drafted", "rate", "rating_faults"]


def rate(
    tariff: Tariff, usage: Usage, *, period: Period, circumstances: Circumstances = PLAIN
) -> PricedBill:
    """Price `usage` over `period` (closed, half-open) by `tariff`.

    The period is cut on every day on which something of the tariff changes; energy between two
    readings is divided at a cut as the tariff says, exactly. Amounts are rounded once, where the
    tariff's policy says. The first of `rating_faults` is raised, Invalid.
    """
    return _Rating(tariff, usage, period, circumstances).bill(_raised)


def drafted(
    tariff: Tariff,
    usage: Usage,
    *,
    period: Period,
    circumstances: Circumstances,
    at_least: AtLeast,
) -> tuple[Draft, ...]:
    """Return the unrounded lines of a bill in its order, `at_least` asked for every decision.

    Raises as `rate` does.
    """
    return _Rating(tariff, usage, period, circumstances, at_least).lines()


def rating_faults(
    tariff: Tariff, usage: Usage, *, period: Period, circumstances: Circumstances = PLAIN
) -> tuple[tuple[str, Invalid], ...]:
    """Return all that keeps `usage` from being priced, each with the component it was met in.

    ``pricing.version_gap`` when a price has no version on a day, ``usage_gap``/``usage_missing``
    when energy to be billed was not measured, ``register_unpriced`` when measured energy has no
    price, ``power_missing``, ``power_unit``, ``peak_missing``, ``price_missing`` and what else the
    components name, and what was used, published or counted and no component takes; the component
    is empty where it is the tariff as a whole. The same fault is told once.
    """
    found: dict[tuple[str, str, tuple[tuple[str, str], ...]], tuple[str, Invalid]] = {}

    def keep(component: str, error: Invalid) -> None:
        for each in each_fault(error):
            # The parts of the period may all lack one thing: it is told of the first of them.
            own = tuple(fact for fact in each.facts.items() if fact[0] not in OF_A_PART)
            found.setdefault((component, each.code, own), (component, each))

    try:
        _Rating(tariff, usage, period, circumstances).bill(keep)
    except Invalid as error:
        keep("", error)
    return tuple(found.values())


_Fault = Callable[[str, Invalid], None]
OF_A_PART: Final = ("day", "period")
"""The facts of a fault that tell in which part of the billed period it was met."""


def _raised(_: str, error: Invalid) -> None:
    raise error


@attrs.frozen
class _Rating:
    """One bill to be made; `fault` is told of what cannot be, and may raise it."""

    tariff: Tariff
    usage: Usage
    period: Period
    circumstances: Circumstances
    at_least: AtLeast = at_least

    def bill(self, fault: _Fault) -> PricedBill:
        pieces = self._pieces(fault)
        return total_bill(
            self.tariff,
            self.period,
            self._lines(pieces),
            circumstances=self.circumstances,
            carried_over=self._carried(pieces[-1], fault),
            energy=self._energy(),
        )

    def lines(self) -> tuple[Draft, ...]:
        return self._lines(self._pieces(_raised))

    def _lines(self, pieces: tuple[Piece, ...]) -> tuple[Draft, ...]:
        return _by_component(self.tariff, tuple(chain.from_iterable(p.drafts for p in pieces)))

    def _energy(self) -> Decimal | None:
        try:
            profile = dividing_profile(self.tariff, self.usage)
            energy = energy_taken(taken(self.usage, self.period, profile))
        except Invalid:
            return None  # a component that prices it says why; days that none prices do no harm
        return None if energy is None else shown(energy)

    def _pieces(self, fault: _Fault) -> tuple[Piece, ...]:
        if self.period.end is None:
            raise Invalid(
                "pricing.period_open", "a billed period has an end", start=self.period.start
            )
        for error in not_placed(self.tariff, self.usage, self.period, self.circumstances):
            fault("", error)
        return tuple(self._drafted(fault))

    def _drafted(self, fault: _Fault) -> Iterator[Piece]:
        before: tuple[Draft, ...] = ()
        by_use = self._by_use(fault)
        for part in self.period.split(self._cuts(fault)):
            piece = attrs.evolve(self._piece, period=part, before=before)
            for component in self.tariff.order:
                drafts = self._drafts(component, piece, by_use, fault)
                piece = attrs.evolve(piece, drafts=piece.drafts + drafts)
            yield piece
            before += piece.drafts

    def _by_use(self, fault: _Fault) -> UseOfVat:
        try:
            return use_of_vat(
                self.tariff, self.usage, self.period, self.circumstances, self.at_least
            )
        except Invalid as error:
            fault("", error)
            return UseOfVat(None)

    def _drafts(
        self, component: Component, piece: Piece, by_use: UseOfVat, fault: _Fault
    ) -> tuple[Draft, ...]:
        try:
            span = component.span(self.period, self.circumstances)
            if span is None or piece.period.start not in span:
                return ()
            return by_use.lines(component, component.draft(piece))
        except Invalid as error:
            fault(component.name, error)
            return ()

    @property
    def _piece(self) -> Piece:
        tariff, policy = self.tariff, self.tariff.rounding
        return Piece(
            period=self.period,
            whole=self.period,
            usage=self.usage,
            circumstances=self.circumstances,
            currency=tariff.currency,
            apportioning=tariff.apportioning,
            rounding=policy.rounding if policy.scope is RoundingScope.LINE else None,
            price_rounding=policy.price_rounding,
            calendars=tariff.calendars,
            profile=dividing_profile(tariff, self.usage),
            vat_cuts=self._vat_cuts(),
            at_least=self.at_least,
        )

    def _vat_cuts(self) -> frozenset[date]:
        """Return the days on which the VAT of what is charged in advance may change."""
        advance = self.circumstances.advance
        match self.tariff.tax_point:
            case TaxPoint.PRO_RATA:
                return self.tariff.vat_cuts
            case TaxPoint.DELIVERY_MONTH if advance is not None and advance.end is not None:
                return frozenset(month_starts(advance))
            case _:
                return frozenset()

    def _cuts(self, fault: _Fault) -> set[date]:
        """Return every day on which something may change."""
        cuts: set[date] = set()
        spans = [power.period for power in self.usage.powers]
        spans += [calendar.valid for calendar in self.tariff.calendars]
        for component in self.tariff.components:
            spans.append(component.valid)
            try:
                cuts |= set(component.cuts(self.period, self.circumstances))
            except Invalid as error:
                fault(component.name, error)
        if self.tariff.tax_point is TaxPoint.PRO_RATA:
            cuts |= self.tariff.vat_cuts
        if self.tariff.tax_point is TaxPoint.DELIVERY_MONTH:
            cuts |= set(month_starts(self.period))
        return cuts | {day for span in spans for day in (span.start, span.end) if day is not None}

    def _carried(self, last: Piece, fault: _Fault) -> CarriedOver:
        carried: list[Counter | DiscountGiven] = []
        for component in self.tariff.components:
            try:
                carried += component.carry(last)
            except Invalid as error:
                fault(component.name, error)
        return CarriedOver(
            tuple(each for each in carried if isinstance(each, Counter)),
            tuple(each for each in carried if isinstance(each, DiscountGiven)),
        )


def _by_component(tariff: Tariff, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    # A customer reads one price through time, then the next one.
    order = {component.name: i for i, component in enumerate(tariff.components)}
    labels = {key: i for i, key in enumerate(dict.fromkeys((d.component, d.label) for d in drafts))}

    def place(draft: Draft) -> tuple[int, int, int]:
        label = labels[draft.component, draft.label]
        return order[draft.component], label, draft.period.start.toordinal()

    return tuple(sorted(drafts, key=place))
