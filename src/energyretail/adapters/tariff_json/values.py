"""The sorts of values in a document: how each is read, and how JSON Schema describes it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

import attrs

from energyretail.adapters.tariff_json.faults import DocumentFault, Path, pointer_of
from energyretail.domain.pricing import each_fault
from energyretail.domain.shared import Invalid, Period

__all__ = [
    "DAY", "DECIMAL", "INSTANT", "MONTH", "MONTH_DAY", "OPEN_PERIOD", "PERIOD", "TEXT", "TIME",
    "Field", "Json", "Node", "Sort", "Unread", "choice_of", "count_of", "list_of", "map_of",
    "members", "nullable", "object_of", "range_of", "readable_members_of", "schema_of", "tolerant",
]  # fmt: skip

Json = dict[str, Any]
T = TypeVar("T")


class Unread(Exception):
    """A value could not be read; why is among the faults already."""


@attrs.frozen
class Node:
    """A value of a document at its place, and the list that its faults are added to.

    `currency` is that of the tariff it stands in, empty elsewhere.
    """

    value: object
    path: Path
    faults: list[DocumentFault]
    currency: str = ""

    def at(self, step: str | int, value: object) -> Node:
        """Return a value below this one."""
        return Node(value, (*self.path, step), self.faults, self.currency)

    def fault(self, code: str, text: str, **facts: object) -> Unread:
        """Note a fault of this value and return what is to be raised."""
        told = tuple((name, _short(fact)) for name, fact in facts.items())
        self.faults.append(DocumentFault(code, pointer_of(self.path), text, told))
        return Unread()

    def refused(self, error: Invalid, *steps: str | int) -> Unread:
        """Note what the domain refused, at this value or one below it."""
        path = pointer_of((*self.path, *steps))
        facts = tuple((name, _short(fact)) for name, fact in error.facts.items())
        self.faults.append(DocumentFault(error.code, path, error.text, facts))
        return Unread()

    def build(self, make: Callable[[], T], where: Mapping[str, str] | None = None) -> T:
        """Return what the domain makes; `where` names the field that an error's code is about."""
        try:
            return make()
        except Invalid as error:
            self.note(error, where or {})
            raise Unread from None

    def note(self, error: Invalid, where: Mapping[str, str]) -> None:
        """Note all that the domain refused, each at the field that its code is about."""
        for each in each_fault(error):
            self.refused(each, *([where[each.code]] if each.code in where else []))

    def text(self) -> str:
        """Return a JSON string."""
        if not isinstance(self.value, str):
            raise self.fault("document.type", "a text is expected", value=self.value)
        return self.value


def _short(fact: object) -> str:
    text = str(fact)
    return text if len(text) <= 80 else f"{text[:77]}..."


@attrs.frozen
class Sort(Generic[T]):
    """A sort of value: `read` raises Unread when it has told the node its faults."""

    read: Callable[[Node], T]
    schema: Json


def _text(node: Node) -> str:
    text = node.text()
    if not text.strip():
        raise node.fault("document.empty", "a text is expected")
    return text


TEXT = Sort(_text, {"type": "string", "minLength": 1})

_DECIMAL = r"-?[0-9]{1,18}(\.[0-9]{1,18})?"


def _decimal(node: Node) -> Decimal:
    text = node.text()
    if not re.fullmatch(_DECIMAL, text, re.ASCII):
        raise node.fault("document.decimal", 'a decimal such as "-1.25" is expected', value=text)
    return Decimal(text)


DECIMAL = Sort(_decimal, {"type": "string", "pattern": f"^{_DECIMAL}$"})


def range_of(low: int | None, high: int | None = None, *, above: bool = False) -> Sort[Decimal]:
    """Return decimals from `low` (or more than it, `above`) to `high`."""

    def read(node: Node) -> Decimal:
        value = _decimal(node)
        too_low = low is not None and (value <= low if above else value < low)
        if too_low or (high is not None and value > high):
            raise node.fault("document.range", "outside what makes sense", value=value)
        return value

    bounds = " and ".join(
        text
        for text in (
            "" if low is None else f"more than {low}" if above else f"at least {low}",
            "" if high is None else f"at most {high}",
        )
        if text
    )
    return Sort(read, {**DECIMAL.schema, "description": bounds})


def _parsed(code: str, what: str, parse: Callable[[str], T]) -> Callable[[Node], T]:
    def read(node: Node) -> T:
        text = node.text()
        try:
            return parse(text)
        except ValueError:
            raise node.fault(code, f"{what} is expected", value=text) from None

    return read


def _strictly(pattern: str, text: str) -> str:
    if not re.fullmatch(pattern, text, re.ASCII):
        raise ValueError(text)
    return text


def _day_of(text: str) -> date:
    found = date.fromisoformat(_strictly(_DAY, text))
    if not 1900 <= found.year < 2200:  # what lies beyond is a slip, or stands for "for ever"
        raise ValueError(text)
    return found


def _instant_of(text: str) -> datetime:
    found = datetime.fromisoformat(_strictly(_INSTANT, text))
    if found.tzinfo is None or not 1900 <= found.year < 2200:
        raise ValueError(text)
    return found


def _time_of(text: str) -> int:
    hours, minutes = (int(part) for part in _strictly(_TIME, text).split(":"))
    if hours * 60 + minutes > 24 * 60 or minutes > 59:
        raise ValueError(text)
    return hours * 60 + minutes


def _month_day_of(text: str) -> tuple[int, int]:
    day = date.fromisoformat(f"2000-{_strictly('[0-9]{2}-[0-9]{2}', text)}")
    return day.month, day.day


_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME = "[0-9]{2}:[0-9]{2}"
_INSTANT = rf"{_DAY}T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?(Z|[+-][0-9]{{2}}:[0-9]{{2}})"

DAY = Sort(
    _parsed("document.day", "a day from 1900 to 2199", _day_of),
    {"type": "string", "format": "date"},
)
INSTANT = Sort(
    _parsed("document.instant", "an instant with its offset", _instant_of),
    {"type": "string", "format": "date-time"},
)
MONTH = Sort(
    _parsed(
        "document.month",
        "a month",
        lambda t: _day_of(f"{_strictly('[0-9]{4}-[0-9]{2}', t)}-01"),
    ),
    {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"},
)
TIME = Sort(
    _parsed("document.time", "a time", _time_of), {"type": "string", "pattern": f"^{_TIME}$"}
)
MONTH_DAY = Sort(
    _parsed("document.day", "a month and day", _month_day_of),
    {"type": "string", "pattern": "^[0-9]{2}-[0-9]{2}$"},
)


def count_of(low: int, high: int, *only: int) -> Sort[int]:
    """Return whole numbers from `low` to `high`, or `only` some."""

    def read(node: Node) -> int:
        if not isinstance(node.value, int) or isinstance(node.value, bool):
            raise node.fault("document.type", "a whole number is expected", value=node.value)
        if not low <= node.value <= high or (only and node.value not in only):
            raise node.fault("document.range", "outside what makes sense", value=node.value)
        return node.value

    schema: Json = {"enum": list(only)} if only else {"minimum": low, "maximum": high}
    return Sort(read, {"type": "integer", **schema})


def choice_of(words: Mapping[str, T]) -> Sort[T]:
    """Return one of some words, each with what it means."""

    def read(node: Node) -> T:
        text = node.text()
        if text not in words:
            raise node.fault("document.choice", "no such word", value=text, words=", ".join(words))
        return words[text]

    return Sort(read, {"enum": list(words)})


def nullable(sort: Sort[T]) -> Sort[T | None]:
    """Return a sort that may be null."""

    def read(node: Node) -> T | None:
        return None if node.value is None else sort.read(node)

    return Sort(read, {"anyOf": [sort.schema, {"type": "null"}]})


def list_of(sort: Sort[T], *, some: bool = False) -> Sort[tuple[T, ...]]:
    """Return a list; with `some` it must not be empty."""

    def read(node: Node) -> tuple[T, ...]:
        if not isinstance(node.value, (list, tuple)):
            raise node.fault("document.type", "a list is expected", value=node.value)
        if some and not node.value:
            raise node.fault("document.empty", "a list that is not empty is expected")
        return tuple(
            _each([(at, node.at(at, v)) for at, v in enumerate(node.value)], sort).values()
        )

    return Sort(read, {"type": "array", "items": sort.schema, **({"minItems": 1} if some else {})})


def tolerant(sort: Sort[T], instead: Callable[[Node], T]) -> Sort[T]:
    """Return a sort in whose place something stands where it cannot be read."""

    def read(node: Node) -> T:
        try:
            return sort.read(node)
        except Unread:
            return instead(node)

    return Sort(read, sort.schema)


def map_of(sort: Sort[T]) -> Sort[tuple[tuple[str, T], ...]]:
    """Return an object whose names are free, in the order they stand; not empty."""

    def read(node: Node) -> tuple[tuple[str, T], ...]:
        found = members(node)
        if not found:
            raise node.fault("document.empty", "an object that is not empty is expected")
        return tuple(_each([(name, node.at(name, v)) for name, v in found.items()], sort).items())

    schema = {"type": "object", "additionalProperties": sort.schema, "minProperties": 1}
    return Sort(read, schema)


K = TypeVar("K", bound=str | int)


def _each(nodes: list[tuple[K, Node]], sort: Sort[T]) -> dict[K, T]:
    """Read every one, so that the faults of all are known, then give up if one failed."""
    found: dict[K, T] = {}
    for key, node in nodes:
        try:
            found[key] = sort.read(node)
        except Unread:
            continue
    if len(found) < len(nodes):
        raise Unread
    return found


def members(node: Node) -> Mapping[str, object]:
    """Return a JSON object."""
    if not isinstance(node.value, Mapping):
        raise node.fault("document.type", "an object is expected", value=node.value)
    return node.value


@attrs.frozen
class Field:
    """A field of an object: its sort, whether it must be there, and what it is called inside."""

    sort: Sort[Any]
    required: bool = False
    to: str = ""


def object_of(
    fields: Mapping[str, Field],
    make: Callable[..., T],
    where: Mapping[str, str] | None = None,
) -> Sort[T]:
    """Return an object of `fields` and no others, made into a value of the domain by `make`.

    A field that is not there is not given to `make`, whose own default then holds.
    """

    def read(node: Node) -> T:
        values = members_of(node, fields)
        return node.build(lambda: make(**values), where)

    return Sort(read, schema_of(fields))


def members_of(node: Node, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return the fields of an object that are there, read; raises Unread after all faults."""
    before = len(node.faults)
    found = readable_members_of(node, fields)
    if len(node.faults) > before:
        raise Unread
    return found


def readable_members_of(node: Node, fields: Mapping[str, Field]) -> dict[str, Any]:
    """Return those fields of an object that can be read; the faults of the others are noted."""
    there = members(node)
    for name, value in there.items():
        if name not in fields:
            node.at(name, value).fault("document.unknown", "there is no such field")
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if name in there:
            with contextlib.suppress(Unread):
                found[field.to or name] = field.sort.read(node.at(name, there[name]))
        elif field.required:
            node.at(name, None).fault("document.missing", "a field is missing", field=name)
    return found


def schema_of(fields: Mapping[str, Field]) -> Json:
    """Return the JSON Schema of an object of `fields`."""
    required = [name for name, field in fields.items() if field.required]
    return {
        "type": "object",
        "properties": {name: field.sort.schema for name, field in fields.items()},
        "additionalProperties": False,
        **({"required": required} if required else {}),
    }


def _period(start: date, end: date | None = None) -> Period:
    return Period(start, end)


_FROM = Field(DAY, required=True, to="start")
PERIOD = object_of({"from": _FROM, "to": Field(DAY, required=True, to="end")}, _period)
OPEN_PERIOD = object_of({"from": _FROM, "to": Field(DAY, to="end")}, _period)
