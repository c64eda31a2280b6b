"""Explanations: a document's lines and taxes, each with the calculation that gives it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import msgspec

from energyretail.domain import pricing
from energyretail.domain.billing import Explanation, IndexReading, LineExplanation
from energyretail.entrypoints.api.shapes import (
    MoneyOut,
    PeriodOut,
    money_out,
    number_out,
    period_out,
)

__all__ = ["ExplanationOut", "explanation_out"]


class ReadingOut(msgspec.Struct, frozen=True, kw_only=True):
    """A reading a bill rests on: the index in kWh at the start of `taken_on`."""

    register: str
    taken_on: date
    version: int
    index_kwh: str
    quality: str


class FactorOut(msgspec.Struct, frozen=True, kw_only=True):
    """One number of a calculation and where it is from."""

    name: str
    value: str
    unit: str
    source: str


class RoundingOut(msgspec.Struct, frozen=True, kw_only=True):
    """How a value was rounded, once."""

    mode: str
    decimals: int


class SeriesOut(msgspec.Struct, frozen=True, kw_only=True):
    """Many numbers of one sort in order of time: energies or prices by interval."""

    name: str
    values: list[str]
    unit: str
    source: str


class DerivationOut(msgspec.Struct, frozen=True, kw_only=True):
    """(parts combined) x factors / divisors, then rounded; without parts from one.

    With `series`, the sum over all places of the product of their numbers is one more part.
    """

    name: str
    combine: str
    factors: list[FactorOut]
    divisors: list[FactorOut]
    parts: list[DerivationOut]
    series: list[SeriesOut]
    rounding: RoundingOut | None


class LineExplanationOut(msgspec.Struct, frozen=True, kw_only=True):
    """Why a line or tax is what it is: for a person (`formula`) and a machine (`derivation`)."""

    position: int
    component: str
    label: str
    period: PeriodOut
    amount: MoneyOut
    readings: list[ReadingOut]
    estimated: bool
    formula: list[str]
    derivation: DerivationOut


class ExplanationOut(msgspec.Struct, frozen=True, kw_only=True):
    """A document explained line by line, then tax by tax."""

    number: str
    kind: str
    contract: str
    cups: str
    tariff: str
    period: PeriodOut
    original: str | None
    readings: list[ReadingOut]
    lines: list[LineExplanationOut]
    taxes: list[LineExplanationOut]
    net: MoneyOut
    tax: MoneyOut
    gross: MoneyOut


def explanation_out(explanation: Explanation) -> ExplanationOut:
    """Tell why a document is what it is."""
    return ExplanationOut(
        number=explanation.number,
        kind=explanation.kind,
        contract=explanation.contract,
        cups=explanation.cups.value,
        tariff=explanation.tariff,
        period=period_out(explanation.period),
        original=explanation.original,
        readings=_readings(explanation.readings),
        lines=[_line(line) for line in explanation.lines],
        taxes=[_line(tax) for tax in explanation.taxes],
        net=money_out(explanation.net),
        tax=money_out(explanation.tax),
        gross=money_out(explanation.gross),
    )


def _readings(readings: Iterable[IndexReading]) -> list[ReadingOut]:
    return [
        ReadingOut(
            register=reading.register,
            taken_on=reading.taken_on,
            version=reading.version,
            index_kwh=number_out(reading.index_kwh),
            quality=reading.quality.value,
        )
        for reading in readings
    ]


def _line(line: LineExplanation) -> LineExplanationOut:
    return LineExplanationOut(
        position=line.position,
        component=line.component,
        label=line.label,
        period=period_out(line.period),
        amount=money_out(line.amount),
        readings=_readings(line.readings),
        estimated=line.estimated,
        formula=list(line.formula),
        derivation=_derivation(line.derivation),
    )


def _derivation(derivation: pricing.Derivation) -> DerivationOut:
    rounding = derivation.rounding
    return DerivationOut(
        name=derivation.name,
        combine=derivation.combine.value,
        factors=[_factor(factor) for factor in derivation.factors],
        divisors=[_factor(divisor) for divisor in derivation.divisors],
        parts=[_derivation(part) for part in derivation.parts],
        series=[_series(series) for series in derivation.series],
        rounding=RoundingOut(mode=rounding.mode.name.lower(), decimals=rounding.decimals)
        if rounding
        else None,
    )


def _series(series: pricing.Series) -> SeriesOut:
    return SeriesOut(
        name=series.name,
        values=[number_out(value) for value in series.values],
        unit=series.unit,
        source=series.source,
    )


def _factor(factor: pricing.Factor) -> FactorOut:
    return FactorOut(
        name=factor.name, value=number_out(factor.value), unit=factor.unit, source=factor.source
    )
