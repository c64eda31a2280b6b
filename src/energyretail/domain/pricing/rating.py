"""Rating: a tariff and a usage in, a priced bill out."""

from __future__ import annotations

from itertools import chain

import attrs

from energyretail.domain.pricing.bill import PricedBill
from energyretail.domain.pricing.components import Draft, Piece
from energyretail.domain.pricing.tariff import Tariff
from energyretail.domain.pricing.totals import total_bill
from energyretail.domain.pricing.usage import Usage
from energyretail.domain.shared import Invalid, Period, RoundingScope

__all__ = ["rate"]


def rate(tariff: Tariff, usage: Usage, *, period: Period) -> PricedBill:
    """Price `usage` over `period` (closed, half-open) by `tariff`.

    The period is cut on every day on which a price or tax of the tariff changes; energy between
    two readings is divided by days at a cut, exactly. Amounts are rounded once, where the
    tariff's policy says. Raises Invalid: ``pricing.version_gap`` when a price has no version on
    a day, ``pricing.usage_gap``/``usage_missing`` when energy to be billed was not measured,
    ``pricing.register_unpriced`` when measured energy has no price, ``pricing.power_missing``,
    ``pricing.power_unit``.
    """
    for register in usage.registers:
        if not any(component.covers(register) for component in tariff.components):
            raise Invalid(
                "pricing.register_unpriced",
                "no component prices the energy of a register",
                tariff=tariff.code,
                register=register,
            )
    pieces = (_drafts(tariff, usage, part) for part in _closed(period).split(tariff.cuts))
    return total_bill(tariff, period, _by_component(tariff, tuple(chain.from_iterable(pieces))))


def _closed(period: Period) -> Period:
    if period.end is None:
        raise Invalid("pricing.period_open", "a billed period has an end", start=period.start)
    return period


def _drafts(tariff: Tariff, usage: Usage, part: Period) -> tuple[Draft, ...]:
    by_line = tariff.rounding.scope is RoundingScope.LINE
    piece = Piece(
        period=part,
        usage=usage,
        currency=tariff.currency,
        apportioning=tariff.apportioning,
        rounding=tariff.rounding.rounding if by_line else None,
    )
    for component in tariff.components:
        piece = attrs.evolve(piece, drafts=piece.drafts + component.draft(piece))
    return piece.drafts


def _by_component(tariff: Tariff, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    # A customer reads one price through time, then the next one.
    order = {component.name: i for i, component in enumerate(tariff.components)}
    labels = {key: i for i, key in enumerate(dict.fromkeys((d.component, d.label) for d in drafts))}

    def place(draft: Draft) -> tuple[int, int, int]:
        label = labels[draft.component, draft.label]
        return order[draft.component], label, draft.period.start.toordinal()

    return tuple(sorted(drafts, key=place))
