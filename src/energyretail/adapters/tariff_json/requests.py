"""A whole request: tariff, usage, period and circumstances in, a priced bill out."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NoReturn

import attrs

from energyretail.adapters.tariff_json.faults import DocumentFault, DocumentFaults, pointer_of
from energyretail.adapters.tariff_json.places import places_of
from energyretail.adapters.tariff_json.results import bill_document
from energyretail.adapters.tariff_json.tariffs import ROUNDING, TARIFF, zone_of
from energyretail.adapters.tariff_json.usages import (
    CARRIED_OVER,
    INDICES,
    USAGE_FIELDS,
    usage_of,
)
from energyretail.adapters.tariff_json.values import (
    DAY,
    PERIOD,
    Field,
    Node,
    Sort,
    Unread,
    object_of,
    range_of,
    readable_members_of,
    schema_of,
)
from energyretail.domain import pricing
from energyretail.domain.shared import Invalid, Period

__all__ = [
    "REQUEST_FIELDS",
    "Request",
    "load",
    "rate_document",
    "rate_request",
    "read_request",
    "read_tariff",
]


@attrs.frozen
class Request:
    """A bill to be priced, as the domain has it."""

    tariff: pricing.Tariff
    usage: pricing.Usage
    period: Period
    circumstances: pricing.Circumstances


def rate_document(document: Mapping[str, Any]) -> dict[str, Any]:
    """Price the request of a document and return its result, both as the tariff format has them.

    Raises DocumentFaults with every fault, those of the document or those of the rating.
    """
    request = read_request(document)
    bill = rate_request(document, request)
    usage = request.usage
    if request.tariff.division is pricing.Division.DAYS:
        usage = attrs.evolve(usage, profile=None)  # given, but nothing is divided by it
    return bill_document(bill, usage)


def rate_request(document: Mapping[str, Any], request: Request) -> pricing.PricedBill:
    """Price a request that was read from `document`; raises DocumentFaults."""
    try:
        return pricing.rate(
            request.tariff,
            request.usage,
            period=request.period,
            circumstances=request.circumstances,
        )
    except Invalid:
        found = pricing.rating_faults(
            request.tariff,
            request.usage,
            period=request.period,
            circumstances=request.circumstances,
        )
    raise DocumentFaults(_placed(document, request.usage, found))


def _placed(
    document: Mapping[str, Any], usage: pricing.Usage, found: tuple[tuple[str, Invalid], ...]
) -> Iterable[DocumentFault]:
    """Return what is wrong at each place, once: several components may have met it."""
    faults: dict[object, DocumentFault] = {}
    for component, error in found:
        for path in places_of(document, usage, component, error):
            fault = DocumentFault(error.code, pointer_of(path), error.text, _facts(error))
            facts = tuple(fact for fact in fault.facts if fact[0] not in pricing.OF_A_PART)
            faults.setdefault((fault.code, fault.pointer, facts), fault)
    return faults.values()


def _facts(error: Invalid) -> tuple[tuple[str, str], ...]:
    # What the place does not tell: a fault met by several components is one fault.
    return tuple((k, v) for k, v in error.facts.items() if k not in ("component", "name"))


def read_tariff(document: object) -> pricing.Tariff:
    """Read a tariff alone; raises DocumentFaults."""
    faults: list[DocumentFault] = []
    try:
        return TARIFF.read(Node(document, (), faults))
    except Unread:
        raise DocumentFaults(faults) from None


def load(text: str | bytes) -> dict[str, Any]:
    """Return the object that a JSON text holds.

    Raises DocumentFaults ``document.json``: no JSON, a number that is no whole one, a key twice,
    or nested beyond all reason.
    """
    try:
        found = json.loads(
            text, parse_float=_no_float, parse_constant=_no_float, object_pairs_hook=_once
        )
    except (ValueError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise DocumentFaults([DocumentFault("document.json", "", why)]) from None
    if not isinstance(found, dict):
        fault = DocumentFault("document.type", "", "an object is expected")
        raise DocumentFaults([fault])
    return found


def _no_float(text: str) -> NoReturn:
    raise ValueError(f'{text} is no whole number: decimals are texts such as "0.15"')


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise ValueError(f"a key stands twice: {max(names, key=names.count)}")
    return found


_CONTRACT = object_of(
    {"since": Field(DAY), "qualifying_percent": Field(range_of(0, 100))},
    lambda **fields: fields,
)
_RAW: Final[Sort[object]] = Sort(lambda node: node.value, schema_of(USAGE_FIELDS))

REQUEST_FIELDS: Final[Mapping[str, Field]] = {
    "tariff": Field(TARIFF, required=True),
    "period": Field(PERIOD, required=True),
    "usage": Field(_RAW),
    "rounding": Field(ROUNDING),
    "contract": Field(_CONTRACT),
    "carried_over": Field(CARRIED_OVER),
    "indices": Field(INDICES),
    "invoiced_on": Field(DAY),
    "advance": Field(PERIOD),
}


def read_request(document: object) -> Request:
    """Read a whole request; raises DocumentFaults with every fault of it."""
    faults: list[DocumentFault] = []
    with contextlib.suppress(Unread):
        return _request(Node(document, (), faults))
    raise DocumentFaults(faults)


def _request(node: Node) -> Request:
    found = readable_members_of(node, REQUEST_FIELDS)
    tariff: pricing.Tariff | None = found.get("tariff")
    usage = pricing.Usage()
    if "usage" in found:
        # A usage may have faults of its own where the tariff cannot be read.
        zone = tariff.zone if tariff else zone_of(_tariff_of(node))
        with contextlib.suppress(Unread):
            usage = usage_of(node.at("usage", found["usage"]), zone)
    if node.faults or tariff is None:
        raise Unread
    if "rounding" in found:
        tariff = _rounded(node, tariff, found["rounding"])
    known = {name: found[name] for name in _CIRCUMSTANCES if name in found}
    circumstances = node.build(
        lambda: pricing.Circumstances(**known, **found.get("contract", {})),
        {"pricing.name_twice": "indices"},
    )
    return Request(tariff, usage, found["period"], circumstances)


def _tariff_of(node: Node) -> object:
    return node.value.get("tariff") if isinstance(node.value, Mapping) else None


_CIRCUMSTANCES: Final = ("carried_over", "indices", "invoiced_on", "advance")


def _rounded(node: Node, tariff: pricing.Tariff, rounding: Any) -> pricing.Tariff:
    place = node.at("rounding", None)
    return place.build(
        lambda: attrs.evolve(tariff, rounding=rounding), {"pricing.rounding_decimals": "decimals"}
    )
