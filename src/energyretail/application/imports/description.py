"""The files of a portfolio described as a Frictionless Data Package (datapackage.org, 2.0)."""

from __future__ import annotations

from energyretail.application.imports.fields import (
    DAY_MAX,
    DAY_MIN,
    LIST_DELIMITER,
    Field,
    Kind,
)
from energyretail.application.imports.tables import TABLES, Table

__all__ = ["data_package"]


def data_package() -> dict[str, object]:
    """Return the description as JSON values, made of the very table the parser reads by."""
    return {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": "energyretail-portfolio",
        "title": "A portfolio in supply, to be taken over",
        "resources": [_resource(table) for table in TABLES],
    }


def _resource(table: Table) -> dict[str, object]:
    return {
        "name": table.name,
        "type": "table",
        "path": table.file,
        "description": table.text,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "quoteChar": '"', "doubleQuote": True, "header": True},
        "schema": _schema(table),
    }


def _schema(table: Table) -> dict[str, object]:
    schema: dict[str, object] = {
        "$schema": "https://datapackage.org/profiles/2.0/tableschema.json",
        "fieldsMatch": "equal",
        "fields": [_field(field, table) for field in table.fields],
        "primaryKey": list(table.key),
        "missingValues": [""],
    }
    if table.references:
        schema["foreignKeys"] = [
            {
                "fields": [each.field],
                "reference": {"resource": each.table, "fields": [each.target]},
            }
            for each in table.references
        ]
    return schema


def _field(field: Field, table: Table) -> dict[str, object]:
    described: dict[str, object] = {
        "name": field.name,
        "type": field.kind.value,
        "description": field.text,
        "example": field.example,
    }
    if field.kind is Kind.LIST:
        described |= {"delimiter": LIST_DELIMITER, "itemType": "string"}
    if field.kind is Kind.DECIMAL:
        described |= {"decimalChar": ".", "bareNumber": True}
    described["constraints"] = _constraints(field, unique=table.key == (field.name,))
    return described


def _constraints(field: Field, *, unique: bool) -> dict[str, object]:
    constraints: dict[str, object] = {"required": field.required}
    if unique:
        constraints["unique"] = True
    if field.kind is Kind.TEXT:
        constraints["maxLength"] = field.length_max
    if field.kind is Kind.DAY:
        constraints |= {"minimum": DAY_MIN.isoformat(), "maximum": DAY_MAX.isoformat()}
    if field.choices:
        constraints["enum"] = list(field.choices)
    if field.pattern:
        constraints["pattern"] = field.pattern
    if field.minimum is not None:
        constraints["minimum"] = field.minimum
    if field.maximum is not None:
        constraints["maximum"] = field.maximum
    return constraints
