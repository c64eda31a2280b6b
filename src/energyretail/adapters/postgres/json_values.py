"""Small domain values as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from energyretail.domain.parties import Address, CustomerKind, Person
from energyretail.domain.shared import Power, PowerUnit

__all__ = ["day_of", "person_json", "person_of", "powers_json", "powers_of"]


def day_of(value: str | None) -> date | None:
    """Return the date of an ISO text, or None."""
    return date.fromisoformat(value) if value else None


def powers_json(powers: tuple[tuple[str, Power], ...]) -> str:
    """Write subscribed powers as ``{"P1": "4.6"}``; the unit follows when it is not kW."""
    return json.dumps({period: _power_text(power) for period, power in powers})


def powers_of(body: Mapping[str, str]) -> tuple[tuple[str, Power], ...]:
    """Read what `powers_json` wrote, in order of period."""
    return tuple((period, _power(body[period])) for period in sorted(body))


def _power_text(power: Power) -> str:
    return f"{power.value:f}" if power.unit is PowerUnit.KW else str(power)


def _power(text: str) -> Power:
    value, _, unit = text.partition(" ")
    return Power(value, PowerUnit(unit) if unit else PowerUnit.KW)


def person_json(person: Person) -> dict[str, Any]:
    """Write a person as JSON values."""
    address = person.address
    return {
        "kind": person.kind.value,
        "name": person.name,
        "tax_id": person.tax_id,
        "email": person.email,
        "street": address.street,
        "postcode": address.postcode,
        "town": address.town,
        "country": address.country,
        "language": person.language,
    }


def person_of(body: Mapping[str, Any]) -> Person:
    """Read what `person_json` wrote, or a row of the table customer."""
    return Person(
        kind=CustomerKind(body["kind"]),
        name=body["name"],
        tax_id=body["tax_id"],
        email=body["email"],
        address=Address(body["street"], body["postcode"], body["town"], body["country"]),
        language=body["language"],
    )
