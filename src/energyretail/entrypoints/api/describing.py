"""Says in the description what the routes hold to and the generator does not see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from litestar.openapi.spec import OpenAPI, OpenAPIType, Operation, Parameter, Schema

from energyretail.entrypoints.api.shapes import Shape

__all__ = ["described"]

_METHODS: Final = ("get", "post", "put", "patch", "delete")


def described(document: OpenAPI) -> OpenAPI:
    """Change a description in place, and return it.

    A field that is not named is refused; a parameter is left out, never null; a summary is a
    phrase.
    """
    known = {kind.__name__ for kind in _below(Shape)}
    for name, schema in (document.components.schemas or {}).items():
        if name.rpartition("_")[2] in known and isinstance(schema, Schema):
            schema.additional_properties = False
    for operation in _operations(document):
        operation.summary = _phrase(operation.operation_id or "")
        for parameter in operation.parameters or []:
            if isinstance(parameter, Parameter) and isinstance(parameter.schema, Schema):
                _drop_null(parameter.schema)
    return document


def _operations(document: OpenAPI) -> Iterator[Operation]:
    for path in (document.paths or {}).values():
        found: list[Operation | None] = [getattr(path, method) for method in _METHODS]
        yield from (operation for operation in found if operation is not None)


def _below(kind: type) -> Iterator[type]:
    subclasses: list[type] = kind.__subclasses__()
    for subclass in subclasses:
        yield subclass
        yield from _below(subclass)


def _drop_null(schema: Schema) -> None:
    if isinstance(schema.type, list):
        (schema.type,) = (kind for kind in schema.type if kind is not OpenAPIType.NULL)
        schema.enum = [value for value in schema.enum or [] if value is not None] or None
        return
    ones = [one for one in schema.one_of or [] if isinstance(one, Schema)]
    kinds = [one for one in ones if one.type is not OpenAPIType.NULL]
    if len(kinds) != 1:
        return
    (kind,) = kinds
    schema.one_of = None
    schema.type, schema.enum = kind.type, kind.enum
    schema.format = schema.format or kind.format


def _phrase(operation_id: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", operation_id).lower()
    return words[:1].upper() + words[1:]
