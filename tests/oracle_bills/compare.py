"""What differs between a bill of the product and one of the oracle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from oracle_bills.bill import price
from oracle_bills.work import Line

__all__ = ["differences"]

Bill = dict[str, Any]
Pricer = Callable[[Bill], Bill]
TINY = Fraction(1, 10**6)


def differences(request: Bill, rate: Pricer) -> list[str]:
    """Name every figure in which the product and the oracle differ; none of them, none named."""
    return list(_differences(request, rate(request), price(request)))


def _differences(request: Bill, theirs: Bill, ours: Bill) -> Iterator[str]:
    for field in ("net", "tax", "gross"):
        if Fraction(theirs[field]) != ours[field]:
            yield f"{field}: {theirs[field]} for {float(ours[field])}"
    if Fraction(theirs["rounding"]["amount"]) != ours["rounding"]:
        yield f"rounding: {theirs['rounding']['amount']} for {float(ours['rounding'])}"
    yield from _lines(request, theirs["lines"], ours["lines"])
    yield from _taxes(request, theirs["taxes"], ours["taxes"])
    yield from _sums(theirs)
    if not _near(theirs.get("energy_kwh"), ours.get("energy_kwh")):
        yield f"energy_kwh: {theirs.get('energy_kwh')} for {ours.get('energy_kwh')}"
    yield from _carried(theirs["carried_over"], ours["carried_over"])


def _lines(request: Bill, theirs: list[Bill], ours: list[Line]) -> Iterator[str]:
    """Compare every line that is not zero: what it is of, its days, its amount, its VAT."""
    told = Counter(
        (line["component"], line["period"]["from"], line["period"]["to"], Fraction(line["amount"]),
         line["tax_code"], Fraction(line.get("tax_rate") or "0"), line["group"])
        for line in theirs if line["component"] != "rounding" and Fraction(line["amount"])
    )  # fmt: skip
    meant = Counter(
        (line.component, str(line.first), str(line.end), line.amount,
         line.code, line.rate, line.group)
        for line in ours if line.amount
    )  # fmt: skip
    for line in told - meant:
        yield f"line not ours: {_words(line)}"
    for line in meant - told:
        yield f"line not theirs: {_words(line)}"
    names = [one["name"] for one in request["tariff"]["components"]]
    order = [names.index(line["component"]) for line in theirs if line["component"] in names]
    if order != sorted(order):
        yield f"order of the lines: {order}"


def _words(line: tuple[Any, ...]) -> str:
    return " ".join(str(float(word) if isinstance(word, Fraction) else word) for word in line)


def _taxes(
    request: Bill, theirs: list[Bill], ours: dict[tuple[str, Fraction], tuple[Fraction, Fraction]]
) -> Iterator[str]:
    scope = request.get("rounding", request["tariff"]["rounding"])["scope"]
    shown = scope != "end" and request["tariff"].get("prices", "net") == "net"
    told = {(tax["tax"], Fraction(tax["rate"])): tax for tax in theirs}
    for key in told.keys() | ours.keys():
        base, amount = ours.get(key, (Fraction(0), Fraction(0)))
        tax = told.get(key, {"base": "0", "amount": "0"})
        if Fraction(tax["amount"]) != amount:
            yield f"tax {key[0]} {float(key[1])}: {tax['amount']} for {float(amount)}"
        if shown and Fraction(tax["base"]) != base:
            yield f"base of {key[0]} {float(key[1])}: {tax['base']} for {float(base)}"


def _sums(theirs: Bill) -> Iterator[str]:
    """Check that lines sum to what they must, and that net and tax are gross."""
    total = sum((Fraction(line["amount"]) for line in theirs["lines"]), Fraction(0))
    aim = "gross" if theirs["prices"] == "tax_inclusive" else "net"
    if total != Fraction(theirs[aim]):
        yield f"lines sum to {float(total)}, {aim} is {theirs[aim]}"
    if Fraction(theirs["net"]) + Fraction(theirs["tax"]) != Fraction(theirs["gross"]):
        yield "net and tax are not gross"


def _carried(theirs: Bill, ours: Bill) -> Iterator[str]:
    told = {one["component"]: one for one in theirs["counters"]}
    for name in told.keys() | ours["counters"].keys():
        since, kwh = ours["counters"].get(name, (None, Fraction(0)))
        counter = told.get(name, {"since": None, "kwh": "0"})
        if (since != counter["since"] and kwh) or not _near(counter["kwh"], kwh):
            yield f"counter of {name}: {counter} for {since} {float(kwh)}"
    given = {one["component"]: one["amount"] for one in theirs["discounts"]}
    for name in given.keys() | ours["discounts"].keys():
        if not _near(given.get(name, "0"), ours["discounts"].get(name, Fraction(0))):
            yield f"discount of {name}: {given.get(name)} for {ours['discounts'].get(name)}"


def _near(theirs: str | None, ours: Fraction | None) -> bool:
    if theirs is None or ours is None:
        return theirs is None and ours is None
    return abs(Fraction(theirs) - ours) <= TINY
