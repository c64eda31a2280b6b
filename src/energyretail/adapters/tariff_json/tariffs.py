"""A tariff document: read into a tariff with every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from energyretail.adapters.tariff_json.kinds import COMPONENT, words_of
from energyretail.adapters.tariff_json.prices import RATE
from energyretail.adapters.tariff_json.unread import UNREAD, name_of, names_of
from energyretail.adapters.tariff_json.values import (
    DAY,
    MONTH_DAY,
    OPEN_PERIOD,
    TEXT,
    TIME,
    Field,
    Node,
    Sort,
    Unread,
    choice_of,
    count_of,
    list_of,
    members,
    object_of,
    range_of,
    readable_members_of,
    schema_of,
    tolerant,
)
from energyretail.domain import pricing
from energyretail.domain.shared import (
    CENTS_HALF_UP,
    HolidayRule,
    MarketTime,
    Money,
    Period,
    Rounding,
    RoundingMode,
    RoundingPolicy,
    RoundingScope,
)

__all__ = ["ROUNDING", "TARIFF", "zone_of"]

_ALWAYS = Period(date.min)


def _policy(
    scope: RoundingScope, mode: RoundingMode, decimals: int, price_decimals: int | None = None
) -> RoundingPolicy:
    return RoundingPolicy(scope, Rounding(mode, decimals), price_decimals)


ROUNDING = object_of(
    {
        "scope": Field(choice_of(words_of(RoundingScope)), required=True),
        "mode": Field(choice_of({mode.name.lower(): mode for mode in RoundingMode}), required=True),
        "decimals": Field(count_of(0, 12), required=True),
        "price_decimals": Field(count_of(0, 12)),
    },
    _policy,
)


def _holiday(
    name: str,
    fixed: tuple[int, int] | None = None,
    easter: int | None = None,
    on: date | None = None,
) -> HolidayRule:
    if on is not None and fixed is None and easter is None:
        days = Period(on, date.fromordinal(on.toordinal() + 1))
        return HolidayRule(name, days, "", fixed=(on.month, on.day))
    if on is not None:
        fixed = easter = None
    return HolidayRule(name, _ALWAYS, "", fixed=fixed, days_after_easter=easter)


_HOLIDAY = object_of(
    {
        "name": Field(TEXT, required=True),
        "fixed": Field(MONTH_DAY),
        "easter": Field(count_of(-366, 366)),
        "date": Field(DAY, to="on"),
    },
    _holiday,
)
_SEASON = object_of(
    {
        "name": Field(TEXT, required=True),
        "from": Field(MONTH_DAY, required=True, to="start"),
        "to": Field(MONTH_DAY, required=True, to="end"),
    },
    pricing.Season,
)
_DAY_NAMES = choice_of({day: day for day in (*pricing.WEEKDAYS, pricing.HOLIDAY)})


def _rule(
    band: str,
    start: int = 0,
    end: int = pricing.ALL_DAY,
    days: tuple[str, ...] = (),
    seasons: tuple[str, ...] = (),
) -> pricing.BandRule:
    return pricing.BandRule(band, start, end, frozenset(days), frozenset(seasons))


_RULE = object_of(
    {
        "band": Field(TEXT, required=True),
        "from": Field(TIME, to="start"),
        "to": Field(TIME, to="end"),
        "days": Field(list_of(_DAY_NAMES, some=True)),
        "seasons": Field(list_of(TEXT, some=True)),
    },
    _rule,
)


def _unread_season(node: Node) -> pricing.Season:
    return pricing.Season(name_of(node), (1, 1), (1, 2))


def _unread_rule(node: Node) -> pricing.BandRule:
    told = node.value.get("seasons") if isinstance(node.value, Mapping) else None
    seasons = names_of(told) if told is not None else ()
    return pricing.BandRule(UNREAD, seasons=frozenset(seasons) - {UNREAD})


_CALENDAR: Final = {
    "name": Field(TEXT, required=True),
    "valid": Field(OPEN_PERIOD),
    "source": Field(TEXT),
    "holidays": Field(list_of(_HOLIDAY)),
    "seasons": Field(list_of(tolerant(_SEASON, _unread_season))),
    "rules": Field(list_of(tolerant(_RULE, _unread_rule), some=True), required=True),
}


def _calendar(node: Node) -> pricing.BandCalendar:
    before = len(node.faults)
    values = {"valid": _ALWAYS, "source": "", **readable_members_of(node, _CALENDAR)}
    _note_seasons(node, values)
    if len(node.faults) > before:
        raise Unread
    # The zone is the tariff's, and is not read yet.
    make = partial(pricing.BandCalendar, zone=_ZONE, **values)
    return node.build(make, {"pricing.calendar_bands": "rules"})


def _note_seasons(node: Node, values: Mapping[str, Any]) -> None:
    """Note the seasons that a rule names and the calendar does not tell, if its are known."""
    if "seasons" in members(node) and "seasons" not in values:
        return
    for at, error in pricing.season_faults(values.get("rules", ()), values.get("seasons", ())):
        rules: Any = members(node)["rules"]
        named = rules[at]["seasons"].index(error.facts["season"])
        node.refused(error, "rules", at, "seasons", named)


_ONE_CALENDAR = Sort(_calendar, schema_of(_CALENDAR))
_VAT = object_of(
    {
        "code": Field(TEXT, required=True),
        "name": Field(TEXT, required=True),
        "rate": Field(RATE, required=True),
    },
    pricing.Vat,
)
_VAT_BY_USE = object_of(
    {
        "standard": Field(TEXT, required=True),
        "reduced": Field(TEXT, required=True),
        "de_minimis_kwh_per_day": Field(range_of(0)),
    },
    pricing.VatByUse,
)


def _currency(node: Node) -> str:
    text = TEXT.read(node)
    return node.build(lambda: Money.zero(text).currency)


def _zone(node: Node) -> MarketTime:
    text = TEXT.read(node)
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        raise node.fault("pricing.calendar_zone", "no such time zone", zone=text) from None
    return MarketTime(text)


CURRENCY = Sort(_currency, {"type": "string", "pattern": "^[A-Z]{3}$"})
_ZONE_NAME = Sort(_zone, {"type": "string", "minLength": 1})


def zone_of(tariff: object) -> MarketTime:
    """Return the zone of a tariff document that has other faults."""
    stated = tariff.get("zone") if isinstance(tariff, Mapping) else None
    try:
        return _zone(Node(stated, (), []))
    except Unread:
        return _ZONE


def _unread_tax(node: Node) -> pricing.Vat:
    return pricing.Vat(name_of(node, "code"), "", pricing.always("", 0, ""))


def _unread_calendar(node: Node) -> pricing.BandCalendar:
    rules = (pricing.BandRule(UNREAD),)
    return pricing.BandCalendar(name_of(node), _ZONE, _ALWAYS, "", rules)


_FIELDS: Final[dict[str, Field]] = {
    "code": Field(TEXT, required=True),
    "name": Field(TEXT, required=True),
    "currency": Field(CURRENCY, required=True),
    "zone": Field(_ZONE_NAME),
    "prices": Field(choice_of(words_of(pricing.Prices))),
    "rounding": Field(ROUNDING, required=True),
    "rounding_label": Field(TEXT),
    "apportioning": Field(choice_of(words_of(pricing.Apportioning))),
    "division": Field(choice_of(words_of(pricing.Division))),
    "tax_point": Field(choice_of(words_of(pricing.TaxPoint))),
    "taxes": Field(list_of(tolerant(_VAT, _unread_tax))),
    "vat_by_use": Field(_VAT_BY_USE),
    "calendars": Field(list_of(tolerant(_ONE_CALENDAR, _unread_calendar))),
    "components": Field(list_of(COMPONENT, some=True), required=True),
}


def _tariff(node: Node) -> pricing.Tariff:
    before = len(node.faults)
    stated = node.value.get("currency") if isinstance(node.value, Mapping) else None
    node = attrs.evolve(node, currency=stated if isinstance(stated, str) else "")
    values = readable_members_of(node, _FIELDS)
    zone = values.get("zone", _ZONE)
    calendars = (attrs.evolve(each, zone=zone) for each in values.get("calendars", ()))
    values = {"taxes": (), "components": (), **values, "calendars": tuple(calendars)}
    _note_contradictions(node, values)
    if len(node.faults) > before:
        raise Unread
    return node.build(lambda: pricing.Tariff(**values))


def _note_contradictions(node: Node, values: Mapping[str, Any]) -> None:
    """Note what contradicts, as far as it can be told of what could be read."""
    known = {name: values[name] for name in _LOOKED_AT if name in values}
    parts = pricing.TariffParts(**{"rounding": _CENTS, **known})
    unread = {each.name for each in parts.calendars if each.bands == (UNREAD,)}
    for fault in pricing.tariff_faults(parts):
        if fault.error.facts.get("calendar") not in unread and "\0" not in str(fault.error):
            node.refused(fault.error, *fault.where)


_LOOKED_AT = [field.name for field in attrs.fields(pricing.TariffParts)]
_CENTS = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
_ZONE = MarketTime("Europe/Madrid")

TARIFF = Sort(_tariff, schema_of(_FIELDS))
