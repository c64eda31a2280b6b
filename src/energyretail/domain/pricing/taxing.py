"""Which VAT rate holds for each line of a bill, by the tax point of its tariff."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import attrs

from energyretail.domain.pricing.bill import PricedBill
from energyretail.domain.pricing.circumstances import (
    NOTHING_CARRIED,
    PLAIN,
    CarriedOver,
    Circumstances,
)
from energyretail.domain.pricing.components import Draft
from energyretail.domain.pricing.dated import factor_on
from energyretail.domain.pricing.derivation import Factor
from energyretail.domain.pricing.faults import together
from energyretail.domain.pricing.tariff import Tariff, TaxPoint
from energyretail.domain.pricing.totals import BillTerms, TaxedLine, total_lines
from energyretail.domain.shared import Invalid, Period, add_months

__all__ = ["taxed_lines", "terms_of", "total_bill"]


def terms_of(tariff: Tariff) -> BillTerms:
    """Return how a tariff makes bills of drafted lines."""
    return BillTerms(
        currency=tariff.currency,
        prices=tariff.prices,
        rounding=tariff.rounding,
        rounding_label=tariff.rounding_label,
        taxes=tuple((tax.code, tax.name) for tax in tariff.taxes),
    )


def total_bill(
    tariff: Tariff,
    period: Period,
    drafts: tuple[Draft, ...],
    *,
    circumstances: Circumstances = PLAIN,
    carried_over: CarriedOver = NOTHING_CARRIED,
    energy: Decimal | None = None,
) -> PricedBill:
    """Return the bill of exact `drafts`, rounded by the tariff's policy and no other time.

    Raises Invalid ``pricing.version_gap`` (a tax has no rate), ``pricing.invoice_date_missing``.
    """
    return total_lines(
        terms_of(tariff),
        period,
        taxed_lines(tariff, period, drafts, circumstances=circumstances),
        carried_from=circumstances.carried_over,
        carried_over=carried_over,
        energy=energy,
    )


def taxed_lines(
    tariff: Tariff,
    period: Period,
    drafts: Iterable[Draft],
    *,
    circumstances: Circumstances = PLAIN,
) -> tuple[TaxedLine, ...]:
    """Return each line with its VAT rate; raises as `total_bill`."""
    rates = _Rates(tariff, period, circumstances)
    return together(lambda draft: TaxedLine(draft, rates.of(draft)), drafts)


@attrs.frozen
class _Rates:
    """Which VAT rate holds for a line, by the tax point of the tariff."""

    tariff: Tariff
    period: Period
    circumstances: Circumstances

    def of(self, draft: Draft) -> Factor | None:
        tax = self.tariff.tax(draft.tax_code)
        return None if tax is None else factor_on(tax.rate, self._day(draft), "%")

    def _day(self, draft: Draft) -> date:
        last = self.period.last
        match self.tariff.tax_point:
            case TaxPoint.PRO_RATA:
                return draft.tax_day
            case TaxPoint.READING_END:
                return last
            case TaxPoint.DELIVERY_MONTH:
                month_end = add_months(draft.tax_day.replace(day=1), 1)
                return min(month_end, self._charged(draft).until) - timedelta(days=1)
            case TaxPoint.INVOICE_DATE:
                if self.circumstances.invoiced_on is None:
                    raise Invalid("pricing.invoice_date_missing", "the invoice's date is needed")
                return self.circumstances.invoiced_on

    def _charged(self, draft: Draft) -> Period:
        """Return the days that a line is charged among: the billed ones, or those in advance."""
        advance = self.circumstances.advance
        return advance if advance and draft.tax_day in advance else self.period
