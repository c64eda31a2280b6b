"""The Spanish access tolls and charges: one row a price becomes one tariff a toll."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import attrs

from energyretail.adapters.tariff_sources.documents import BY_LINE, Span, dated
from energyretail.adapters.tariff_sources.imported import Document, Imported, Note
from energyretail.adapters.tariff_sources.rows import Row, rows_of
from energyretail.adapters.tariff_sources.spain_hours import (
    PERIOD_COLUMNS,
    SIX_PERIODS,
    calendar_of_rows,
)
from energyretail.domain.shared import Invalid

__all__ = ["FILES", "read_spain_tolls"]

FILES: Final = ("peajes_cargos.csv", "taxes.csv", "periods_2.0TD.csv")
_PRICE_COLUMNS: Final = (
    "component", "charge", "toll", "period", "value", "unit", "valid_from", "valid_to_exclusive",
    "source",
)  # fmt: skip
_TAX_COLUMNS: Final = ("tax", "value", "unit", "valid_from", "valid_to_exclusive", "source")
_SMALL: Final = "2.0TD"

# component and charge of a row → the component's name, its label and the unit of its rows.
_PRICED: Final = {
    ("peaje", "power"): ("power toll", "Peaje, término de potencia", "EUR/kW.year"),
    ("cargo", "power"): ("power charge", "Cargo, término de potencia", "EUR/kW.year"),
    ("peaje", "energy"): ("energy toll", "Peaje, término de energía", "EUR/kWh"),
    ("cargo", "energy"): ("energy charge", "Cargo, término de energía", "EUR/kWh"),
}
_TAXED: Final = (*(name for name, _, _ in _PRICED.values()), "bono social")
_TAXES: Final = frozenset(
    {"IEE", "IEE_minimum", "IVA", "bono_social_financing", "meter_rent_single_phase"}
)


@attrs.frozen
class _Grid:
    """Prices by component and period, and taxes by name."""

    prices: dict[tuple[str, str], dict[str, list[Row]]]
    taxes: dict[str, list[Row]]

    def taxed(self, tax: str) -> Document:
        rows = self.taxes.get(tax)
        if not rows:
            raise Invalid("tariff_source.row_missing", "no row of it", file=FILES[1], row=tax)
        return dated(tax, None, map(_span, rows))


def read_spain_tolls(texts: Mapping[str, str]) -> Imported:
    """Convert every toll twice: by registers ``P1`` to ``P6``, and by the calendar of its hours.

    Prices are net, in EUR; a year has as many days as the calendar year; IVA stands on all
    lines, the excise on tolls, charges and the financing of the bono social. Versions are those
    of the rows: a day for which one component has no price is refused when it is billed. Rows
    of `taxes.csv` that are no part of a toll are told among the remarks.

    Raises Invalid ``tariff_source.component`` and ``tariff_source.unit`` for a row of an unknown
    sort, ``tariff_source.versions`` where two rows give one price for one day, and
    ``tariff_source.row_missing``.
    """
    prices = rows_of(FILES[0], texts[FILES[0]], _PRICE_COLUMNS)
    taxes: dict[str, list[Row]] = {}
    for row in rows_of(FILES[1], texts[FILES[1]], _TAX_COLUMNS):
        taxes.setdefault(row.text("tax"), []).append(row)
    hours = calendar_of_rows(rows_of(FILES[2], texts[FILES[2]], PERIOD_COLUMNS))
    tariffs = []
    for toll in sorted({row.text("toll") for row in prices}):
        grid = _Grid(_by_component(row for row in prices if row.text("toll") == toll), taxes)
        calendar = hours if toll == _SMALL else SIX_PERIODS
        tariffs += [_tariff(toll, grid, None), _tariff(toll, grid, calendar)]
    return Imported(tuple(tariffs), remarks=tuple(_remarks(taxes)))


def _by_component(rows: Iterable[Row]) -> dict[tuple[str, str], dict[str, list[Row]]]:
    found: dict[tuple[str, str], dict[str, list[Row]]] = {key: {} for key in _PRICED}
    for row in rows:
        key = row.text("component"), row.text("charge")
        if key not in _PRICED:
            raise Invalid("tariff_source.component", "no such component", place=row.place)
        if row.text("unit") != _PRICED[key][2]:
            raise Invalid("tariff_source.unit", "not the unit of its component", place=row.place)
        found[key].setdefault(row.text("period"), []).append(row)
    return found


def _tariff(toll: str, grid: _Grid, calendar: Document | None) -> Document:
    way = "REGISTERS" if calendar is None else "CALENDAR"
    return {
        "code": f"ES-{toll}-{way}",
        "name": f"Peajes y cargos {toll}",
        "currency": "EUR",
        "zone": "Europe/Madrid",
        "apportioning": "days_in_year",
        "rounding": dict(BY_LINE),
        "taxes": [{"code": "IVA", "name": "IVA", "rate": grid.taxed("IVA")}],
        **({} if calendar is None else {"calendars": [copy.deepcopy(calendar)]}),
        "components": [*_components(toll, grid, calendar)],
    }


def _components(toll: str, grid: _Grid, calendar: Document | None) -> Iterator[Document]:
    for key, (name, label, _) in _PRICED.items():
        by_period = grid.prices[key]
        if not by_period:
            raise Invalid(
                "tariff_source.row_missing", "no row of it", file=FILES[0], row=f"{toll} {name}"
            )
        rates = {
            period: dated(f"{name} {period}", "EUR", map(_span, by_period[period]))
            for period in sorted(by_period)
        }
        common = {"name": name, "label": label, "rates": rates, "tax_code": "IVA"}
        if key[1] == "power":
            yield {"kind": "subscribed_power", **common, "unit": "kW", "per": "year"}
        else:
            by = {} if calendar is None else {"calendar": calendar["name"]}
            yield {"kind": "time_of_use", **common, "per": "kWh", **by}
    yield {
        "kind": "standing_charge", "name": "bono social", "tax_code": "IVA",
        "label": "Financiación del bono social",
        "price": grid.taxed("bono_social_financing"), "per": "year",
    }  # fmt: skip
    yield {
        "kind": "percentage_tax", "name": "excise", "tax_code": "IVA",
        "label": "Impuesto especial sobre la electricidad", "bases": [*_TAXED],
        "rate": grid.taxed("IEE"), "minimum": grid.taxed("IEE_minimum"), "minimum_per": "kWh",
    }  # fmt: skip
    if toll == _SMALL:
        yield {
            "kind": "standing_charge", "name": "meter rent", "tax_code": "IVA",
            "label": "Alquiler del contador",
            "price": grid.taxed("meter_rent_single_phase"), "per": "month",
        }  # fmt: skip


def _span(row: Row) -> Span:
    end = row.day_or_none("valid_to_exclusive")
    return Span(row.day("valid_from"), end, row.decimal("value"), row.text("source"))


def _remarks(taxes: Mapping[str, list[Row]]) -> Iterator[Note]:
    for tax, rows in taxes.items():
        if tax not in _TAXES:
            text = f"{tax} is no part of a toll; add it to your own tariff"
            yield Note(rows[0].place, "tariff_source.not_part", text)
    yield Note(
        FILES[1], "tariff_source.not_part",
        f"the rent of a single-phase meter stands in {_SMALL} alone; other meters have other rents",
    )  # fmt: skip
    yield Note(
        FILES[2], "tariff_source.not_part",
        "power_period tells when a power is exceeded; no price here depends on it",
    )  # fmt: skip
    yield Note(
        FILES[0], "tariff_source.peninsula",
        "the calendars of 3.0TD and 6.xTD are those of the peninsula, of 2.0TD those of "
        "everywhere but Ceuta and Melilla",
    )  # fmt: skip
