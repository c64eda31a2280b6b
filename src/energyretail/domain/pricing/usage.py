"""What was used and what was subscribed: everything about a customer that a bill measures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Protocol, TypeVar

import attrs

from energyretail.domain.pricing.derivation import Derivation
from energyretail.domain.pricing.faults import refuse
from energyretail.domain.pricing.uses import Flow, Profile, Quality
from energyretail.domain.shared import Invalid, Period, Power, decimal_of

__all__ = [
    "ExtraItem", "PassedOnLine", "Peak", "ReactiveUse", "Subscribed", "Usage", "Use", "covering",
    "not_measured", "usage_faults",
]  # fmt: skip


class Use(Protocol):
    """Energy of one register over a closed period, however it was measured."""

    @property
    def register(self) -> str:
        """The register or channel."""

    @property
    def period(self) -> Period:
        """The days it tells of, whole."""

    @property
    def flow(self) -> Flow:
        """Whether energy was taken or fed in."""

    @property
    def quality(self) -> Quality:
        """Whether it was measured or estimated."""

    def energy_in(self, part: Period, profile: Profile | None) -> Derivation:
        """Return the kWh in a part of its period."""


_ALWAYS = Period(date.min)


@attrs.frozen
class Subscribed:
    """A subscribed power of a register, from `period.start` to before its end."""

    register: str
    power: Power
    period: Period = _ALWAYS


@attrs.frozen
class Peak:
    """The highest power measured at a register in the calendar month that begins on `month`."""

    register: str
    month: date
    power: Power


@attrs.frozen
class ReactiveUse:
    """Reactive energy of one register over a closed period."""

    register: str
    period: Period
    kvarh: Decimal = attrs.field(converter=decimal_of)


@attrs.frozen
class PassedOnLine:
    """A line of somebody else's invoice for `component` to pass on; `amount` as it stands there."""

    component: str
    label: str
    period: Period
    amount: Decimal = attrs.field(converter=decimal_of)
    source: str = ""


@attrs.frozen
class ExtraItem:
    """Something sold beside energy, for `component` to bill: `quantity` x `price`.

    `on` is a day of the billed period; its last one unless given.
    """

    component: str
    label: str
    quantity: Decimal = attrs.field(converter=decimal_of)
    price: Decimal = attrs.field(converter=decimal_of)
    unit: str = ""
    on: date | None = None


def _uses(uses: Iterable[Use]) -> tuple[Use, ...]:
    return tuple(sorted(uses, key=lambda use: (use.register, use.period.start)))


def _subscribed(
    powers: Iterable[Subscribed | tuple[str, Power]],
) -> tuple[Subscribed, ...]:
    found = (p if isinstance(p, Subscribed) else Subscribed(*p) for p in powers)
    return tuple(sorted(found, key=lambda each: (each.register, each.period.start)))


def _peaks(peaks: Iterable[Peak]) -> tuple[Peak, ...]:
    return tuple(sorted(peaks, key=lambda peak: (peak.register, peak.month)))


def _reactive(uses: Iterable[ReactiveUse]) -> tuple[ReactiveUse, ...]:
    return tuple(sorted(uses, key=lambda use: (use.register, use.period.start)))


def _passed_on(lines: Iterable[PassedOnLine]) -> tuple[PassedOnLine, ...]:
    return tuple(
        sorted(lines, key=lambda x: (x.component, x.period.start, x.label, x.amount, x.source))
    )


def _extras(items: Iterable[ExtraItem]) -> tuple[ExtraItem, ...]:
    return tuple(
        sorted(
            items,
            key=lambda x: (x.component, x.on or date.max, x.label, x.price, x.quantity, x.unit),
        )
    )


@attrs.frozen
class Usage:
    """All uses, powers, peaks and items of the billed period.

    Each is put in one order, by register and time: the order it is given in tells nothing.
    `powers` may be given as (register, power) pairs that hold throughout. Refused with Invalid:
    uses of one register that overlap (``pricing.usage_overlap``), two powers of a register on one
    day (``pricing.power_twice``), or two peaks of a month (``pricing.peak_twice``).
    """

    uses: tuple[Use, ...] = attrs.field(default=(), converter=_uses)
    powers: tuple[Subscribed, ...] = attrs.field(default=(), converter=_subscribed)
    peaks: tuple[Peak, ...] = attrs.field(default=(), converter=_peaks)
    reactive: tuple[ReactiveUse, ...] = attrs.field(default=(), converter=_reactive)
    passed_on: tuple[PassedOnLine, ...] = attrs.field(default=(), converter=_passed_on)
    extras: tuple[ExtraItem, ...] = attrs.field(default=(), converter=_extras)
    profile: Profile | None = None

    def __attrs_post_init__(self) -> None:
        found = usage_faults(self.uses, self.powers, self.peaks, self.reactive)
        refuse(error for _, _, error in found)

    @property
    def registers(self) -> tuple[str, ...]:
        """The registers that measured something, in order of name."""
        return tuple(dict.fromkeys(use.register for use in self.uses))

    def registers_of(self, flow: Flow) -> tuple[str, ...]:
        """Return the registers of energy taken, or fed in, in order of name."""
        return tuple(dict.fromkeys(use.register for use in self.uses if use.flow is flow))

    def of(self, register: str) -> tuple[Use, ...]:
        """Return the uses of one register in order of time."""
        uses = (use for use in self.uses if use.register == register)
        return tuple(sorted(uses, key=lambda use: use.period.start))

    def power(self, register: str, day: date = date.min) -> Power:
        """Return the power subscribed on a day; raises Invalid when there is none."""
        for subscribed in self.powers:
            if subscribed.register == register and day in subscribed.period:
                return subscribed.power
        raise Invalid("pricing.power_missing", "no subscribed power", register=register, day=day)

    def peak(self, register: str, month: date) -> Power | None:
        """Return the peak of a register in the month that begins on `month`, if it is known."""
        return next(
            (p.power for p in self.peaks if p.register == register and p.month == month), None
        )


class _Span(Protocol):
    @property
    def register(self) -> str: ...

    @property
    def period(self) -> Period: ...


_SpanT = TypeVar("_SpanT", bound=_Span)


def covering(
    spans: Iterable[_SpanT], period: Period
) -> tuple[list[tuple[_SpanT, Period]], list[tuple[date, date | None]]]:
    """Return those that tell of a period, each with the days it tells of, and what they leave out.

    `spans` are in order and share no days. What is left out is told by its first day in the period
    and the day on which the next of them begins, if one does.
    """
    found, gaps, day = list[tuple[_SpanT, Period]](), list[tuple[date, date | None]](), period.start
    for span in spans:
        if day < span.period.start and day < period.until:
            gaps.append((day, span.period.start))
        overlap = span.period.meets(period)
        if overlap is not None:
            found.append((span, overlap))
        day = max(day, span.period.until)
    if day < period.until:
        gaps.append((day, None))
    return found, gaps


def not_measured(text: str, register: str, gap: tuple[date, date | None], **unit: str) -> Invalid:
    """Return what is told of days that `covering` left out (``pricing.usage_gap``)."""
    day, until = gap
    known = {} if until is None else {"until": until}
    return Invalid("pricing.usage_gap", text, register=register, day=day, **known, **unit)


def overlaps(code: str, text: str, spans: Iterable[_Span]) -> Iterator[tuple[int, Invalid]]:
    """Yield the place of each that shares a day with one of its register that began before it."""
    in_order = sorted(enumerate(spans), key=lambda each: (each[1].register, each[1].period.start))
    last: _Span | None = None
    for at, span in in_order:
        if last is None or last.register != span.register:
            last = span
            continue
        if last.period.meets(span.period) is not None:
            yield (
                at,
                Invalid(code, text, register=span.register, first=last.period, second=span.period),
            )
        if (last.period.end or date.max) < (span.period.end or date.max):
            last = span


def usage_faults(
    uses: Iterable[Use] = (),
    powers: Iterable[Subscribed] = (),
    peaks: Iterable[Peak] = (),
    reactive: Iterable[ReactiveUse] = (),
) -> Iterator[tuple[str, int, Invalid]]:
    """Yield what is told twice, as a field of Usage, the place in it of the later, and why.

    ``pricing.usage_overlap``, ``pricing.power_twice``, ``pricing.peak_twice``.
    """
    twice = "two uses of a register overlap"
    for at, error in overlaps("pricing.usage_overlap", twice, uses):
        yield "uses", at, error
    for at, error in overlaps("pricing.usage_overlap", twice, reactive):
        yield "reactive", at, error
    for at, error in overlaps("pricing.power_twice", "a register has two powers", powers):
        yield "powers", at, error
    seen = set[tuple[str, date]]()
    for at, peak in enumerate(peaks):
        if (peak.register, peak.month) in seen:
            yield (
                "peaks",
                at,
                Invalid(
                    "pricing.peak_twice",
                    "a register has two peaks of a month",
                    register=peak.register,
                    month=f"{peak.month:%Y-%m}",
                ),
            )
        seen.add((peak.register, peak.month))
