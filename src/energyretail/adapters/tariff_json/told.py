"""What is to be kept of a supply point, or published for all, in documents of the same format."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

import attrs

from energyretail.adapters.tariff_json.faults import DocumentFault, DocumentFaults
from energyretail.adapters.tariff_json.requests import read_tariff
from energyretail.adapters.tariff_json.usages import (
    INDICES,
    USAGE_FIELDS,
    intervals_of,
    note_twice,
    note_twice_told,
)
from energyretail.adapters.tariff_json.values import (
    DAY,
    TEXT,
    Field,
    Node,
    Unread,
    list_of,
    object_of,
    range_of,
    readable_members_of,
)
from energyretail.domain import pricing
from energyretail.domain.billing import Declared, Measured, VolumeRegister
from energyretail.domain.shared import MarketTime

__all__ = ["FIGURE_FIELDS", "TOLD_FIELDS", "read_figures", "read_offered", "read_told"]


def _volume(register: str, start: date, conversion: str) -> VolumeRegister:
    return VolumeRegister(register, start, conversion)


def _declared(start: date, percent: Decimal) -> Declared:
    return Declared(start, percent)


_TEXT_MAX: Final = 200  # three of them must go into one entry of an index
_UNKEPT: Final = re.compile("[\\x00\ud800-\udfff]")
_AS_USED: Final = ("intervals", "powers", "peaks", "reactive", "passed_on", "extras")
TOLD_FIELDS: Final[Mapping[str, Field]] = {
    **{name: USAGE_FIELDS[name] for name in _AS_USED},
    "volume_registers": Field(
        list_of(
            object_of(
                {
                    "register": Field(TEXT, required=True),
                    "from": Field(DAY, required=True, to="start"),
                    "conversion": Field(TEXT, required=True),
                },
                _volume,
            )
        )
    ),
    "profile": Field(TEXT),
    "declared": Field(
        list_of(
            object_of(
                {
                    "from": Field(DAY, required=True, to="start"),
                    "percent": Field(range_of(0, 100), required=True),
                },
                _declared,
            )
        )
    ),
}
FIGURE_FIELDS: Final[Mapping[str, Field]] = {
    "indices": Field(INDICES),
    "conversions": USAGE_FIELDS["conversions"],
    "profiles": Field(list_of(USAGE_FIELDS["profile"].sort)),
}


def read_offered(document: object) -> pricing.Tariff:
    """Read a tariff that is to be kept; raises DocumentFaults."""
    refuse_unkept(document)
    return read_tariff(document)


def read_told(document: object, *, zone: MarketTime) -> Measured:
    """Read what was told of a supply point; intervals are those of the local days of `zone`.

    Raises DocumentFaults with every fault of it.
    """
    return _read(document, lambda node: _told(node, zone))


def read_figures(document: object) -> pricing.PublishedFigures:
    """Read published figures; raises DocumentFaults with every fault of them."""
    return _read(document, _figures)


_Told = TypeVar("_Told")


def _read(document: object, read: Callable[[Node], _Told]) -> _Told:
    refuse_unkept(document)
    faults: list[DocumentFault] = []
    with contextlib.suppress(Unread):
        return read(Node(document, (), faults))
    raise DocumentFaults(faults)


def refuse_unkept(document: object) -> None:
    """Raise DocumentFaults ``document.character``, ``document.long`` where a text cannot be kept.

    No database keeps the character zero, and half a character has no bytes.
    """
    faults: list[DocumentFault] = []
    _note_unkept(Node(document, (), faults))
    if faults:
        raise DocumentFaults(faults)


def _note_unkept(node: Node) -> None:
    value = node.value
    if isinstance(value, str) and _UNKEPT.search(value):
        node.fault("document.character", "a text that cannot be kept")
    elif isinstance(value, str) and len(value) > _TEXT_MAX:
        node.fault("document.long", f"a text of at most {_TEXT_MAX} characters is kept")
    elif isinstance(value, Mapping):
        for name, each in value.items():
            _note_unkept(attrs.evolve(node, value=name))
            _note_unkept(node.at(str(name), each))
    elif isinstance(value, list):
        for at, each in enumerate(value):
            _note_unkept(node.at(at, each))


def _told(node: Node, zone: MarketTime) -> Measured:
    found = readable_members_of(node, TOLD_FIELDS)
    placed = tuple(intervals_of(node, found, zone))
    used: dict[str, Any] = {name: found[name] for name in _AS_USED[1:] if name in found}
    note_twice_told(node, placed, used)
    if node.faults:
        raise Unread
    usage = node.build(lambda: pricing.Usage(tuple(use for _, use in placed), **used))
    return node.build(
        lambda: Measured(
            usage,
            volumes=found.get("volume_registers", ()),
            profile=found.get("profile", ""),
            declared=found.get("declared", ()),
        ),
        {"billing.measured.undated": "extras", "billing.measured.twice": _twice_in(found)},
    )


def _twice_in(found: Mapping[str, Any]) -> str:
    """Return the list of two that begin on one day: shares, if theirs are not all different."""
    days = [each.since for each in found.get("declared", ())]
    return "declared" if len({*days}) < len(days) else "volume_registers"


def _figures(node: Node) -> pricing.PublishedFigures:
    found = readable_members_of(node, FIGURE_FIELDS)
    for member in FIGURE_FIELDS:
        note_twice(node, member, [each.name for each in found.get(member, ())])
    if node.faults:
        raise Unread
    return pricing.PublishedFigures(**found)
