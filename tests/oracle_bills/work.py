"""One bill in the making: its request, its parts, and the lines written so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

from oracle_bills.bands import band_at
from oracle_bills.days import cut, day_of, month_later, shares_of_days
from oracle_bills.figures import price_on, read, rounded
from oracle_bills.uses import Uses

__all__ = ["Draft", "Line", "Work"]

ONE = timedelta(days=1)
ZERO = Fraction(0)
GROUPS = {
    "standing_charge": "fixed", "unit_rate": "energy", "time_of_use": "energy",
    "blocks": "energy", "subscribed_power": "power", "stepped_power": "power",
    "demand": "power", "overrun": "power", "reactive": "reactive", "index_linked": "energy",
    "spot": "energy", "pass_through": "network", "levy": "levy", "percentage_tax": "tax",
    "discount": "discount", "minimum_charge": "minimum", "feed_in": "feed_in", "extra": "extra",
}  # fmt: skip
Component = dict[str, Any]


class Draft(NamedTuple):
    """A line before VAT and rounding; `key` is its band, register or block."""

    key: str
    first: date
    end: date
    amount: Fraction


class Line(NamedTuple):
    """A line that bears a VAT rate; its amount is rounded where every line is."""

    component: str
    group: str
    key: str
    first: date
    end: date
    amount: Fraction
    code: str
    rate: Fraction


class Work:
    """What all kinds of components need to know of a bill."""

    def __init__(self, request: dict[str, Any]) -> None:
        """Cut the period and spread the use."""
        self.request, self.tariff = request, request["tariff"]
        self.first, self.end = day_of(request["period"]["from"]), day_of(request["period"]["to"])
        self.parts = cut(request, self.first, self.end)
        self.rounding = request.get("rounding", self.tariff["rounding"])
        self.contract = request.get("contract", {})
        self.uses = Uses(request)
        self.lines: dict[str, list[Line]] = {}
        self.counters: dict[str, tuple[date, Fraction]] = {}
        self.given: dict[str, Fraction] = {}

    @property
    def inclusive(self) -> bool:
        """Tell whether lines contain VAT."""
        return bool(self.tariff.get("prices", "net") == "tax_inclusive")

    def usage_of(self, kind: str) -> list[dict[str, Any]]:
        """Return the entries of one kind of use."""
        return list(self.uses.usage.get(kind, ()))

    def parts_of(self, component: Component) -> list[tuple[date, date]]:
        """Return the parts of the billed period in which a component is charged."""
        return [part for part in self.parts if self.charged(component, part[0])]

    def charged(self, component: Component, day: date) -> bool:
        """Tell whether a component is charged on a day, by its validity and free months."""
        valid = component.get("valid", {})
        if not valid.get("from", "") <= day.isoformat() < valid.get("to", "9999-99-99"):
            return False
        since = self.contract.get("since")
        months = component.get("months")
        return not months or since <= day.isoformat() < str(month_later(day_of(since), months))

    def made(self, price: Fraction) -> Fraction:
        """Round a price that is made, where the tariff says so."""
        decimals = self.rounding.get("price_decimals")
        return price if decimals is None else rounded(price, self.rounding["mode"], decimals)

    def by_time(self, component: Component, per: str, price: Any, first: date, end: date) -> Any:
        """Return a price per day, month or year for the days of a part: day by day."""
        value, total = price_on(price, first), ZERO
        for share, count in self.shares(component, per, first, end).items():
            total += count * (value if per == "day" else self.made(value * share))
        return total

    def shares(self, component: Component, per: str, first: date, end: date) -> Counter[Fraction]:
        """Count the days of a span by the share of a day, month or year that each is."""
        return shares_of_days(per=per, first=first, end=end, **self._apportioning(component))

    def share(self, component: Component, per: str, first: date, end: date) -> Fraction:
        """Return how many days, months or years some days are."""
        counted = self.shares(component, per, first, end)
        return sum((share * count for share, count in counted.items()), ZERO)

    def _apportioning(self, component: Component) -> dict[str, Any]:
        of_all = self.tariff.get("apportioning", "days_365")
        return {
            "kind": component.get("apportioning", of_all),
            "anchor": component.get("anchor_day", 1),
        }

    def energy(self, component: Component, first: date, end: date, flow: str = "import") -> Any:
        """Return the kWh that a component prices in some days."""
        fits = self.in_bands(component)
        total = ZERO
        for register in self.uses.registers(flow, component.get("registers")):
            if fits is None:
                total += self.uses.energy(flow, register, first, end)
            else:
                measured = self.uses.measured(flow, register, first, end, fits)
                total += sum((one.kwh for one in measured), ZERO)
        return total

    def in_bands(self, component: Component) -> Callable[[Any], bool] | None:
        """Return what tells whether an interval lies in the bands of a component."""
        if "bands" not in component or "calendar" not in component:
            return None
        return lambda one: self.band(component["calendar"], one) in component["bands"]

    def band(self, calendar: str, interval: Any) -> str:
        """Return the band of an interval."""
        return band_at(self.tariff["calendars"], calendar, interval.local)

    def bases(self, names: list[str], first: date, end: date) -> Fraction:
        """Sum the lines of some components that lie in some days, as they stand."""
        return sum((line.amount for line in self.within(names, first, end)), ZERO)

    def within(self, names: list[str], first: date, end: date) -> Iterator[Line]:
        """Yield the lines of some components that lie in some days."""
        for name in names:
            for line in self.lines[name]:
                if (first, end) == (self.first, self.end) or first <= line.first < line.end <= end:
                    yield line

    def write(self, component: Component, drafts: Iterator[Draft]) -> None:
        """Give the drafts of a component their VAT, and round them where lines are rounded."""
        lines = self.lines.setdefault(component["name"], [])
        group = component.get("group", GROUPS[component["kind"]])
        for draft in drafts:
            for code, part in self._by_use(component):
                amount = draft.amount * part
                if self.rounding["scope"] == "line":
                    amount = rounded(amount, self.rounding["mode"], self.rounding["decimals"])
                rate = self._vat(code, draft.end - ONE)
                lines.append(
                    Line(component["name"], group, draft.key, *draft[1:3], amount, code, rate)
                )

    def _by_use(self, component: Component) -> list[tuple[str, Fraction]]:
        code, whole = component["tax_code"], Fraction(1)
        rule = self.tariff.get("vat_by_use")
        treated = component.get("by_use", "split")
        if rule is None or code != rule["standard"] or treated == "whole":
            return [(code, whole)]
        q = read(self.contract.get("qualifying_percent", "0")) / 100
        if treated == "taxable":
            shares = [] if self._little_used(rule) else [(code, 1 - q)]
        elif self._little_used(rule):
            shares = [(rule["reduced"], whole)]
        else:
            shares = [(rule["reduced"], q), (code, 1 - q)]
        return [(code, share) for code, share in shares if share]

    def _little_used(self, rule: dict[str, Any]) -> bool:
        if "de_minimis_kwh_per_day" not in rule:
            return False
        used = sum(
            (self.uses.energy("import", name, self.first, self.end)
             for name in self.uses.registers("import")), ZERO,
        )  # fmt: skip
        return used <= read(rule["de_minimis_kwh_per_day"]) * (self.end - self.first).days

    def _vat(self, code: str, last: date) -> Fraction:
        if code == "none":
            return ZERO
        point = self.tariff.get("tax_point", "pro_rata")
        day = last
        if point == "reading_end":
            day = self.end - ONE
        elif point == "delivery_month":
            # What is charged ahead is among days of its own.
            ahead = last >= self.end
            charged_to = day_of(self.request["advance"]["to"]) if ahead else self.end
            day = min(month_later(last.replace(day=1), 1), charged_to) - ONE
        elif point == "invoice_date":
            day = day_of(self.request["invoiced_on"])
        tax = next(one for one in self.tariff["taxes"] if one["code"] == code)
        return price_on(tax["rate"], day)
