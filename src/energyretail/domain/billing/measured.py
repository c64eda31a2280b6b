"""What a bill rests on beside index readings: what else was measured and declared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar

import attrs

from energyretail.domain import pricing
from energyretail.domain.shared import Invalid, Period, decimal_of

__all__ = ["NOT_MEASURED", "Declared", "Measured", "VolumeRegister"]


def _percent(_: object, __: object, value: Decimal) -> None:
    if not 0 <= value <= 100:
        raise Invalid("pricing.qualifying_percent", "a share is 0 to 100 %", percent=value)


def _refuse_twice(what: str, keys: Iterable[Hashable]) -> None:
    for key, count in Counter(keys).items():
        if count > 1:
            raise Invalid("billing.measured.twice", f"two of one {what} begin on a day", key=key)


@attrs.frozen
class Declared:
    """The share of the use, in percent, that bears the reduced VAT from `since` on.

    Raises Invalid ``pricing.qualifying_percent`` (a share is 0 to 100 %).
    """

    since: date
    percent: Decimal = attrs.field(converter=decimal_of, validator=_percent)


@attrs.frozen
class VolumeRegister:
    """A register that counts volume from `since` on, turned into energy by a named conversion."""

    register: str
    since: date
    conversion: str


@attrs.frozen
class Measured:
    """All that was told of a supply point beside its index readings, in its current version.

    `usage` holds intervals, powers, peaks, reactive energy, lines to pass on and extra items;
    `volumes` the registers whose indexes are volumes, `profile` the name of the profile its use
    is divided by, `declared` the shares of use at the reduced VAT. `seen` is the number of the
    newest of these facts: one of a greater number is news to a bill made of these.

    Raises Invalid ``billing.measured.index`` (energy between two readings comes from readings),
    ``billing.measured.undated`` (an extra item that is to be kept names its day),
    ``billing.measured.twice`` (two shares, or two conversions of a register, from one day on).
    """

    usage: pricing.Usage = attrs.field(factory=pricing.Usage)
    volumes: tuple[VolumeRegister, ...] = ()
    profile: str = ""
    declared: tuple[Declared, ...] = ()
    seen: int = 0

    def __attrs_post_init__(self) -> None:
        for use in self.usage.uses:
            if not isinstance(use, pricing.IntervalUse):
                raise Invalid(
                    "billing.measured.index",
                    "energy between two readings comes from readings",
                    register=use.register,
                )
        for item in self.usage.extras:
            if item.on is None:
                raise Invalid(
                    "billing.measured.undated", "an extra item names its day", label=item.label
                )
        _refuse_twice("share", (each.since for each in self.declared))
        _refuse_twice("conversion", ((each.since, each.register) for each in self.volumes))

    def over(self, period: Period) -> pricing.Usage:
        """Return what belongs on a bill of `period`.

        An item is billed once: where its day is, a line to pass on where its last day is; one of
        nothing is on no bill. Peaks of the months before go along, for a price may look back on
        them.
        """
        usage = self.usage
        return attrs.evolve(
            usage,
            uses=_meeting(usage.uses, period),
            powers=_meeting(usage.powers, period),
            peaks=tuple(peak for peak in usage.peaks if peak.month < period.until),
            reactive=_meeting(usage.reactive, period),
            passed_on=tuple(
                line for line in usage.passed_on if line.amount and line.period.last in period
            ),
            extras=tuple(
                item
                for item in usage.extras
                if item.quantity and (item.on or period.start) in period
            ),
        )

    def since(self, start: date) -> Measured:
        """Return what was told of the supply that began on `start`, and not of one before it.

        A power, a declared share or a peak of an earlier customer is none of this one's.
        """
        usage = attrs.evolve(
            self.usage,
            powers=tuple(each for each in self.usage.powers if each.period.start >= start),
            peaks=tuple(each for each in self.usage.peaks if each.month >= start.replace(day=1)),
        )
        declared = tuple(each for each in self.declared if each.since >= start)
        return attrs.evolve(self, usage=usage, declared=declared)

    def conversion_of(self, register: str, day: date) -> str:
        """Return the name of the conversion of a register's volume, empty where it counts kWh."""
        found = [v for v in self.volumes if v.register == register and v.since <= day]
        return max(found, key=lambda v: v.since).conversion if found else ""

    def qualifying_on(self, day: date) -> Decimal:
        """Return the declared share in force on a day; zero where there is none."""
        found = [each for each in self.declared if each.since <= day]
        return max(found, key=lambda each: each.since).percent if found else Decimal(0)


NOT_MEASURED = Measured()


_Spanned = TypeVar("_Spanned", pricing.Use, pricing.Subscribed, pricing.ReactiveUse)


def _meeting(spanned: Iterable[_Spanned], period: Period) -> tuple[_Spanned, ...]:
    return tuple(each for each in spanned if each.period.meets(period) is not None)
