"""Fields of a foreign JSON document, asked for one by one: what nobody asked for is refused."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import attrs

from energyretail.domain.shared import Invalid, decimal_of

__all__ = ["Fields", "parsed"]


def parsed(place: str, text: str) -> Any:
    """Return the JSON of a text with its fractions as they are written, as strings.

    Raises Invalid ``tariff_source.json``.
    """
    try:
        return json.loads(text, parse_float=str)
    except (ValueError, RecursionError) as error:
        raise Invalid("tariff_source.json", "no JSON", place=place, why=error) from error


@attrs.frozen
class Fields:
    """An object of a document and where it lies, as a JSON pointer after the document's name."""

    values: Mapping[str, Any]
    place: str

    @classmethod
    def of(cls, value: Any, place: str, known: frozenset[str]) -> Fields:
        """Return the object.

        Raises Invalid ``tariff_source.type`` for no object, ``tariff_source.unknown`` for a
        field that is not `known`.
        """
        if not isinstance(value, Mapping):
            raise Invalid("tariff_source.type", "must be an object", place=place)
        if unknown := sorted(set(value) - known):
            raise Invalid(
                "tariff_source.unknown", "no such field", place=place, fields=" ".join(unknown)
            )
        return cls(value, place)

    def has(self, name: str) -> bool:
        """Tell whether the field is there."""
        return name in self.values

    def value(self, name: str) -> Any:
        """Return the field; raises Invalid ``tariff_source.missing`` where it is not there."""
        if name not in self.values:
            raise Invalid(
                "tariff_source.missing", "must not be empty", place=self.place, field=name
            )
        return self.values[name]

    def inner(self, name: str, known: frozenset[str]) -> Fields:
        """Return a field that is an object."""
        return Fields.of(self.value(name), f"{self.place}/{name}", known)

    def list_of(self, name: str, known: frozenset[str]) -> tuple[Fields, ...]:
        """Return a field that is a list of objects; none where it is not there."""
        found = self.values.get(name, [])
        if not isinstance(found, list):
            raise self._wrong_type(name, "must be a list")
        return tuple(
            Fields.of(each, f"{self.place}/{name}/{at}", known) for at, each in enumerate(found)
        )

    def text(self, name: str) -> str:
        """Return a field that is a text of at least one character."""
        found = self.value(name)
        if not isinstance(found, str) or not found:
            raise self._wrong_type(name, "must be a text")
        return found

    def decimal(self, name: str) -> Decimal:
        """Return a field that is a number, exactly as it was written.

        Raises Invalid ``tariff_source.decimal``, for a float too: its digits are lost already.
        """
        found = self.value(name)
        try:
            return decimal_of(found)
        except Invalid:
            raise Invalid(
                "tariff_source.decimal",
                "not a decimal number",
                place=self.place,
                field=name,
                value=found,
            ) from None

    def month(self, name: str) -> int:
        """Return a field that is a month, 0 for January to 11."""
        found = self.value(name)
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= 11:
            raise self._wrong_type(name, "must be a month from 0 to 11")
        return found

    def day(self, name: str) -> date:
        """Return a field that is a day."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            raise Invalid(
                "tariff_source.day",
                "not a day",
                place=self.place,
                field=name,
                value=self.values[name],
            ) from None

    def _wrong_type(self, name: str, text: str) -> Invalid:
        return Invalid("tariff_source.type", text, place=self.place, field=name)
