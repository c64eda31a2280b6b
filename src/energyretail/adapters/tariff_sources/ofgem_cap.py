"""The price cap of Great Britain: rows of quarters become a tariff for each fuel."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import attrs

from energyretail.adapters.tariff_sources.documents import BY_LINE, Span, dated, runs_of
from energyretail.adapters.tariff_sources.imported import Document, Imported, Note
from energyretail.adapters.tariff_sources.rows import Row, rows_of
from energyretail.domain.shared import Invalid

__all__ = ["FILES", "read_ofgem_cap"]

FILES: Final = ("ofgem_price_cap.csv",)
_COLUMNS: Final = (
    "valid_from", "valid_to_exclusive", "fuel", "unit_rate_p_kWh", "standing_charge_p_day",
    "payment", "vat_included", "region", "source",
)  # fmt: skip
_USUAL: Final = {"direct_debit", "GB average"}


@attrs.frozen(order=True)
class _Market:
    """Whom a row is for."""

    fuel: str
    payment: str
    region: str


def read_ofgem_cap(texts: Mapping[str, str]) -> Imported:
    """Convert the rows; prices are in GBP and contain VAT, as Ofgem prints them in pence.

    A tariff holds one fuel, payment and region, and as many quarters as follow each other
    without a gap: its code ends with its first day. A row without a standing charge is refused
    by its line; the quarter it should have filled then parts the tariff in two.
    """
    rows = rows_of(FILES[0], texts[FILES[0]], _COLUMNS)
    complete = [row for row in rows if row.has("standing_charge_p_day")]
    by_market: dict[_Market, list[Row]] = {}
    for row in complete:
        market = _Market(row.text("fuel"), row.text("payment"), row.text("region"))
        by_market.setdefault(market, []).append(row)
    return Imported(
        tuple(
            tariff for market in sorted(by_market) for tariff in _tariffs(market, by_market[market])
        ),
        refused=tuple(_refusal(row) for row in rows if row not in complete),
    )


def _refusal(row: Row) -> Note:
    text = (
        f"{row.text('fuel')} from {row.text('valid_from')} has no standing charge: "
        "a bill by the unit rate alone would be too low"
    )
    return Note(row.place, "tariff_source.no_standing_charge", text)


def _tariffs(market: _Market, rows: list[Row]) -> tuple[Document, ...]:
    by_start = {row.day("valid_from"): row for row in rows}
    runs = runs_of(market.fuel, (_span(row, row.decimal("unit_rate_p_kWh")) for row in rows))
    return tuple(_tariff(market, [by_start[span.start] for span in run]) for run in runs)


def _span(row: Row, value: Decimal) -> Span:
    start, end = row.day("valid_from"), row.day_or_none("valid_to_exclusive")
    return Span(start, end, value, f"{row.text('source')} ({row.place})")


def _tariff(market: _Market, rows: list[Row]) -> Document:
    unusual = [each for each in (market.payment, market.region) if each not in _USUAL]
    words = ["GB-CAP", market.fuel, *unusual, rows[0].day("valid_from").isoformat()]
    return {
        "code": "-".join(words).upper().replace(" ", "-").replace("_", "-"),
        "name": f"Price cap, {market.fuel}, {market.payment.replace('_', ' ')}, {market.region}",
        "currency": "GBP",
        "zone": "Europe/London",
        "prices": "tax_inclusive",
        "rounding": dict(BY_LINE),
        "taxes": [{"code": "VAT", "name": "VAT", "rate": dated("VAT", None, _vat(rows))}],
        "components": [
            {
                "kind": "standing_charge", "name": "standing", "label": "Standing charge",
                "price": _pounds("standing charge", rows, "standing_charge_p_day"),
                "per": "day", "tax_code": "VAT",
            },
            {
                "kind": "unit_rate", "name": "energy", "label": "Unit rate",
                "price": _pounds("unit rate", rows, "unit_rate_p_kWh"),
                "per": "kWh", "tax_code": "VAT",
            },
        ],
    }  # fmt: skip


def _pounds(name: str, rows: list[Row], column: str) -> Document:
    # A penny is exactly a hundredth: shifting the point loses nothing.
    return dated(name, "GBP", (_span(row, row.decimal(column).scaleb(-2)) for row in rows))


def _vat(rows: list[Row]) -> tuple[Span, ...]:
    return tuple(_span(row, _percent(row)) for row in rows)


def _percent(row: Row) -> Decimal:
    text = row.text("vat_included")
    if not text.endswith("%"):
        raise Invalid("tariff_source.percent", "not a percentage", place=row.place, value=text)
    bare = attrs.evolve(row, cells={"vat_included": text.removesuffix("%")})
    return bare.decimal("vat_included")
