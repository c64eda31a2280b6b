"""A tariff document: read into a tariff with every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

import attrs

from energyretail.adapters.tariff_json.kinds import COMPONENT, words_of
from energyretail.adapters.tariff_json.prices import RATE
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
    members_of,
    object_of,
    range_of,
    readable_members_of,
    schema_of,
    tolerant_list_of,
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
_CALENDAR: Final = {
    "name": Field(TEXT, required=True),
    "valid": Field(OPEN_PERIOD),
    "source": Field(TEXT),
    "holidays": Field(list_of(_HOLIDAY)),
    "seasons": Field(list_of(_SEASON)),
    "rules": Field(list_of(_RULE, some=True), required=True),
}
_CALENDAR_WHERE = {"pricing.calendar_bands": "rules", "pricing.calendar_season": "rules"}


def _calendar(node: Node) -> pricing.BandCalendar:
    values = {"valid": _ALWAYS, "source": "", **members_of(node, _CALENDAR)}
    # The zone is the tariff's, and is not read yet.
    return node.build(lambda: pricing.BandCalendar(zone=_ZONE, **values), _CALENDAR_WHERE)


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


def _name_of(node: Node, field: str) -> str:
    """Return the name an entry goes by, or one of its own where it cannot be read."""
    name = node.value.get(field) if isinstance(node.value, Mapping) else None
    return name if isinstance(name, str) else f"unread {node.path[-1]}"


@attrs.frozen(kw_only=True)
class _Unread(pricing.Component):
    """Stands for a component that cannot be read, so that its names are looked at all the same."""

    bases: tuple[str, ...] = ()

    @property
    def rests_on(self) -> tuple[str, ...]:
        """The bases it names, where they are names."""
        return self.bases

    def draft(self, piece: pricing.Piece) -> tuple[pricing.Draft, ...]:
        """Return nothing: no bill is made by it."""
        return ()


def _unread_component(node: Node) -> pricing.Component:
    told = node.value if isinstance(node.value, Mapping) else {}
    tax, bases = told.get("tax_code"), told.get("bases")
    names = bases if isinstance(bases, list) and all(isinstance(b, str) for b in bases) else ()
    return _Unread(
        name=_name_of(node, "name"),
        tax_code=tax if isinstance(tax, str) else pricing.NO_TAX,
        bases=tuple(names),
    )


def _unread_tax(node: Node) -> pricing.Vat:
    return pricing.Vat(_name_of(node, "code"), "", pricing.always("", 0, ""))


def _unread_calendar(node: Node) -> pricing.BandCalendar:
    rules = (pricing.BandRule(_UNREAD),)
    return pricing.BandCalendar(_name_of(node, "name"), _ZONE, _ALWAYS, "", rules)


_UNREAD = "\0unread"
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
    "taxes": Field(tolerant_list_of(_VAT, _unread_tax)),
    "vat_by_use": Field(_VAT_BY_USE),
    "calendars": Field(tolerant_list_of(Sort(_calendar, schema_of(_CALENDAR)), _unread_calendar)),
    "components": Field(tolerant_list_of(COMPONENT, _unread_component, some=True), required=True),
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
    unread = {each.name for each in parts.calendars if each.bands == (_UNREAD,)}
    for fault in pricing.tariff_faults(parts):
        if fault.error.facts.get("calendar") not in unread and "\0" not in str(fault.error):
            node.refused(fault.error, *fault.where)


_LOOKED_AT = [field.name for field in attrs.fields(pricing.TariffParts)]
_CENTS = RoundingPolicy(RoundingScope.LINE, CENTS_HALF_UP)
_ZONE = MarketTime("Europe/Madrid")

TARIFF = Sort(_tariff, schema_of(_FIELDS))
