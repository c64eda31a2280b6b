"""The JSON Schema of tariffs and of whole requests, made from what reads them."""

from __future__ import annotations

from typing import Any

from energyretail.adapters.tariff_json.prices import DEFINITIONS
from energyretail.adapters.tariff_json.requests import REQUEST_FIELDS
from energyretail.adapters.tariff_json.tariffs import TARIFF
from energyretail.adapters.tariff_json.told import FIGURE_FIELDS, TOLD_FIELDS
from energyretail.adapters.tariff_json.values import schema_of

__all__ = ["figures_schema", "request_schema", "tariff_schema", "usage_schema"]

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def tariff_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a tariff."""
    return {"$schema": _DRAFT, "title": "Tariff", **TARIFF.schema, "$defs": DEFINITIONS}


def request_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what `energyretail rate` takes."""
    schema = schema_of(REQUEST_FIELDS)
    return {"$schema": _DRAFT, "title": "Bill to rate", **schema, "$defs": DEFINITIONS}


def usage_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of what is told of a supply point and kept."""
    schema = schema_of(TOLD_FIELDS)
    return {"$schema": _DRAFT, "title": "Usage to keep", **schema, "$defs": DEFINITIONS}


def figures_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of published figures."""
    schema = schema_of(FIGURE_FIELDS)
    return {"$schema": _DRAFT, "title": "Published figures", **schema, "$defs": DEFINITIONS}
