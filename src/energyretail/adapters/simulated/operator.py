"""How the simulated grid operator's meters run and when their readings are delivered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import attrs

from energyretail.adapters.simulated.chance import Chance
from energyretail.domain.metering import DeliveredReading, Origin
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Cups, MarketTime, add_months

__all__ = ["OperatorBehaviour", "ReadMeter"]

_REGISTERS: Final = ("P1", "P2", "P3")
_FIRST_READING_AFTER_DAYS: Final = 7
_MISSING_PER_THOUSAND: Final = 60
_LATE_DAYS: Final = (10, 15)
_NEAR_ROLLOVER_PER_THOUSAND: Final = 40
_FULL_KWH: Final = 10**6

# Energy of an hour as parts per 10,000 of the point's mean day, from midnight on: homes wake
# at seven and cook at nine in the evening; companies keep shop hours. Both shapes of a week
# (5 working days, 2 others) add up to 7 mean days, near enough for a simulation.
_HOME_WORKING: Final = (
    260, 220, 200, 190, 190, 210, 290, 400, 430, 400, 380, 390,
    430, 500, 490, 420, 380, 400, 450, 520, 620, 700, 580, 400,
)  # fmt: skip
_HOME_FREE: Final = (
    310, 260, 220, 200, 190, 190, 220, 300, 420, 520, 570, 580,
    620, 680, 650, 560, 500, 490, 520, 580, 650, 690, 590, 430,
)  # fmt: skip
_COMPANY_WORKING: Final = (
    170, 160, 160, 160, 170, 200, 300, 480, 720, 860, 900, 900,
    860, 760, 720, 780, 840, 860, 820, 700, 480, 300, 220, 180,
)  # fmt: skip
_COMPANY_FREE: Final = (
    160, 150, 150, 150, 150, 160, 170, 190, 220, 250, 270, 280,
    280, 270, 250, 240, 230, 230, 220, 210, 200, 190, 180, 170,
)  # fmt: skip
_SHAPES: Final = {
    CustomerKind.HOME: (_HOME_WORKING, _HOME_FREE),
    CustomerKind.COMPANY: (_COMPANY_WORKING, _COMPANY_FREE),
}
# Mean use a month; a company's is chosen in its third power, for most are small.
_MONTH_KWH: Final = {CustomerKind.HOME: (200, 400), CustomerKind.COMPANY: (500, 3000)}
# Per mille of the mean by month: heating in winter, cooling in July and August.
_SEASON: Final = (1180, 1140, 1050, 960, 900, 920, 1040, 1030, 920, 900, 990, 1130)
_MEAN_MONTH_DAYS: Final = 30
# A day's energy is level (Wh) x season (1/1,000) x day's whim (1/1,000) x weight (1/10,000).
_PARTS_PER_KWH: Final = 1000 * 1000 * 1000 * 10_000


@attrs.frozen
class ReadMeter:
    """A meter the operator reads for us, from the day our supply began."""

    cups: Cups
    activated_on: date
    kind: CustomerKind


class OperatorBehaviour:
    """Pure in (seed, cups, day): whatever is asked, in whatever order, the answer is the same.

    `register_at` tells the register of the tariff that counts at an instant; it is asked for
    every real hour of a local day, so that the days of 23 and 25 hours come out right.
    """

    def __init__(
        self, chance: Chance, register_at: Callable[[datetime], str], market_time: MarketTime
    ):
        self._chance = chance
        self._register_at = register_at
        self._market_time = market_time
        # Filled as asked; the same for every meter of a kind, so that a day is walked once.
        self._weights: dict[tuple[CustomerKind, date], tuple[tuple[str, int], ...]] = {}

    def delivered(self, meters: Iterable[ReadMeter], day: date) -> tuple[DeliveredReading, ...]:
        """Return the rows of the file of `day`, in order of (cups, register, taken_on).

        A reading is delivered the day after it was taken; of the planned ones some come ten
        to fifteen days later, never one of an activation.
        """
        latest = [day - timedelta(days=1 + late) for late in (0, *range(*_inclusive(_LATE_DAYS)))]
        rows = (
            row
            for meter in meters
            for taken_on in latest
            if self._is_read(meter, taken_on)
            and taken_on + timedelta(days=1 + self._days_late(meter, taken_on)) == day
            for row in self._rows(meter, taken_on)
        )
        return tuple(sorted(rows, key=lambda row: (row.cups, row.register, row.taken_on)))

    def cycle_day(self, cups: Cups) -> int:
        """Return the day of the month, 1 to 28, on which a meter is read."""
        return self._chance.between(1, 28, "cycle", cups)

    def next_reading(self, cups: Cups, after: date) -> date:
        """Return the first cycle day at least a week after a reading."""
        earliest = after + timedelta(days=_FIRST_READING_AFTER_DAYS)
        in_month = earliest.replace(day=self.cycle_day(cups))
        return in_month if in_month >= earliest else add_months(in_month, 1)

    def indexes_kwh(self, meter: ReadMeter, on: date) -> Mapping[str, int]:
        """Return the whole kWh each register shows at 00:00 local of `on`, of six digits."""
        used = dict.fromkeys(_REGISTERS, 0)
        for i in range((on - meter.activated_on).days):
            for register, parts in self.used(meter, meter.activated_on + timedelta(days=i)):
                used[register] += parts
        return {
            register: (self._first_index(meter.cups, register) + parts // _PARTS_PER_KWH)
            % _FULL_KWH
            for register, parts in used.items()
        }

    def used(self, meter: ReadMeter, day: date) -> tuple[tuple[str, int], ...]:
        """Return what each register counts on a local day, exact, in 10⁻¹³ kWh."""
        low, high = _MONTH_KWH[meter.kind]
        month_kwh = self._chance.between(low, high, "use", meter.cups)
        level = month_kwh * 1000 // _MEAN_MONTH_DAYS
        whim = self._chance.between(850, 1150, "whim", meter.cups, day)
        factor = level * _SEASON[day.month - 1] * whim
        return tuple(
            (register, factor * weight) for register, weight in self._day_weights(meter.kind, day)
        )

    def _rows(self, meter: ReadMeter, taken_on: date) -> Iterable[DeliveredReading]:
        next_on = self.next_reading(meter.cups, taken_on)
        for register, index_kwh in self.indexes_kwh(meter, taken_on).items():
            yield DeliveredReading(
                cups=meter.cups,
                register=register,
                taken_on=taken_on,
                index_kwh=Decimal(index_kwh),
                origin=Origin.REMOTE_MANAGED,
                next_on=next_on,
            )

    def _is_read(self, meter: ReadMeter, day: date) -> bool:
        if day <= meter.activated_on:
            return day == meter.activated_on
        first = self.next_reading(meter.cups, meter.activated_on)
        return day >= first and day.day == self.cycle_day(meter.cups)

    def _days_late(self, meter: ReadMeter, taken_on: date) -> int:
        key = ("late", meter.cups, f"{taken_on:%Y-%m}")
        if taken_on == meter.activated_on:
            return 0
        if not self._chance.happens(_MISSING_PER_THOUSAND, *key):
            return 0
        return self._chance.between(*_LATE_DAYS, "days", *key)

    def _first_index(self, cups: Cups, register: str) -> int:
        if self._chance.happens(_NEAR_ROLLOVER_PER_THOUSAND, "rollover", cups):
            return _FULL_KWH - self._chance.between(50, 190, "first", cups, register)
        return self._chance.between(1_000, 60_000, "first", cups, register)

    def _day_weights(self, kind: CustomerKind, day: date) -> tuple[tuple[str, int], ...]:
        """Return the weight of each register on a day, over its real hours."""
        known = self._weights.get((kind, day))
        if known is None:
            known = self._walk(kind, day)
            self._weights[(kind, day)] = known
        return known

    def _walk(self, kind: CustomerKind, day: date) -> tuple[tuple[str, int], ...]:
        working, free = _SHAPES[kind]
        shape = working if day.weekday() < 5 else free
        weights: dict[str, int] = {}
        for hour in self._market_time.hours_of(day):
            register = self._register_at(hour)
            weights[register] = weights.get(register, 0) + shape[hour.hour]
        return tuple(weights.items())


def _inclusive(bounds: tuple[int, int]) -> tuple[int, int]:
    return bounds[0], bounds[1] + 1
