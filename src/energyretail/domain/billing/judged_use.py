"""What bills counted, so that a draft can be held against those before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import groupby, pairwise

import attrs

from energyretail.domain import metering
from energyretail.domain.billing.drafts import Draft
from energyretail.domain.billing.invoices import Invoice
from energyretail.domain.billing.plausibility import PlausibilityLimits
from energyretail.domain.billing.supplies import IndexReading
from energyretail.domain.pricing import Quality
from energyretail.domain.shared import Period, exact_sum

__all__ = ["BilledUse", "JudgedBill", "use_of_draft", "use_of_invoice", "whole_counts"]

_THOUSAND = 1000

_ENERGY_UNIT = "kWh"


@attrs.frozen
class BilledUse:
    """What one bill is for: what its registers counted, its energy, what it asks.

    `counted` is by register in the order of their names, in the unit of their indexes (kWh or
    m3), rollovers included. `energy_kwh` is None where nobody kept it; `gross` is with tax, in
    the bill's currency. It is `estimated` where a reading of its last day is: one that only
    begins with an estimate has settled it.
    """

    days: Period
    counted: tuple[tuple[str, Decimal], ...]
    energy_kwh: Decimal | None
    gross: Decimal
    estimated: bool = False

    def plus(self, later: BilledUse) -> BilledUse:
        """Return this and the use of the days that follow as of one bill, estimated as that is."""
        mine, theirs = dict(self.counted), dict(later.counted)
        zero = Decimal(0)
        known = self.energy_kwh is not None and later.energy_kwh is not None
        return BilledUse(
            days=Period(self.days.start, later.days.until),
            counted=tuple(
                (name, exact_sum(mine.get(name, zero), theirs.get(name, zero)))
                for name in sorted({*mine, *theirs})
            ),
            energy_kwh=exact_sum(self.energy_kwh or zero, later.energy_kwh or zero)
            if known
            else None,
            gross=self.gross + later.gross,
            estimated=later.estimated,
        )


def use_of_draft(draft: Draft, *, digits: int) -> BilledUse:
    """Return what a draft is for; its meter has `digits` whole digits."""
    bill = draft.bill
    return _use(bill.period, draft.readings, digits, bill.energy, bill.gross.amount)


def use_of_invoice(invoice: Invoice, *, digits: int) -> BilledUse:
    """Return what the bill that stands by a document is for; its meter has `digits` digits."""
    bill = invoice.standing
    return _use(bill.period, invoice.readings, digits, bill.energy, bill.gross.amount)


def _use(
    days: Period,
    readings: Iterable[IndexReading],
    digits: int,
    energy_kwh: Decimal | None,
    gross: Decimal,
) -> BilledUse:
    read = tuple(readings)
    counted = {
        register: sum(
            (
                metering.consumption(one.index_kwh, two.index_kwh, digits=digits).kwh
                for one, two in pairwise(chain)
            ),
            Decimal(0),
        )
        for register, chain in _chains(read)
    }
    last_day = max((reading.taken_on for reading in read), default=None)
    estimated = any(
        reading.quality is Quality.ESTIMATED for reading in read if reading.taken_on == last_day
    )
    return BilledUse(days, tuple(sorted(counted.items())), energy_kwh, gross, estimated)


def whole_counts(readings: Iterable[IndexReading]) -> tuple[int, ...] | None:
    """Return what each register counted, by name, in thousandths of its unit.

    None where one began again, or counted a part of a thousandth: that no number tells alone.
    """
    counts = []
    for _, chain in _chains(readings):
        counted = (chain[-1].index_kwh - chain[0].index_kwh) * _THOUSAND
        fell = any(two.index_kwh < one.index_kwh for one, two in pairwise(chain))
        if fell or counted != int(counted):
            return None
        counts.append(int(counted))
    return tuple(counts)


def _chains(readings: Iterable[IndexReading]) -> Iterable[tuple[str, tuple[IndexReading, ...]]]:
    ordered = sorted(readings, key=lambda reading: (reading.register, reading.taken_on))
    for register, chain in groupby(ordered, key=lambda reading: reading.register):
        yield register, tuple(chain)


@attrs.frozen
class JudgedBill:
    """A draft beside what its supply is known to use.

    `use` is that of the draft itself. `whole` is it with the estimated bills right before it: an
    actual reading settles them, so only their sum says anything. `past` is the sum of the bills
    before those, None where they are of too few days; `power_kw` the highest subscribed power,
    `standard_kwh` what a supply of that power uses in a year, each None where it is not known.
    """

    draft: Draft
    use: BilledUse
    whole: BilledUse
    past: BilledUse | None
    past_weight: Fraction
    whole_weight: Fraction
    limits: PlausibilityLimits
    digits: int
    power_kw: Decimal | None = None
    standard_kwh: Decimal | None = None

    @classmethod
    def of(
        cls,
        draft: Draft,
        history: Sequence[BilledUse],
        *,
        limits: PlausibilityLimits,
        digits: int,
        power_kw: Decimal | None = None,
        standard_kwh: Decimal | None = None,
    ) -> JudgedBill:
        """Return a draft beside the bills in force before it, given in any order."""
        use = use_of_draft(draft, digits=digits)
        before = sorted(history, key=lambda bill: bill.days.start)
        settled, open_ = _settled(before)
        joined = () if use.estimated else open_
        whole = use
        for bill in reversed(joined):
            if bill.days.until == whole.days.start:
                whole = bill.plus(whole)
        enough = sum(bill.days.days for bill in settled) >= limits.history_days_min
        tariff = draft.tariff
        return cls(
            draft=draft,
            use=use,
            whole=whole,
            past=_sum(settled) if enough else None,
            past_weight=sum(
                (limits.weight(bill.days, tariff=tariff) for bill in settled), Fraction(0)
            ),
            whole_weight=limits.weight(whole.days, tariff=tariff),
            limits=limits,
            digits=digits,
            power_kw=power_kw,
            standard_kwh=standard_kwh,
        )

    @property
    def used(self) -> Decimal:
        """The energy of the whole, or what its registers counted where that alone is comparable."""
        whole, _ = self._comparable()
        return whole

    @property
    def expected(self) -> Fraction | None:
        """What the past lets expect of the whole, by the weights of their days; None without."""
        _, past = self._comparable()
        return None if past is None else self._of_the_past(past)

    def expected_of(self, register: str) -> Fraction | None:
        """Return likewise what one register is expected to count."""
        counted = dict(self.past.counted) if self.past else {}
        return self._of_the_past(counted[register]) if register in counted else None

    @property
    def expected_gross(self) -> Fraction | None:
        """What bills cost until now, for as many days of the same weight."""
        return self._of_the_past(self.past.gross) if self.past else None

    @property
    def energy_lines(self) -> tuple[Decimal, ...]:
        """The amounts of the lines that are priced by the kWh taken."""
        others = self.limits.unpriced_groups
        return tuple(
            line.amount.amount
            for line in self.draft.bill.lines
            if line.unit == _ENERGY_UNIT and line.quantity and line.group not in others
        )

    @property
    def feeds_in(self) -> bool:
        """Whether a line credits what was fed in."""
        lines = self.draft.bill.lines
        return any(line.group in self.limits.credit_groups for line in lines)

    def _comparable(self) -> tuple[Decimal, Decimal | None]:
        whole, past = self.whole, self.past
        if whole.energy_kwh is not None and (past is None or past.energy_kwh is not None):
            return whole.energy_kwh, None if past is None else past.energy_kwh
        return _counted(whole), None if past is None else _counted(past)

    def _of_the_past(self, sum_of_the_past: Decimal) -> Fraction:
        return Fraction(sum_of_the_past) * self.whole_weight / self.past_weight


def _settled(
    bills: Sequence[BilledUse],
) -> tuple[tuple[BilledUse, ...], tuple[BilledUse, ...]]:
    """Split bills after the last that ends with actual readings."""
    actual = [at for at, bill in enumerate(bills, 1) if not bill.estimated]
    last = actual[-1] if actual else 0
    return tuple(bills[:last]), tuple(bills[last:])


def _sum(bills: Sequence[BilledUse]) -> BilledUse:
    total, *rest = bills
    for bill in rest:
        total = total.plus(bill)
    return total


def _counted(use: BilledUse) -> Decimal:
    return sum((counted for _, counted in use.counted), Decimal(0))
