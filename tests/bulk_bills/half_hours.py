"""What services are measured by interval: whole, or with what is odd about some of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, timedelta
from decimal import Decimal
from typing import Any, Final

import attrs

from energyretail.domain import pricing
from energyretail.domain.shared import MarketTime, Period
from oracle_bills.dice import Dice, odds, pick

__all__ = ["Measuring", "Series", "random_series"]

DAY: Final = timedelta(days=1)


@attrs.frozen
class Measuring:
    """A channel that services of a tariff are measured by."""

    channel: str
    minutes: int
    flow: pricing.Flow
    zone: MarketTime

    @classmethod
    def of(cls, told: Mapping[str, Any], zone: str) -> Measuring:
        """Return the channel of a series of a request."""
        flow = pricing.Flow(told.get("flow", "import"))
        return cls(told["register"], told["minutes"], flow, MarketTime(zone))


@attrs.frozen
class Series:
    """What was told of a channel, one use after the other, and the Wh of each day as it stands."""

    uses: tuple[pricing.IntervalUse, ...]
    wh: Mapping[date, int]


def random_series(dice: Dice, of: Measuring, days: Period) -> Series:
    """Return what a channel measured on some days, of which a few are told again otherwise."""
    palette = [_wh(dice) * of.minutes // 60 for _ in range(dice.randint(1, 7))]
    count = _count(of, days)
    values: list[int | None] = [palette[at * at % len(palette)] for at in range(count)]
    for _ in range(pick(dice, (0, 0, 0, 0, 1, 2))):
        place, length = dice.randint(0, count - 1), pick(dice, (1, 1, 1, 2, 30))
        values[place : place + length] = [None] * len(values[place : place + length])
    whole = _use(of, days.start, values)
    told = list(_left_out(dice, whole)) if odds(dice, 3) else [whole]
    stands = {
        day: use.within(Period(day, day + DAY)) for use in told for day in use.period.each_day()
    }
    for _ in range(pick(dice, (0, 0, 0, 1, 1, 3))):
        again = _again(dice, stands[pick(dice, sorted(stands))])
        told.append(again)
        stands[again.period.start] = again
    return Series(tuple(told), {day: _sum(use) for day, use in stands.items()})


def _wh(dice: Dice) -> int:
    """Return what is used in an hour, in Wh: at times nothing, or less."""
    match dice.randint(0, 9):
        case 0:
            return 0
        case 1:
            return -dice.randint(1, 400)
        case _:
            return dice.randint(1, 3_000)


def _left_out(dice: Dice, use: pricing.IntervalUse) -> Iterator[pricing.IntervalUse]:
    """Yield a series without one of its days, which nobody told."""
    first, last = use.period.start, use.period.until
    day = first + dice.randint(0, use.period.days - 1) * DAY
    for start, end in ((first, day), (day + DAY, last)):
        if start < end:
            yield use.within(Period(start, end))


def _again(dice: Dice, day: pricing.IntervalUse) -> pricing.IntervalUse:
    """Return a day as it is told later: estimated, measured otherwise, by another source.

    What was missing may be there, or something be missing that was.
    """
    values = [each if each is None else each + Decimal("0.001") for each in day.kwh]
    match dice.randint(0, 6):
        case 0:
            return attrs.evolve(day, source="told again")
        case 1:
            return attrs.evolve(day, kwh=tuple(values))
        case 2:
            return attrs.evolve(day, kwh=tuple(each or Decimal("0.003") for each in day.kwh))
        case 3:
            return attrs.evolve(day, kwh=(None, *day.kwh[1:]))
        case _:
            return attrs.evolve(day, quality=pricing.Quality.ESTIMATED)


def _use(of: Measuring, start: date, wh: Sequence[int | None]) -> pricing.IntervalUse:
    return pricing.IntervalUse(
        register=of.channel,
        start=of.zone.start_of(start),
        minutes=of.minutes,
        kwh=tuple(None if each is None else Decimal(each).scaleb(-3) for each in wh),
        zone=of.zone,
        flow=of.flow,
    )


def _count(of: Measuring, days: Period) -> int:
    # Of two instants of one zone the clock would be subtracted, which is put forward within.
    start, end = (of.zone.start_of(day).astimezone(UTC) for day in (days.start, days.until))
    return (end - start) // timedelta(minutes=of.minutes)


def _sum(use: pricing.IntervalUse) -> int:
    return int(sum(each or 0 for each in use.kwh) * 1000)
