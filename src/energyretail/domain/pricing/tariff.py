"""A tariff: components with dated versions, taxes and policies, composed as data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import chain

import attrs

from energyretail.domain.pricing.apportioning import Apportioning
from energyretail.domain.pricing.bill import NO_TAX, ROUNDING, Prices
from energyretail.domain.pricing.components import Component
from energyretail.domain.pricing.dated import DatedPrice, cuts_of
from energyretail.domain.shared import Invalid, RoundingPolicy

__all__ = ["Tariff", "Vat"]


@attrs.frozen
class Vat:
    """A value added tax by dated rate in percent; components name it by `code`."""

    code: str
    name: str
    rate: DatedPrice


@attrs.frozen
class Tariff:
    """What a retailer asks for energy, complete enough to price a bill.

    Refused with Invalid: two components or taxes of one name (``pricing.name_twice``), a
    percentage on a component that is not before it (``pricing.base_unknown``) or on prices that
    already contain VAT (``pricing.base_inclusive``), an unknown tax code (``pricing.tax_unknown``),
    amounts finer than a cent (``pricing.rounding_decimals``).
    """

    code: str
    name: str
    currency: str
    components: tuple[Component, ...]
    taxes: tuple[Vat, ...]
    rounding: RoundingPolicy
    prices: Prices = Prices.NET
    apportioning: Apportioning = Apportioning.DAYS_365
    rounding_label: str = "Rounding"

    def __attrs_post_init__(self) -> None:
        if self.rounding.rounding.decimals > 2:
            raise Invalid("pricing.rounding_decimals", "a bill is in whole cents", tariff=self.code)
        _once("component", (*(component.name for component in self.components), ROUNDING))
        _once("tax", (*(tax.code for tax in self.taxes), NO_TAX))
        codes = {NO_TAX, *(tax.code for tax in self.taxes)}
        before: set[str] = set()
        for component in self.components:
            self._check(component, codes, before)
            before.add(component.name)

    def tax(self, code: str) -> Vat | None:
        """Return the tax of a code, or None for NO_TAX."""
        return next((tax for tax in self.taxes if tax.code == code), None)

    @property
    def cuts(self) -> frozenset[date]:
        """Every day on which a price or a tax in use may change."""
        used = {component.tax_code for component in self.components}
        taxes = (tax.rate for tax in self.taxes if tax.code in used)
        prices = (component.prices for component in self.components)
        return cuts_of(chain(taxes, chain.from_iterable(prices)))

    def _check(self, component: Component, codes: set[str], before: set[str]) -> None:
        if component.tax_code not in codes:
            raise Invalid(
                "pricing.tax_unknown",
                "the tariff has no such tax",
                component=component.name,
                tax=component.tax_code,
            )
        for base in component.bases:
            if base not in before:
                raise Invalid(
                    "pricing.base_unknown",
                    "a base must be a component before it",
                    component=component.name,
                    base=base,
                )
        if component.bases and self.prices is Prices.TAX_INCLUSIVE:
            raise Invalid(
                "pricing.base_inclusive",
                "a percentage needs amounts without VAT",
                component=component.name,
            )


def _once(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise Invalid("pricing.name_twice", f"two {what}s of one name", name=name)
        seen.add(name)
