"""Reads golden bills and refused documents, rates them, and computes derivations again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any, Final

import pytest

from energyretail.entrypoints.cli import run

__all__ = ["case_of", "cases", "compared", "files", "rated_by_command", "recomputed"]

TESTS: Final = Path(__file__).parents[1]
_COMBINE: Final = {"sum": sum, "product": prod, "greatest": max, "least": min}


def files(pattern: str) -> tuple[Path, ...]:
    """Return the files below the tests, by name."""
    return tuple(sorted(TESTS.glob(pattern)))


def cases(found: Iterable[Path]) -> list[Any]:
    """Return one parameter a case: the request, and what must come out."""
    parameters = []
    for file in found:
        for case in json.loads(file.read_text("utf-8"))["cases"]:
            name = f"{file.stem}-{case['name']}"
            parameters.append(pytest.param(case["request"], case["expect"], id=name))
    return parameters


def case_of(stem: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the request of a case of a golden file, and what must come out."""
    document = json.loads((TESTS / "golden" / f"{stem}.json").read_text("utf-8"))
    (case,) = (case for case in document["cases"] if case["name"] == name)
    return case["request"], case["expect"]


def rated_by_command(
    text: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> tuple[int, dict[str, Any]]:
    """Return the exit code of `energyretail rate FILE` and the document on its stdout."""
    file = folder / "request.json"
    file.write_text(text, encoding="utf-8")
    code = run(["rate", str(file)])
    return code, json.loads(capsys.readouterr().out)


def compared(result: Mapping[str, Any], expect: Mapping[str, Any]) -> dict[str, Any]:
    """Return of a result what is expected of it, in the form it is expected in."""
    found = {name: result.get(name) for name in ("net", "tax", "gross")}
    found["lines"] = [[line["component"], line["amount"]] for line in result["lines"]]
    # The order of the rates is no part of what a source prints.
    found["taxes"] = sorted(_tax(tax) for tax in result["taxes"])
    if "energy_kwh" in expect:
        places = Decimal(expect["energy_kwh"])
        found["energy_kwh"] = str(Decimal(result["energy_kwh"]).quantize(places, ROUND_HALF_UP))
    if "near" in expect:
        off = abs(Decimal(result["gross"]) - Decimal(expect["near"]["value"]))
        found["near"] = expect["near"] if off <= Decimal(expect["near"]["within"]) else off
    return {name: found[name] for name in expect}


def recomputed(derivation: Mapping[str, Any]) -> Fraction:
    """Compute an amount again from its derivation alone, as the page tells it."""
    values = [recomputed(part) for part in derivation.get("parts", ())]
    values += _series(derivation.get("series", ()))
    value = Fraction(_COMBINE[derivation.get("combine", "sum")](values) if values else 1)
    for factor in derivation.get("factors", ()):
        value *= Fraction(factor["value"])
    for divisor in derivation.get("divisors", ()):
        value /= Fraction(divisor["value"])
    rounding = derivation.get("rounding")
    return _rounded(value, **rounding) if rounding else value


def _tax(tax: Mapping[str, Any]) -> list[str]:
    return [tax[name] for name in ("tax", "rate", "base", "amount")]


def _series(series: Iterable[Mapping[str, Any]]) -> list[Fraction]:
    columns = [[Fraction(value) for value in each["values"]] for each in series]
    return [Fraction(sum(map(prod, zip(*columns, strict=True))))] if columns else []


def _rounded(value: Fraction, mode: str, decimals: int) -> Fraction:
    whole, rest = divmod(abs(value) * 10**decimals, 1)
    half = Fraction(1, 2)
    up = {
        "half_up": rest >= half,
        "half_even": rest > half or (rest == half and whole % 2 == 1),
        "half_down": rest > half,
        "down": False,
        "up": rest > 0,
    }[mode]
    rounded = Fraction(whole + up, 10**decimals)
    return -rounded if value < 0 else rounded
