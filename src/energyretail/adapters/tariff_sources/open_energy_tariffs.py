"""Entries of Open Energy Tariffs, schema version 1, as tariff documents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

import attrs

from energyretail.adapters.tariff_sources.documents import BY_LINE, Span, dated
from energyretail.adapters.tariff_sources.imported import Document, Imported, Note
from energyretail.adapters.tariff_sources.json_fields import Fields, parsed
from energyretail.adapters.tariff_sources.open_energy_schedule import (
    INTERVAL,
    SEASON,
    Season,
    calendar,
    seasons_of,
)
from energyretail.domain.shared import DomainError, Invalid, Refused

__all__ = ["read_open_energy_tariffs", "tariff_of_entry"]

_ENTRY: Final = frozenset({"meta", "tariff"})
_META: Final = frozenset(
    {
        "id", "schemaVersion", "country", "region", "regions", "distributor", "provider", "plan",
        "currency", "unit", "timezone", "source", "sourceUrl", "license", "contributor", "sourceId",
        "sourceUpdated", "updated", "verified", "verifiedAgainst", "notes", "coverage",
    }
)  # fmt: skip
_TARIFF: Final = frozenset(
    {"kind", "validFrom", "supply", "import", "export", "controlledLoad", "seasons", "demand"}
)
_RATES: Final = frozenset({"flatRate", "bands", "schedule"})
_BAND: Final = frozenset({"id", "name", "role", "rate", "color", "seasonRates", "tiers"})
_LOAD: Final = frozenset({"id", "name", "rate", "schedule"})
_MAIN: Final = "main"
"""The register of what is not on a circuit of its own, where there are such circuits."""

# "Omit = always": before any meter of these tariffs was read.
_ALWAYS: Final = date(1900, 1, 1)
# The zone of entries that leave it out, for countries (of ES the peninsula) that have but one.
_ZONES: Final = {
    "BE": "Europe/Brussels", "DE": "Europe/Berlin", "DK": "Europe/Copenhagen",
    "ES": "Europe/Madrid", "FR": "Europe/Paris", "GB": "Europe/London", "IT": "Europe/Rome",
    "NL": "Europe/Amsterdam",
}  # fmt: skip


@attrs.frozen
class _Entry:
    """What every part of an entry is read with."""

    tariff: Fields
    currency: str
    per: str
    source: str
    seasons: dict[str, Season]

    def price(self, name: str, value: Decimal) -> Document:
        """Return a price that holds from the entry's first day on."""
        given = self.tariff.has("validFrom")
        start = self.tariff.day("validFrom") if given else _ALWAYS
        return dated(name, self.currency, [Span(start, None, value, self.source)])


def read_open_energy_tariffs(texts: Mapping[str, str]) -> Imported:
    """Convert each entry by itself; one that cannot be is refused with its code and place.

    The schema knows no VAT: prices are taken as they stand and bear none, which is a remark.
    """
    tariffs: list[Document] = []
    refused: list[Note] = []
    remarks: list[Note] = []
    for place, text in texts.items():
        try:
            entry = parsed(place, text)
            tariffs.append(tariff_of_entry(entry, place=place))
        except DomainError as error:
            refused.append(Note(error.facts.get("place", place), error.code, str(error)))
        else:
            remarks += _remarks(place, entry["meta"])
    return Imported(tuple(tariffs), tuple(refused), tuple(remarks))


def _remarks(place: str, meta: Mapping[str, Any]) -> Iterator[Note]:
    yield Note(
        place, "tariff_source.no_vat", "the format does not say whether its prices contain VAT"
    )  # fmt: skip
    if "timezone" not in meta:
        zone = _ZONES[meta["country"]]
        yield Note(place, "tariff_source.zone_of_country", f"no time zone: taken as {zone}")


def tariff_of_entry(entry: Mapping[str, Any], *, place: str = "entry") -> Document:
    """Convert one entry; its numbers are strings or whole numbers, never floats.

    A band becomes one of its name, and one more for each season with a rate of its own. What
    the schema reserves (`demand`, `tiers`) and what the tariff format cannot say is Refused
    ``tariff_source.reserved`` and ``tariff_source.not_representable``. Roles, colours, coverage
    and contributors change no price and are not carried.

    Raises Invalid with a code of ``tariff_source`` and the place for what breaks the schema.
    """
    whole = Fields.of(entry, place, _ENTRY)
    meta, tariff = whole.inner("meta", _META), whole.inner("tariff", _TARIFF)
    _require(meta, "schemaVersion", ("1",))
    _require(tariff, "kind", ("flat", "tou"))
    if tariff.has("demand"):
        raise Refused("tariff_source.reserved", "demand charges have no meaning in version 1",
                      place=tariff.place, field="demand")  # fmt: skip
    per = meta.text("unit") if meta.has("unit") else "kWh"
    if per not in ("kWh", "MWh"):
        raise Refused("tariff_source.not_representable", "priced by another unit than energy",
                      place=meta.place, unit=per)  # fmt: skip
    seasons = seasons_of(tariff.list_of("seasons", SEASON))
    read = _Entry(tariff, meta.text("currency"), per, _source(meta), seasons)
    calendars, components = _parts(read)
    document: Document = {
        "code": meta.text("id"),
        "name": f"{meta.text('provider')} {meta.text('plan')}",
        "currency": read.currency,
        "zone": _zone(meta),
        "rounding": dict(BY_LINE),
    }
    if calendars:
        document["calendars"] = calendars
    return {**document, "components": components}


def _require(fields: Fields, name: str, allowed: tuple[str, ...]) -> None:
    if fields.value(name) not in allowed:
        raise Invalid(
            "tariff_source.choice", "none of what may stand there",
            place=fields.place, field=name, allowed=" ".join(allowed),
        )  # fmt: skip


def _source(meta: Fields) -> str:
    where = meta.text("sourceUrl") if meta.has("sourceUrl") else meta.text("source")
    return f"{where} ({meta.text('id')}, {meta.text('license')}, {meta.text('updated')})"


def _zone(meta: Fields) -> str:
    if meta.has("timezone"):
        return meta.text("timezone")
    country = meta.text("country")
    if country not in _ZONES:
        raise Refused("tariff_source.zone_missing", "no time zone, and the country has several",
                      place=meta.place, country=country)  # fmt: skip
    return _ZONES[country]


def _parts(read: _Entry) -> tuple[list[Document], list[Document]]:
    """Return the calendars and components: supply, use, circuits of their own, feed-in."""
    calendars: list[Document] = []
    components: list[Document] = []
    if read.tariff.has("supply"):
        daily = read.tariff.inner("supply", frozenset({"daily"})).decimal("daily")
        components.append(
            {
                "kind": "standing_charge", "name": "supply", "price": read.price("supply", daily),
                "per": "day", "tax_code": "none",
            }
        )  # fmt: skip
    loads = read.tariff.list_of("controlledLoad", _LOAD)
    use = read.tariff.inner("import", _RATES)
    if (read.tariff.value("kind") == "flat") != use.has("flatRate"):
        raise Invalid("tariff_source.kind", "the rates are of the other kind", place=use.place)
    components.append(_use(read, use, calendars, {"registers": [_MAIN]} if loads else {}))
    components += [_load(read, each) for each in loads]
    if read.tariff.has("export"):
        components += _feed_in(read, read.tariff.inner("export", _RATES), calendars)
    return calendars, components


def _use(read: _Entry, use: Fields, calendars: list[Document], registers: Document) -> Document:
    common = {"name": "energy", "per": read.per, "tax_code": "none", **registers}
    if (flat := _flat_rate(use)) is not None:
        return {"kind": "unit_rate", **common, "price": read.price("energy", flat)}
    rates = _banded(read, use, "hours", calendars)
    return {"kind": "time_of_use", **common, "rates": rates, "calendar": "hours"}


def _load(read: _Entry, load: Fields) -> Document:
    if load.has("schedule"):
        raise Refused("tariff_source.not_representable",
                      "a circuit with hours has no price for the others",
                      place=load.place, field="schedule")  # fmt: skip
    ident = load.text("id")
    return {
        "kind": "unit_rate", "name": f"controlled load {ident}", "label": load.text("name"),
        "per": read.per, "tax_code": "none", "registers": [ident],
        "price": read.price(ident, load.decimal("rate")),
    }  # fmt: skip


def _feed_in(read: _Entry, export: Fields, calendars: list[Document]) -> Iterator[Document]:
    common = {"kind": "feed_in", "per": read.per, "tax_code": "none"}
    if (flat := _flat_rate(export)) is not None:
        yield {**common, "name": "feed-in", "price": read.price("feed-in", flat)}
        return
    for band, price in _banded(read, export, "feed-in hours", calendars).items():
        hours = {"calendar": "feed-in hours", "bands": [band]}
        yield {**common, "name": f"feed-in {band}", "price": price, **hours}


def _flat_rate(rates: Fields) -> Decimal | None:
    """Return the one rate; None for bands; raises Invalid where there are both or neither."""
    banded = rates.has("bands") and rates.has("schedule")
    if rates.has("flatRate") == (rates.has("bands") or rates.has("schedule")) or not (
        banded or rates.has("flatRate")
    ):
        raise Invalid(
            "tariff_source.rates", "give one flat rate, or bands and a schedule", place=rates.place
        )
    return rates.decimal("flatRate") if rates.has("flatRate") else None


def _banded(
    read: _Entry, rates: Fields, hours: str, calendars: list[Document]
) -> dict[str, Document]:
    """Return the price of each band of the calendar `hours`, which is added to `calendars`."""
    bands = rates.list_of("bands", _BAND)
    schedule = rates.list_of("schedule", INTERVAL)
    names: dict[str, tuple[tuple[Season | None, str], ...]] = {}
    prices: dict[str, Document] = {}
    for each, title in zip(bands, _titles(bands), strict=True):
        seasonal = _season_rates(read, each)
        names[each.text("id")] = (
            *((season, f"{title}, {season.name}") for season, _ in seasonal),
            (None, title),
        )
        for season, rate in seasonal:
            prices[f"{title}, {season.name}"] = read.price(title, rate)
        prices[title] = read.price(title, each.decimal("rate"))
    made = calendar(hours, schedule, names, source=read.source)
    calendars.append(made)
    painted = {rule["band"] for rule in made["rules"]}
    if unpainted := sorted(prices.keys() - painted):
        raise Invalid("tariff_source.band_unpainted", "no hour has this band",
                      place=rates.place, bands=", ".join(unpainted))  # fmt: skip
    return prices


def _titles(bands: tuple[Fields, ...]) -> list[str]:
    """Return what each band is called: its name, with its id where the name is not its own."""
    if len({each.text("id") for each in bands}) < len(bands):
        raise Invalid("tariff_source.twice", "there already", place=bands[0].place, id="a band's")
    names = [each.text("name") for each in bands]
    return [
        name if names.count(name) == 1 else f"{name} ({each.text('id')})"
        for name, each in zip(names, bands, strict=True)
    ]


def _season_rates(read: _Entry, band: Fields) -> list[tuple[Season, Decimal]]:
    if band.has("tiers"):
        raise Refused("tariff_source.reserved", "tiers have no meaning in version 1",
                      place=band.place, field="tiers")  # fmt: skip
    if not band.has("seasonRates"):
        return []
    rates = band.inner("seasonRates", frozenset(read.seasons))
    found = [(read.seasons[name], rates.decimal(name)) for name in rates.values]
    months = [month for season, _ in found for month in season.months]
    if len(months) > len(set(months)):
        raise Refused("tariff_source.season_overlap", "a month in two seasons",
                      place=rates.place)  # fmt: skip
    return found
