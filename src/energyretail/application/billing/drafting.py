"""Draft bills: the one path that previews, bills and corrects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce

import attrs

from energyretail.application.billing.measured_ports import FigureBook, UsageBook
from energyretail.application.billing.ports import Tariffs
from energyretail.domain.billing import (
    NOT_MEASURED,
    BillableSupply,
    BillingPolicy,
    Draft,
    Invoice,
    Measured,
    Rateable,
    limit_back_billing,
    names_read,
    over_days,
    rateable,
    rated,
    reaches_back,
)
from energyretail.domain.pricing import NO_FIGURES, PublishedFigures, Tariff
from energyretail.domain.shared import Cups, DomainError, Period, Refused

__all__ = ["Drafting", "DraftingDesk"]


class Drafting:
    """Drafts bills by all that was read, measured, declared and published.

    Rules: for a page of supplies there is one query for their facts, one for the figures they
    read and one a tariff; whatever keeps a supply from being drafted is raised when it is drafted.
    """

    def __init__(
        self, *, tariffs: Tariffs, usage: UsageBook, figures: FigureBook, policy: BillingPolicy
    ):
        self._tariffs = tariffs
        self._usage = usage
        self._figures = figures
        self._policy = policy

    def due(self, supplies: Iterable[BillableSupply], *, today: date) -> DraftingDesk:
        """Look up what the bills of `supplies` up to `today` may rest on."""
        return self.over(((supply, _span(supply, today)) for supply in supplies), today=today)

    def over(self, wanted: Iterable[tuple[BillableSupply, Period]], *, today: date) -> DraftingDesk:
        """Look up what bills of supplies over given days may rest on."""
        page = tuple(wanted)
        tariff = _asked_once(self._tariffs.tariff)
        spans = _spans((supply.cups, span) for supply, span in page)
        measured = self._usage.over(spans) if spans else {}
        names = {
            name for supply, span in page for name in _names(_told(supply, measured), tariff, span)
        }
        days = reduce(_both, spans.values()) if names else None
        figures = self._figures.named(names, days) if days else NO_FIGURES
        return DraftingDesk(measured, figures, self._policy, tariff, today)


_TariffOf = Callable[[str], Tariff]


@attrs.frozen
class DraftingDesk:
    """What the bills of a page of supplies rest on, and how they are made on the day `today`."""

    measured: Mapping[Cups, Measured]
    figures: PublishedFigures
    policy: BillingPolicy
    tariff: _TariffOf
    today: date

    def due(self, supply: BillableSupply) -> tuple[Period, ...]:
        """Return the periods of a supply that are due, in order."""
        registers = self.policy.registers_of(supply.tariff)
        return supply.periods_due(today=self.today, registers=registers)

    def draft(
        self, supply: BillableSupply, period: Period, *, billed: Invoice | None = None
    ) -> Draft:
        """Return the bill of a period, less what is too old to be charged.

        `billed` is the document it would put right: what is too old is measured by it, and a VAT
        that goes by the day of the invoice stays that of its day.
        """
        drafted = self._draft(supply, period, billed)
        return limit_back_billing(
            drafted,
            billed=billed,
            on=self.today,
            rule=self.policy.corrections.back_billing,
            customer=supply.kind,
            faults=supply.faults,
        )

    def rateable_alike(self, supply: BillableSupply, period: Period, *, seen: int = 0) -> Rateable:
        """Return what the next bill of a supply is rated by, where it goes by nothing of its own.

        That is not by days too old, nor are there two bills due, nor was anything told after the
        fact of the number `seen`. Raises Refused
        ``billing.not_alike``, and what `due` and `draft` raise.
        """
        rule = self.policy.corrections.back_billing
        found = self._rateable(supply, period, None)
        if (
            self.due(supply) != (period,)
            or found.basis.measured != seen
            or reaches_back(period, on=self.today, rule=rule, customer=supply.kind)
        ):
            raise Refused("billing.not_alike", "is billed by itself", cups=supply.cups)
        return attrs.evolve(found, usage=over_days(found.usage, period))

    def drafts(self, supply: BillableSupply) -> Iterator[Draft]:
        """Yield the bills that are due, each in force before the next is drafted."""
        for period in self.due(supply):
            drafted = self.draft(supply, period)
            supply = supply.billed(drafted.bill)
            yield drafted

    def highest_power(self, supply: BillableSupply) -> Decimal | None:
        """Return the highest power contracted or told at a point, in kW or kVA, on any day.

        None where it has none, as gas has.
        """
        told = self.measured.get(supply.cups, NOT_MEASURED).usage.powers
        powers = (*(power for _, power in supply.powers), *(each.power for each in told))
        return max((power.value for power in powers), default=None)

    def _draft(self, supply: BillableSupply, period: Period, billed: Invoice | None) -> Draft:
        return rated(self._rateable(supply, period, billed))

    def _rateable(self, supply: BillableSupply, period: Period, billed: Invoice | None) -> Rateable:
        return rateable(
            _told(supply, self.measured),
            period,
            tariff=self.tariff(supply.tariff),
            registers=self.policy.registers_of(supply.tariff),
            meter_digits=self.policy.meter_digits,
            figures=self.figures,
            invoiced_on=billed.issued_on if billed else self.today,
        )


def _asked_once(tariff: _TariffOf) -> _TariffOf:
    """Return what asks for each tariff once, and gives or raises the same again."""
    known: dict[str, Tariff | DomainError] = {}

    def found(code: str) -> Tariff:
        if code not in known:
            try:
                known[code] = tariff(code)
            except DomainError as refused:
                known[code] = refused
        answer = known[code]
        if isinstance(answer, DomainError):
            raise answer.with_traceback(None)
        return answer

    return found


def _told(supply: BillableSupply, measured: Mapping[Cups, Measured]) -> BillableSupply:
    return attrs.evolve(supply, measured=measured.get(supply.cups, NOT_MEASURED))


def _span(supply: BillableSupply, today: date) -> Period:
    return Period(supply.bill_from, max(today, supply.bill_from + timedelta(days=1)))


def _spans(wanted: Iterable[tuple[Cups, Period]]) -> dict[Cups, Period]:
    spans: dict[Cups, Period] = {}
    for cups, span in wanted:
        spans[cups] = _both(spans.get(cups, span), span)
    return spans


def _both(one: Period, other: Period) -> Period:
    return Period(min(one.start, other.start), max(one.until, other.until))


def _names(supply: BillableSupply, tariff: _TariffOf, days: Period) -> tuple[str, ...]:
    try:
        return names_read(supply, tariff=tariff(supply.tariff), days=days)
    except DomainError:
        return ()  # the error is raised again, and told, when it is drafted
