"""The French grid tariff in low voltage: formulas, the excise and the CTA as tariffs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Final

import attrs

from energyretail.adapters.tariff_sources.documents import Span, dated
from energyretail.adapters.tariff_sources.imported import Document, Imported, Note
from energyretail.adapters.tariff_sources.rows import Row, rows_of
from energyretail.domain.shared import Invalid

__all__ = ["FILES", "read_france_turpe"]

FILES: Final = ("turpe_rules.csv", "accise_rules.csv", "cta_rules.csv")
_FORMULA: Final = "Formule_Tarifaire_Acheminement"
_FOUR: Final = ("HPH", "HCH", "HPB", "HCB")
_ENERGY_SETS: Final = (("BASE",), ("HP", "HC"), _FOUR)
_TURPE_COLUMNS: Final = (
    _FORMULA, "start", "end", "cg", "cc", "b",
    *(f"b_{each.lower()}" for each in _FOUR),
    *(f"c_{each.lower()}" for names in _ENERGY_SETS for each in names),
    "cmdps", "reference",
)  # fmt: skip
_EXCISE, _CTA = "taux_accise_eur_mwh", "taux_cta_pct"
_FIXED: Final = ("management", "metering", "subscribed power")

_NORMAL: Final = Span(date(2014, 1, 1), None, Decimal(20), "CGI art. 278")
# Up to 36 kVA what does not depend on use was taxed at the reduced rate, the CTA with it.
_ENDED: Final = date(2025, 8, 1)
_REDUCED: Final = (
    Span(date(2014, 1, 1), _ENDED, Decimal("5.5"), "CGI art. 278-0 bis B"),
    Span(_ENDED, None, Decimal(20), "Loi 2025-127 art. 20"),
)
_SMALL, _LARGE = "BTINF", "BTSUP"


@attrs.frozen
class _Levies:
    """The excise in EUR/MWh and the CTA in percent of the fixed part, through time."""

    excise: Document
    cta: Document


def read_france_turpe(texts: Mapping[str, str]) -> Imported:
    """Convert every formula to a tariff with its excise, CTA and VAT; prices are net, in EUR.

    A year has 365 days. The fixed part is cg + cc + b x kVA (``BTINF``), or with the powers of
    the four periods cg + cc + b1 x P1 + sum of bi x (Pi - Pi-1) (``BTSUP``; CRE 2025-40), and
    is rounded as one subtotal. Energy prices, printed in cents, are by register: one of
    ``BASE``, ``HP``/``HC``, ``HPH``/``HCH``/``HPB``/``HCB``. The power of ``BTINF`` is register
    ``PS``. VAT of the fixed part and the CTA was 5.5 % up to 36 kVA until August 2025.

    Hours of overrun (CMDPS) are an `extra` that the bill brings; the price of the hour is told
    among the remarks. Raises Invalid ``tariff_source.formula`` for one that is neither BTINF nor
    BTSUP and ``tariff_source.energy_set`` for a row whose energy prices are of no one set.
    """
    by_formula: dict[str, list[Row]] = {}
    for row in rows_of(FILES[0], texts[FILES[0]], _TURPE_COLUMNS):
        by_formula.setdefault(row.text(_FORMULA), []).append(row)
    levies = _Levies(_levy("accise", FILES[1], texts, _EXCISE), _levy("CTA", FILES[2], texts, _CTA))
    return Imported(
        tuple(_tariff(formula, by_formula[formula], levies) for formula in sorted(by_formula)),
        remarks=tuple(
            _overrun_remark(row) for rows in by_formula.values() for row in rows if row.has("cmdps")
        ),
    )


def _levy(name: str, file: str, texts: Mapping[str, str], column: str) -> Document:
    """Return the price of rows that only say when they begin: each ends where the next begins."""
    rows = sorted(
        rows_of(file, texts[file], ("start", column, "reference")), key=lambda row: row.day("start")
    )
    ends = [*(row.day("start") for row in rows[1:]), None]
    return dated(
        name,
        None,
        (
            Span(row.day("start"), end, row.decimal(column), row.text("reference"))
            for row, end in zip(rows, ends, strict=True)
        ),
    )


def _overrun_remark(row: Row) -> Note:
    text = (
        f"{row.text(_FORMULA)}: an hour of overrun costs {row.text('cmdps')} EUR from "
        f"{row.text('start')}; hand the hours and this price to its extra `overrun`"
    )
    return Note(row.place, "tariff_source.overrun_hours", text)


def _tariff(formula: str, rows: list[Row], levies: _Levies) -> Document:
    if not formula.startswith((_SMALL, _LARGE)):
        raise Invalid(
            "tariff_source.formula", "neither BTINF nor BTSUP", place=rows[0].place, value=formula
        )
    fixed_vat = _REDUCED if formula.startswith(_SMALL) else (_NORMAL,)
    return {
        "code": f"FR-{formula}",
        "name": f"TURPE {formula}",
        "currency": "EUR",
        "zone": "Europe/Paris",
        "apportioning": "days_365",
        "rounding": {"scope": "subtotal", "mode": "half_up", "decimals": 2},
        "taxes": [
            {"code": "TVA", "name": "TVA", "rate": dated("TVA", None, [_NORMAL])},
            {"code": "TVA-FIXE", "name": "TVA", "rate": dated("TVA", None, fixed_vat)},
        ],
        "components": [*_fixed_part(formula, rows), _energy(rows), *_levied(levies), *_extra(rows)],
    }


def _fixed_part(formula: str, rows: list[Row]) -> Iterator[Document]:
    common = {"group": "fixed", "tax_code": "TVA-FIXE", "per": "year"}
    for name, label, column in (
        (_FIXED[0], "Composante de gestion", "cg"),
        (_FIXED[1], "Composante de comptage", "cc"),
    ):
        price = _price(column, rows)
        yield {"kind": "standing_charge", "name": name, "label": label, "price": price, **common}
    power = {"name": _FIXED[2], "label": "Composante de soutirage, part puissance", "unit": "kVA"}
    if formula.startswith(_SMALL):
        yield {"kind": "subscribed_power", **power, "rates": {"PS": _price("b", rows)}, **common}
    else:
        steps = [{"register": each, "price": _price(f"b_{each.lower()}", rows)} for each in _FOUR]
        yield {"kind": "stepped_power", **power, "steps": steps, **common}


def _energy(rows: list[Row]) -> Document:
    registers = _energy_set(rows[0])
    if any(_energy_set(row) != registers for row in rows):
        raise Invalid(
            "tariff_source.energy_set", "energy prices of no one set", place=rows[0].place
        )
    rates = {each: _price(f"c_{each.lower()}", rows, shift=-2) for each in registers}
    return {
        "kind": "time_of_use", "name": "energy", "label": "Composante de soutirage, part énergie",
        "rates": rates, "per": "kWh", "tax_code": "TVA",
    }  # fmt: skip


def _energy_set(row: Row) -> tuple[str, ...]:
    """Return the registers a row prices; the columns of the others hold 0."""
    found = [
        names for names in _ENERGY_SETS if any(row.decimal(f"c_{each.lower()}") for each in names)
    ]
    if len(found) != 1 or not all(row.decimal(f"c_{each.lower()}") for each in found[0]):
        raise Invalid("tariff_source.energy_set", "energy prices of no one set", place=row.place)
    return found[0]


def _levied(levies: _Levies) -> Iterator[Document]:
    yield {
        "kind": "levy", "name": "excise", "label": "Accise sur l'électricité",
        "price": levies.excise, "per": "MWh", "tax_code": "TVA",
    }  # fmt: skip
    yield {
        "kind": "percentage_tax", "name": "CTA", "label": "Contribution tarifaire d'acheminement",
        "bases": [*_FIXED], "rate": levies.cta, "tax_code": "TVA-FIXE",
    }  # fmt: skip


def _extra(rows: list[Row]) -> Iterator[Document]:
    if any(row.has("cmdps") for row in rows):
        yield {
            "kind": "extra", "name": "overrun", "tax_code": "TVA",
            "label": "Dépassements de puissance souscrite (CMDPS), heures",
        }  # fmt: skip


def _price(column: str, rows: Iterable[Row], *, shift: int = 0) -> Document:
    return dated(
        column,
        "EUR",
        (
            Span(
                row.day("start"),
                row.day_or_none("end"),
                row.decimal(column).scaleb(shift),
                row.text("reference"),
            )
            for row in rows
        ),
    )
