"""Intervals that are estimated on some days: priced as one series, told apart on the bill.

What a bill comes to does not ask which of its intervals are estimated; its calculation names each
run of days of one quality or source. So one program prices them all, and its form is told apart by
the runs of whoever's bill it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate, groupby
from typing import Final

import attrs

from energyretail.domain.pricing.components import Draft
from energyretail.domain.pricing.derivation import Combine, Derivation, Series
from energyretail.domain.pricing.metered import SUM_OF_USES, sum_of_uses
from energyretail.domain.pricing.openings import marked, open_place, open_text, places_of
from energyretail.domain.pricing.programs import BillForm, RateProgram
from energyretail.domain.pricing.totals import TaxedLine
from energyretail.domain.pricing.usage import Usage, Use
from energyretail.domain.pricing.uses import IntervalUse, Quality
from energyretail.domain.shared import Period

__all__ = ["joined", "parted", "told_apart", "with_estimates"]

# As `IntervalUse.chosen` says which intervals a series counts.
_COUNTED: Final = re.compile(r"(?P<start>[-\d]+)/(?P<end>[-\d]+), \w+ (?P<which>.*)", re.DOTALL)


def joined(usage: Usage) -> Usage:
    """Return a usage with one series where runs of intervals follow each other, taken as actual."""
    uses: list[Use] = []
    for use in usage.uses:
        if not isinstance(use, IntervalUse):
            uses.append(use)
            continue
        last = uses[-1] if uses else None
        if isinstance(last, IntervalUse) and _goes_on(last, use):
            uses[-1] = attrs.evolve(last, kwh=last.kwh + use.kwh)
        else:
            uses.append(attrs.evolve(use, quality=Quality.ACTUAL))
    return attrs.evolve(usage, uses=tuple(uses))


def parted(usage: Usage, estimated: Mapping[str, Sequence[bool]]) -> Usage:
    """Return a usage with a series for each run of days that are estimated or not.

    `estimated` tells it of each day of a channel, in order.
    """
    uses: list[Use] = []
    for use in usage.uses:
        if isinstance(use, IntervalUse):
            uses += _runs_of(use, estimated[use.register])
        else:
            uses.append(use)
    return attrs.evolve(usage, uses=tuple(uses))


def told_apart(form: BillForm, uses: Sequence[Use]) -> BillForm:
    """Return the form of a joined usage, each run of `uses` told by itself.

    They are the uses of one bill over the days of the form, in order: it is then the form that is
    compiled of them. One that is told apart already, or by no interval, is returned as it is.
    """
    channels = _channels(uses)
    as_one = all(len(runs) == 1 and runs[0].is_actual for runs in channels)
    if as_one or any(_last_place(each) >= len(channels) for each in form.taken):
        return form
    return attrs.evolve(
        form,
        lines=tuple(
            TaxedLine(_draft_apart(line.draft, channels), line.rate) for line in form.lines
        ),
        taken=tuple(run for each in form.taken for run in _pieces(each, channels)),
    )


def with_estimates(whole: RateProgram, apart: RateProgram) -> RateProgram | None:
    """Return the program of a joined usage, its lines estimates where those of its runs are.

    `apart` is compiled of the runs. None where its form is not the one that is told apart.
    """
    pairs = list(zip(whole.form.lines, apart.form.lines, strict=False))
    drafts = [attrs.evolve(own.draft, estimated=run.draft.estimated) for own, run in pairs]
    lines = tuple(TaxedLine(draft, own.rate) for draft, (own, _) in zip(drafts, pairs, strict=True))
    form = attrs.evolve(whole.form, lines=lines)
    if told_apart(form, apart.shape.uses) != apart.form:
        return None
    return attrs.evolve(whole, form=form)


@attrs.frozen
class _Run:
    """A use of a channel: its place among all, its first interval and the one after its last."""

    place: int
    use: IntervalUse
    first: int
    end: int

    @property
    def is_actual(self) -> bool:
        return self.use.quality is Quality.ACTUAL

    def of(self, series: tuple[Series, ...], places: Sequence[int]) -> tuple[Series, ...]:
        """Return what is its own of intervals of the channel, and of the prices beside them.

        `places` are those that the intervals are at.
        """
        energy, *prices = series
        own = [at for at, place in enumerate(places) if self.first <= place < self.end]
        counted = tuple(Decimal(places[at] - self.first) for at in own)
        beside = (
            attrs.evolve(each, values=tuple(each.values[at] for at in own)) for each in prices
        )
        return (attrs.evolve(energy, values=counted), *beside)


_Channels = Sequence[Sequence[_Run]]


def _channels(uses: Sequence[Use]) -> _Channels:
    found: list[list[_Run]] = []
    series = [(place, use) for place, use in enumerate(uses) if isinstance(use, IntervalUse)]
    for _, runs in groupby(series, key=lambda pair: pair[1].register):
        of_channel = list(runs)
        ends = list(accumulate(len(use.kwh) for _, use in of_channel))
        places = zip(of_channel, [0, *ends], ends, strict=False)
        found.append([_Run(*pair, first, end) for pair, first, end in places])
    return found


def _goes_on(before: IntervalUse, after: IntervalUse) -> bool:
    alike = [(each.register, each.minutes, each.zone, each.flow) for each in (before, after)]
    return alike[0] == alike[1] and before.instant(len(before.kwh)) == after.instant(0)


def _runs_of(use: IntervalUse, estimated: Sequence[bool]) -> Iterator[IntervalUse]:
    days = zip(use.period.each_day(), estimated, strict=True)
    for is_estimated, run in groupby(days, key=lambda pair: bool(pair[1])):
        of_run = [day for day, _ in run]
        quality = Quality.ESTIMATED if is_estimated else Quality.ACTUAL
        within = use.within(Period(of_run[0], of_run[-1] + timedelta(days=1)))
        yield attrs.evolve(within, quality=quality)


def _last_place(derivation: Derivation) -> int:
    return max((_place(derivation) or 0, *map(_last_place, derivation.parts)))


def _draft_apart(draft: Draft, channels: _Channels) -> Draft:
    return attrs.evolve(
        draft,
        derivation=_apart(draft.derivation, channels),
        quantity=_number_apart(draft.quantity, channels),
        price=_number_apart(draft.price, channels),
    )


def _number_apart(number: Decimal | Derivation, channels: _Channels) -> Decimal | Derivation:
    return number if isinstance(number, Decimal) else _apart(number, channels)


def _apart(derivation: Derivation, channels: _Channels) -> Derivation:
    if _place(derivation) is not None:
        runs = _pieces(derivation, channels)
        return sum_of_uses(runs)
    # The sum of several channels is one of all their runs; so is what they cost by interval.
    is_sum = derivation.combine is Combine.SUM and (
        derivation.name == SUM_OF_USES or any(len(part.series) > 1 for part in derivation.parts)
    )
    parts: list[Derivation] = []
    for part in derivation.parts:
        parts += _pieces(part, channels) if is_sum else [_apart(part, channels)]
    return attrs.evolve(derivation, parts=tuple(parts))


def _pieces(derivation: Derivation, channels: _Channels) -> Sequence[Derivation]:
    """Return what a series counts of each run that it meets; of what is no series itself."""
    place = _place(derivation)
    if place is None:
        return [_apart(derivation, channels)]
    energy = derivation.series[0]
    counted, places = _COUNTED.fullmatch(open_text(energy.source)), places_of(energy)
    assert counted is not None  # as it was written
    days = Period(*(date.fromisoformat(counted[name]) for name in ("start", "end")))
    return [
        attrs.evolve(
            derivation,
            series=_told(run.of(derivation.series, places), run, met, counted["which"]),
        )
        for run in channels[place]
        if (met := run.use.period.meets(days)) is not None
    ]


def _place(derivation: Derivation) -> int | None:
    return open_place(derivation.series[0].source) if derivation.series else None


def _told(series: tuple[Series, ...], run: _Run, days: Period, which: str) -> tuple[Series, ...]:
    """Return the series of a run, whose intervals say that they are."""
    told = f"{marked(run.place)} {days}, {run.use.quality.value} {which}"
    return (attrs.evolve(series[0], source=told), *series[1:])
