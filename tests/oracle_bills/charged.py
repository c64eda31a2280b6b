"""The kinds of components that rest on days, energy, power or somebody's invoice alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from oracle_bills.days import cut, day_of, month_later
from oracle_bills.figures import price_on, read
from oracle_bills.uses import instant_of
from oracle_bills.work import Component, Draft, Work

__all__ = ["CHARGED"]

ZERO = Fraction(0)
DAY = timedelta(days=1)
Drafts = Iterator[Draft]


def _standing_charge(work: Work, component: Component) -> Drafts:
    spans = work.parts_of(component)
    if component.get("timing") == "advance":
        spans = [span for span in _advance(work, component) if work.charged(component, span[0])]
    for first, end in spans:
        per = component.get("per", "day")
        yield Draft("", first, end, work.by_time(component, per, component["price"], first, end))


def _advance(work: Work, component: Component) -> list[tuple[date, date]]:
    """Return the days charged in advance, cut where the component itself or its VAT may change."""
    point = work.tariff.get("tax_point", "pro_rata")
    alone = {"components": [component], "taxes": work.tariff.get("taxes", []), "tax_point": point}
    advance = work.request["advance"]
    return cut({"tariff": alone}, day_of(advance["from"]), day_of(advance["to"]))


def _per_kwh(component: Component, price: Fraction) -> Fraction:
    return price / 1000 if component.get("per", "kWh") == "MWh" else price


def _on_energy(work: Work, component: Component) -> Drafts:
    for first, end in work.parts_of(component):
        price = _per_kwh(component, price_on(component["price"], first))
        yield Draft("", first, end, work.energy(component, first, end) * price)


def _time_of_use(work: Work, component: Component) -> Drafts:
    for first, end in work.parts_of(component):
        for band, price in component["rates"].items():
            chosen = {**component, "bands": [band]}
            if "calendar" not in component:
                chosen = {"registers": [band]}
            kwh = work.energy(chosen, first, end)
            yield Draft(band, first, end, kwh * _per_kwh(component, price_on(price, first)))


def _index_linked(work: Work, component: Component) -> Drafts:
    index = _index(work, component)
    for first, end in work.parts_of(component):
        price = _made_of_index(work, component, price_on(index, first), first)
        yield Draft("", first, end, work.energy(component, first, end) * price)


def _index(work: Work, component: Component) -> dict[str, Any]:
    return next(one for one in work.request["indices"] if one["name"] == component["index"])


def _made_of_index(work: Work, component: Component, value: Fraction, day: date) -> Fraction:
    factor = price_on(component.get("factor", "1"), day)
    return _per_kwh(
        component, work.made(value * factor + price_on(component.get("margin", "0"), day))
    )


def _spot(work: Work, component: Component) -> Drafts:
    index = _index(work, component)
    start, step = instant_of(index["start"]), timedelta(minutes=index["minutes"])
    fits: Callable[[Any], bool] = work.in_bands(component) or (lambda _: True)
    registers = work.uses.registers("import", component.get("registers"))
    for first, end in work.parts_of(component):
        total = ZERO
        for register in registers:
            for one in work.uses.measured("import", register, first, end, fits):
                value = read(index["values"][(one.start - start) // step])
                total += one.kwh * _made_of_index(work, component, value, first)
        yield Draft("", first, end, total)


def _power(work: Work, register: str, day: date) -> Fraction:
    iso = day.isoformat()
    for power in work.usage_of("powers"):
        in_force = power.get("from", "") <= iso < power.get("to", "9999-99-99")
        if power["register"] == register and in_force:
            return read(power["value"])
    raise LookupError(f"no power of {register} on {iso}")


def _subscribed_power(work: Work, component: Component) -> Drafts:
    per = component.get("per", "year")
    for first, end in work.parts_of(component):
        for register, price in component["rates"].items():
            power = _power(work, register, first)
            each = work.by_time(component, per, price, first, end)
            yield Draft(register, first, end, power * each)


def _stepped_power(work: Work, component: Component) -> Drafts:
    per = component.get("per", "year")
    for first, end in work.parts_of(component):
        below = ZERO
        for step in component["steps"]:
            power = _power(work, step["register"], first)
            each = work.by_time(component, per, step["price"], first, end)
            yield Draft(step["register"], first, end, (power - below) * each)
            below = power


def _demand(work: Work, component: Component) -> Drafts:
    per = component.get("per", "month")
    for first, end in work.parts_of(component):
        power = _peak(work, component.get("registers"), first)
        assert power is not None
        if component.get("basis") == "rolling_12":
            before = (
                _peak(work, component.get("registers"), month_later(first.replace(day=1), -back))
                for back in range(1, 12)
            )
            highest = max((peak for peak in before if peak is not None), default=ZERO)
            power = max(power, highest * read(component.get("ratchet_percent", "100")) / 100)
        power = max(power, read(component.get("minimum", "0")))
        yield Draft(
            "", first, end, power * work.by_time(component, per, component["price"], first, end)
        )


def _peak(work: Work, registers: list[str] | None, day: date) -> Fraction | None:
    names = registers
    if names is None:
        told = [peak["register"] for peak in work.usage_of("peaks")]
        names = told + [name for flow, name in work.uses.intervals if flow == "import"]
    month = f"{day:%Y-%m}"
    peaks = (work.uses.peak(name, month, work.first, work.end) for name in names)
    return max((peak for peak in peaks if peak is not None), default=None)


def _overrun(work: Work, component: Component) -> Drafts:
    per, allowed = component.get("per", "month"), read(component.get("tolerance_percent", "0"))
    for first, end in work.parts_of(component):
        for register, price in component["rates"].items():
            peak = _peak(work, [register], first)
            assert peak is not None
            limit = _power(work, register, first) * (100 + allowed) / 100
            if peak > limit:
                each = work.by_time(component, per, price, first, end)
                times = read(component.get("multiplier", "1"))
                yield Draft(register, first, end, times * (peak - limit) * each)


def _reactive(work: Work, component: Component) -> Drafts:
    free = read(component.get("free_percent", "0")) / 100
    chosen = component.get("registers", list(work.uses.kvarh))
    for first, end in work.parts_of(component):
        for register in chosen:
            kvarh = work.uses.reactive(register, first, end)
            kwh = work.uses.energy("import", register, first, end)
            price = _price_of_factor(component, kwh, kvarh, first)
            if price is not None and kvarh > free * kwh:
                yield Draft(register, first, end, (kvarh - free * kwh) * price)


def _price_of_factor(
    component: Component, kwh: Fraction, kvarh: Fraction, day: date
) -> Fraction | None:
    """Return the price of the lowest band above the power factor; squares spare the root."""
    apparent = kwh * kwh + kvarh * kvarh
    above = [
        band
        for band in component["bands"]
        if kwh * kwh < read(band["cos_phi_below"]) ** 2 * apparent
    ]
    lowest = min(above, key=lambda band: read(band["cos_phi_below"]), default=None)
    return None if lowest is None else price_on(lowest["price"], day)


def _pass_through(work: Work, component: Component) -> Drafts:
    for item in work.usage_of("passed_on"):
        if item["component"] == component["name"]:
            yield Draft(
                item["label"], day_of(item["from"]), day_of(item["to"]), read(item["amount"])
            )


def _extra(work: Work, component: Component) -> Drafts:
    for item in work.usage_of("extras"):
        if item["component"] == component["name"]:
            day = day_of(item["on"]) if "on" in item else work.end - DAY
            amount = read(item["quantity"]) * price_on(item["price"], day)
            yield Draft(item["label"], day, day + DAY, amount)


CHARGED: dict[str, Callable[[Work, Component], Drafts]] = {
    "standing_charge": _standing_charge,
    "unit_rate": _on_energy,
    "levy": _on_energy,
    "time_of_use": _time_of_use,
    "index_linked": _index_linked,
    "spot": _spot,
    "subscribed_power": _subscribed_power,
    "stepped_power": _stepped_power,
    "demand": _demand,
    "overrun": _overrun,
    "reactive": _reactive,
    "pass_through": _pass_through,
    "extra": _extra,
}
