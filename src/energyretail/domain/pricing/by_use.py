"""VAT by use: which lines a home, a small user or a mixed one bears at the reduced rate."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import attrs

from energyretail.domain.pricing.circumstances import Circumstances
from energyretail.domain.pricing.components import SHOWN, AtLeast, ByUse, Component, Draft
from energyretail.domain.pricing.derivation import Derivation, Factor, given, product
from energyretail.domain.pricing.metered import metered
from energyretail.domain.pricing.tariff import Division, Tariff, VatByUse
from energyretail.domain.pricing.usage import Usage
from energyretail.domain.pricing.uses import NO_PROFILE, Flow, Profile
from energyretail.domain.shared import Period

__all__ = ["UseOfVat", "dividing_profile", "use_of_vat"]


@attrs.frozen
class UseOfVat:
    """The rule of a tariff, and the percentage of a bill that bears the reduced rate by it."""

    rule: VatByUse | None
    reduced_percent: Decimal = Decimal(0)

    def lines(self, component: Component, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
        """Return the lines of a component, split or lowered as the use has it."""
        if self.rule is None or component.by_use is ByUse.WHOLE:
            return drafts
        return tuple(line for draft in drafts for line in self._of(component.by_use, draft))

    def _of(self, by_use: ByUse, draft: Draft) -> Iterator[Draft]:
        assert self.rule is not None
        if draft.tax_code != self.rule.standard:
            yield draft
            return
        if by_use is ByUse.SPLIT and self.reduced_percent:
            lower = attrs.evolve(draft, tax_code=self.rule.reduced)
            yield _share(lower, self.reduced_percent, "qualifying use")
        if self.reduced_percent < 100:
            yield _share(draft, 100 - self.reduced_percent, "other use")


def use_of_vat(
    tariff: Tariff,
    usage: Usage,
    period: Period,
    circumstances: Circumstances,
    at_least: AtLeast,
) -> UseOfVat:
    """Return how the use of a bill decides its VAT.

    Everything is reduced where the energy taken is at most the de minimis x days; else the share
    that the customer declared is.
    """
    rule = tariff.vat_by_use
    if rule is None:
        return UseOfVat(None)
    if rule.de_minimis_kwh_per_day is not None:
        a_day = Factor("de minimis", rule.de_minimis_kwh_per_day, "kWh/day")
        most = product("de minimis", [a_day, Factor("days", period.days, "days")])
        if at_least(most, _taken(tariff, usage, period)):
            return UseOfVat(rule, Decimal(100))
    return UseOfVat(rule, circumstances.qualifying_percent)


def _taken(tariff: Tariff, usage: Usage, period: Period) -> Derivation:
    registers = usage.registers_of(Flow.IMPORT)
    if not registers:
        return given("energy", 0, "kWh")
    return metered(usage, registers, period, profile=dividing_profile(tariff, usage)).derivation


def dividing_profile(tariff: Tariff, usage: Usage) -> Profile | None:
    """Return the profile that energy is divided by at a cut, or None where days divide it."""
    if tariff.division is Division.DAYS:
        return None
    return usage.profile or NO_PROFILE


def _share(draft: Draft, percent: Decimal, name: str) -> Draft:
    if percent == 100:
        return draft
    share = (Factor(name, percent, "%"), Factor("", 100, "%"))
    return attrs.evolve(
        draft,
        quantity=_part(draft.label, _as_shown(draft.quantity), *share),
        derivation=_part(draft.label, draft.derivation, *share),
    )


def _part(name: str, whole: Derivation, factor: Factor, divisor: Factor) -> Derivation:
    return product(name, [factor], [divisor], [whole])


def _as_shown(quantity: Decimal | Derivation) -> Derivation:
    if isinstance(quantity, Decimal):
        return given("quantity", quantity, "")
    return quantity.rounded(SHOWN)
