"""The kinds of components that count energy over a span, or rest on other components."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

from oracle_bills.days import counter_begin, year_start
from oracle_bills.figures import price_on, read
from oracle_bills.work import Component, Draft, Work

__all__ = ["DERIVED"]

ZERO = Fraction(0)
DAY = timedelta(days=1)
Drafts = Iterator[Draft]
Span = tuple[date, date]


def _blocks(work: Work, component: Component) -> Drafts:
    times = _times(work, component)
    limits = [read(step["up_to"]) * times for step in component["steps"][:-1]]
    for year, spans in _counts(work, component).items():
        before = _counted_before(work, component, year)
        used = [work.energy(component, *span) for span in spans]
        whole = before + sum(used, ZERO)
        if year is not None:
            work.counters[component["name"]] = (year, whole)
        for (first, end), kwh in zip(spans, used, strict=True):
            if component.get("method") == "volume":
                shares = [kwh if place == _reached(limits, whole) else ZERO
                          for place in range(len(component["steps"]))]  # fmt: skip
            else:
                filled, before = _fill(limits, before), before + kwh
                after = _fill(limits, before)
                shares = [b - a for a, b in zip(filled, after, strict=True)]
            for place, (share, step) in enumerate(zip(shares, component["steps"], strict=True)):
                price = price_on(step["price"], first)
                price = price / 1000 if component.get("per", "kWh") == "MWh" else price
                yield Draft(str(place), first, end, share * price)


def _times(work: Work, component: Component) -> Fraction:
    """Return how often the thresholds count: once, or by the share of the billed period."""
    per = component.get("counted_over", "bill")
    if per not in ("day", "month", "year"):
        return Fraction(1)
    shares = (work.share(component, per, *span) for span in work.parts_of(component))
    return sum(shares, ZERO)


def _counts(work: Work, component: Component) -> dict[date | None, list[Span]]:
    """Gather the parts by the year they are counted in; one count where no year counts."""
    begin = counter_begin(component, work.contract.get("since"))
    counts: dict[date | None, list[Span]] = {}
    for span in work.parts_of(component):
        counts.setdefault(begin and year_start(span[0], begin), []).append(span)
    return counts


def _counted_before(work: Work, component: Component, year: date | None) -> Fraction:
    for counter in work.request.get("carried_over", {}).get("counters", ()):
        if counter["component"] == component["name"] and counter["since"] == str(year):
            return read(counter["kwh"])
    return ZERO


def _fill(limits: list[Fraction], kwh: Fraction) -> list[Fraction]:
    """Return how much of some energy falls into each block; less than none into the first."""
    if not limits:
        return [kwh]
    middle = [max(ZERO, min(kwh, high) - low) for low, high in pairwise(limits)]
    return [min(kwh, limits[0]), *middle, max(ZERO, kwh - limits[-1])]


def _reached(limits: list[Fraction], kwh: Fraction) -> int:
    return sum(kwh > limit for limit in limits)


def _percentage_tax(work: Work, component: Component) -> Drafts:
    divisor = 1000 if component.get("minimum_per", "MWh") == "MWh" else 1
    for first, end in work.parts_of(component):
        rate = price_on(component["rate"], first)
        amount = work.bases(component["bases"], first, end) * rate / 100
        if "minimum" in component:
            least = price_on(component["minimum"], first) / divisor
            amount = max(amount, work.energy({}, first, end) * least)
        yield Draft("", first, end, amount)


def _spans(work: Work, component: Component) -> list[Span]:
    """Return the parts, or the whole bill where the component counts by the bill."""
    parts = work.parts_of(component)
    by_bill = "amount" in component and component.get("per", "bill") == "bill"
    return [(work.first, work.end)] if parts and by_bill else parts


def _amount(work: Work, component: Component, first: date, end: date) -> Fraction:
    per = component.get("per", "bill")
    if per == "bill":
        return price_on(component["amount"], first)
    return price_on(component["amount"], first) * work.share(component, per, first, end)


def _minimum_charge(work: Work, component: Component) -> Drafts:
    for first, end in _spans(work, component):
        missing = _amount(work, component, first, end) - work.bases(component["bases"], first, end)
        if missing > 0:
            yield Draft("", first, end, missing)


def _discount(work: Work, component: Component) -> Drafts:
    name, names = component["name"], component["bases"]
    before = work.given[name] = _given_before(work, name)
    for first, end in _spans(work, component):
        base = work.bases(names, first, end)
        if "percent" in component:
            amount = base * price_on(component["percent"], first) / 100
        else:
            amount = _amount(work, component, first, end)
        amount = min(amount, base + _taken(work, component, first, end))
        if "budget" in component:
            amount = min(amount, read(component["budget"]) - work.given[name])
        if amount > 0:
            yield Draft("", first, end, -amount)
        # What was written meanwhile may be rounded: that is what it gave.
        work.given[name] = before - sum((line.amount for line in work.lines[name]), ZERO)


def _given_before(work: Work, name: str) -> Fraction:
    for discount in work.request.get("carried_over", {}).get("discounts", ()):
        if discount["component"] == name:
            return read(discount["amount"])
    return ZERO


def _taken(work: Work, component: Component, first: date, end: date) -> Fraction:
    """Return the negative sum of what discounts before this one took of any of its bases.

    A discount that is itself among the bases has been taken off with them.
    """
    names = component["bases"]
    earlier = [
        one["name"]
        for one in work.tariff["components"]
        if one["kind"] == "discount"
        and one["name"] in work.given
        and one["name"] not in (component["name"], *names)
        and set(one["bases"]) & set(names)
    ]
    return work.bases(earlier, first, end)


def _feed_in(work: Work, component: Component) -> Drafts:
    for first, end in work.parts_of(component):
        price = price_on(component["price"], first)
        price = price / 1000 if component.get("per", "kWh") == "MWh" else price
        amount = work.energy(component, first, end, "export") * price
        if component.get("limit_to"):
            amount = min(amount, max(ZERO, work.bases(component["limit_to"], first, end)))
        yield Draft("", first, end, -amount)


DERIVED: dict[str, Callable[[Work, Component], Drafts]] = {
    "blocks": _blocks,
    "percentage_tax": _percentage_tax,
    "minimum_charge": _minimum_charge,
    "discount": _discount,
    "feed_in": _feed_in,
}
