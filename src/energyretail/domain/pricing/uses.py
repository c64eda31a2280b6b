"""The sorts of use: between two readings, by interval, volume of gas; each is cut by days."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cached_property, reduce
from itertools import compress, count, groupby, repeat
from operator import is_
from typing import Final

import attrs

from energyretail.domain.pricing.dated import DatedPrice, always, cuts_of, factor_on
from energyretail.domain.pricing.derivation import Derivation, Factor, Series, product
from energyretail.domain.pricing.faults import refuse
from energyretail.domain.shared import Energy, Invalid, MarketTime, Period, decimal_of, exact_sum

__all__ = [
    "BOTH_ENDS", "NO_PROFILE", "Conversion", "Flow", "IntervalUse", "Profile", "Quality",
    "RegisterUse", "VolumeUse", "share_of",
]  # fmt: skip


class Quality(enum.Enum):
    """Whether both readings behind a quantity were taken, or one was estimated."""

    ACTUAL = "actual"
    ESTIMATED = "estimated"


class Flow(enum.Enum):
    """Energy taken from the network, or fed into it."""

    IMPORT = "import"
    EXPORT = "export"


@attrs.frozen
class Profile:
    """How use spreads over days: a weight a day from `start` on.

    Raises Invalid ``pricing.profile_weights`` (a weight is zero or more).
    """

    name: str
    start: date
    weights: tuple[Decimal, ...] = attrs.field()

    @weights.validator
    def _not_negative(self, _: object, weights: tuple[Decimal, ...]) -> None:
        if any(weight < 0 for weight in weights):
            raise Invalid("pricing.profile_weights", "a weight is zero or more", name=self.name)

    def weight(self, period: Period) -> Decimal:
        """Return the sum of the weights of `period`; raises Invalid ``pricing.profile_missing``."""
        first, last = (period.start - self.start).days, (period.until - self.start).days
        if first < 0 or last > len(self.weights):
            raise Invalid("pricing.profile_missing", "no weight for a day", period=period)
        return reduce(exact_sum, self.weights[first:last], Decimal(0))


NO_PROFILE: Final = Profile("", date.min, ())
"""Has no weight for any day: what is to be divided by it is refused."""


def share_of(whole: Period, part: Period, profile: Profile | None) -> tuple[Factor, Factor] | None:
    """Return factor and divisor of a part of a use, or None for the whole of it."""
    if part == whole:
        return None
    if profile is None:
        days = Factor("days", part.days, "days")
        return days, Factor("days between readings", whole.days, "days")
    between = profile.weight(whole)
    if not between:
        raise Invalid("pricing.profile_missing", "no weight between the readings", period=whole)
    weight = Factor(f"weight {part}", profile.weight(part), "", profile.name)
    return weight, Factor("weight between readings", between, "", profile.name)


def _closed(use: object, _: object, period: Period) -> None:
    if period.end is None:
        register = getattr(use, "register", "")
        raise Invalid("pricing.usage_open", "usage lies between two readings", register=register)


BOTH_ENDS: Final = "; "
"""What stands between the two readings of a use where a calculation names them as its source."""


@attrs.frozen
class RegisterUse:
    """Energy of one register over a closed half-open period between two readings.

    `readings` are evidence as text: ``"P1 2026-03-10 1234.000 actual v1"``.

    Raises Invalid ``pricing.usage_open`` (usage lies between two readings).
    """

    register: str
    period: Period = attrs.field(validator=_closed)
    energy: Energy
    quality: Quality = Quality.ACTUAL
    readings: tuple[str, ...] = ()
    flow: Flow = Flow.IMPORT

    def energy_in(self, part: Period, profile: Profile | None = None) -> Derivation:
        """Return the kWh of a part: by days, or by the weights of a profile."""
        name = f"energy {self.register}"
        energy = Factor(name, self.energy.kwh, "kWh", BOTH_ENDS.join(self.readings))
        share = share_of(self.period, part, profile)
        if share is None:
            return product(name, [energy])
        return product(f"{name} {part}", [energy, share[0]], [share[1]])


_MJ_PER_KWH: Final = Decimal("3.6")


_NO_CORRECTION = always("correction", 1, "")


@attrs.frozen
class Conversion:
    """How a volume of gas becomes energy on each day: the record a bill keeps.

    kWh = volume x `m3_per_unit` x `correction` x `calorific_value`, / 3.6 where it `is_mj`
    per m3 and not kWh per m3.
    """

    name: str
    calorific_value: DatedPrice
    is_mj: bool
    m3_per_unit: Decimal = attrs.field(default=Decimal(1), converter=decimal_of)
    correction: DatedPrice = _NO_CORRECTION
    source: str = ""

    def runs(self, period: Period) -> tuple[Period, ...]:
        """Return the parts of `period` in which no factor changes."""
        return period.split(cuts_of((self.correction, self.calorific_value)))

    def factors(self, day: date) -> tuple[tuple[Factor, ...], tuple[Factor, ...]]:
        """Return the factors and divisors of a day."""
        unit = "MJ/m3" if self.is_mj else "kWh/m3"
        factors = (
            Factor("m3 per unit", self.m3_per_unit, "m3", self.source),
            factor_on(self.correction, day, ""),
            factor_on(self.calorific_value, day, unit),
        )
        return factors, (Factor("", _MJ_PER_KWH, "MJ/kWh"),) if self.is_mj else ()


@attrs.frozen
class VolumeUse:
    """Volume of gas over a closed period between two readings, as the meter counted it.

    It is spread over the days and converted day by day; nothing is rounded between.

    Raises Invalid ``pricing.usage_open`` (usage lies between two readings).
    """

    register: str
    period: Period = attrs.field(validator=_closed)
    volume: Decimal = attrs.field(converter=decimal_of)
    conversion: Conversion
    quality: Quality = Quality.ACTUAL
    readings: tuple[str, ...] = ()
    flow: Flow = Flow.IMPORT

    def energy_in(self, part: Period, profile: Profile | None = None) -> Derivation:
        """Return the kWh of a part, each run of days at its own factors."""
        runs = [self._run(run, profile) for run in self.conversion.runs(part)]
        return runs[0] if len(runs) == 1 else product(f"energy {self.register}", (), (), runs)

    def _run(self, run: Period, profile: Profile | None) -> Derivation:
        factors, divisors = self.conversion.factors(run.start)
        volume = Factor(f"volume {self.register}", self.volume, "", BOTH_ENDS.join(self.readings))
        share = share_of(self.period, run, profile)
        if share is not None:
            factors, divisors = (*factors, share[0]), (*divisors, share[1])
        return product(f"energy {self.register} {run}", [volume, *factors], divisors)


def runs_of_none(values: Sequence[object]) -> Iterator[tuple[int, int]]:
    """Yield where each run of missing values begins, and the place after its end."""
    missing = compress(count(), map(is_, values, repeat(None)))
    # Places in a row are as far from their order as the first of them.
    for _, run in groupby(enumerate(missing), key=lambda pair: pair[1] - pair[0]):
        places = [at for _, at in run]
        yield places[0], places[-1] + 1


_STEPS: Final = (5, 10, 15, 30, 60)


@attrs.frozen
class IntervalUse:
    """Energy of one channel in equal intervals of `minutes` from the instant `start` on.

    An interval belongs to the local day of `zone` it begins in. `kwh` holds None for a missing
    one: it is refused when it is to be billed (``pricing.interval_missing``), never taken for
    nothing.

    Raises Invalid ``pricing.interval_step`` (steps that no local day begins with, or no steps
    of 5, 10, 15, 30 or 60 minutes), ``pricing.usage_missing`` (no whole local day).
    """

    register: str
    start: datetime
    minutes: int
    kwh: tuple[Decimal | None, ...]
    zone: MarketTime
    quality: Quality = Quality.ACTUAL
    source: str = ""
    flow: Flow = Flow.IMPORT

    def __attrs_post_init__(self) -> None:
        first = self._begin(self.zone.day_of(self.start))
        aligned = self.minutes in _STEPS and not (self._origin - first) % self._step
        if not aligned:
            raise Invalid(
                "pricing.interval_step",
                "intervals of 5 to 60 minutes begin with the local day",
                start=self.start,
                minutes=self.minutes,
            )
        _ = self.period

    @cached_property
    def period(self) -> Period:
        """The local days it covers whole."""
        day, stop = self.zone.day_of(self.start), self._origin + len(self.kwh) * self._step
        start = day if self._begin(day) >= self._origin else day + timedelta(days=1)
        end = self.zone.day_of(stop)
        if end <= start:
            raise Invalid(
                "pricing.usage_missing", "no whole local day", register=self.register, day=day
            )
        return Period(start, end)

    def values(self, part: Period) -> tuple[Decimal, ...]:
        """Return the kWh of the intervals of a part, in order.

        Raises Invalid ``pricing.interval_missing`` for each run of intervals without a value.
        """
        first, last = self.places(part)
        if not self._gaps:
            return self._known[first:last]
        refuse(self._missing(first, last))
        return tuple(value for value in self.kwh[first:last] if value is not None)

    def places(self, part: Period) -> tuple[int, int]:
        """Return the first place of a part among the intervals, and the one after its last."""
        first = (self._begin(part.start) - self._origin) // self._step
        return first, (self._begin(part.until) - self._origin) // self._step

    def within(self, part: Period) -> IntervalUse:
        """Return the intervals of a part of its days, and no other."""
        first, last = self.places(part)
        return attrs.evolve(self, start=self.zone.start_of(part.start), kwh=self.kwh[first:last])

    def instant(self, place: int) -> datetime:
        """Return when an interval begins, in UTC."""
        return self._origin + place * self._step

    def energy_in(self, part: Period, profile: Profile | None = None) -> Derivation:
        """Return the kWh of a part: the sum of its intervals."""
        return self._told(part, self.values(part), "")

    def chosen(self, part: Period, wanted: Sequence[bool], which: str) -> Derivation:
        """Return the kWh of the intervals of a part that are `wanted`, which tells it of each.

        Raises Invalid ``pricing.interval_missing``, and ``pricing.interval_count`` where there are
        more intervals, or fewer, than it tells of.
        """
        values = self.values(part)
        if len(values) != len(wanted):
            raise Invalid(
                "pricing.interval_count",
                "each interval is wanted or not",
                register=self.register,
                intervals=len(values),
                told=len(wanted),
            )
        return self._told(part, tuple(compress(values, wanted)), which)

    def _told(self, part: Period, values: tuple[Decimal, ...], which: str) -> Derivation:
        intervals = f"{part}, {self.quality.value} intervals of {self.minutes} minutes"
        source = " ".join(filter(None, (self.source, intervals, which)))
        name = f"energy {self.register}"
        return Derivation(name, series=(Series(name, values, "kWh", source),))

    def lack(self, place: int, end: int) -> Invalid:
        """Return what is told of a run of intervals without a value (``pricing.interval_missing``).

        `end` is the place after its last.
        """
        return Invalid(
            "pricing.interval_missing",
            "an interval has no value",
            register=self.register,
            start=self.instant(place).isoformat(),
            missing=end - place,
        )

    def _missing(self, first: int, last: int) -> Iterator[Invalid]:
        """Yield the runs without a value that reach into some places, each from its beginning."""
        for place, end in self._gaps:
            if place < last and first < end:
                yield self.lack(place, end)

    # Each line of a bill asks for what it counts, so these are looked for once.
    @cached_property
    def _gaps(self) -> tuple[tuple[int, int], ...]:
        return tuple(runs_of_none(self.kwh))

    @cached_property
    def _known(self) -> tuple[Decimal, ...]:
        return tuple(value for value in self.kwh if value is not None)

    @property
    def _step(self) -> timedelta:
        return timedelta(minutes=self.minutes)

    @cached_property
    def _origin(self) -> datetime:
        return self.start.astimezone(UTC)

    def _begin(self, day: date) -> datetime:
        return self.zone.start_of(day).astimezone(UTC)
