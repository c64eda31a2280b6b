"""Says in the description what the routes hold to and the generator does not see."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, Final

import msgspec
from litestar import Request
from litestar.openapi.plugins import JsonRenderPlugin

from energyretail.entrypoints.api.shapes import Shape

__all__ = ["DescribedJson", "described"]

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_REFERENCES: Final = "#/components/schemas/{name}"


class DescribedJson(JsonRenderPlugin):
    """Serves the description as data alone: pages that draw it load scripts of others."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document as JSON."""
        return super().render(request, described(openapi_schema))


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Return a description with all that is demanded of a request.

    What a client says is described with every bound that is checked: a field that is not
    named is refused, and so are names and numbers of entries. A parameter is left out, never
    null. A summary is a phrase.
    """
    said = list(_below(Shape))
    _, shapes = msgspec.json.schema_components(said, ref_template=_REFERENCES)
    schemas = document["components"]["schemas"]
    for name in schemas.keys() & shapes.keys():
        schemas[name] = shapes[name]
    _spell(document)
    for operation in _operations(document):
        operation["summary"] = _phrase(operation["operationId"])
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _never_null(parameter["schema"])
        for answer in operation["responses"].values():
            if "headers" in answer:
                # They come from a set: the same description must be the same text.
                answer["headers"] = dict(sorted(answer["headers"].items()))
    return document


def _operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        yield from (path[method] for method in _METHODS if method in path)


def _below(kind: type) -> Iterator[type]:
    subclasses: list[type] = kind.__subclasses__()
    for subclass in subclasses:
        yield subclass
        yield from _below(subclass)


def _spell(part: Any) -> None:
    """Write descriptions without the margin they have in the code, whatever release made them,
    and the end of a text as others do: here `$` would let a line break follow."""
    if isinstance(part, dict):
        if isinstance(part.get("description"), str):
            part["description"] = inspect.cleandoc(part["description"])
        if isinstance(part.get("pattern"), str):
            part["pattern"] = part["pattern"].replace(r"\Z", "$")
        for each in part.values():
            _spell(each)
    elif isinstance(part, list):
        for each in part:
            _spell(each)


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    kinds = [kind for kind in schema.get("oneOf", ()) if kind.get("type") != "null"]
    if len(kinds) == 1:
        rest = {name: value for name, value in schema.items() if name != "oneOf"}
        return _never_null({**kinds[0], **rest})
    if isinstance(schema.get("type"), list):
        (kind,) = (each for each in schema["type"] if each != "null")
        schema = {**schema, "type": kind}
    if "enum" in schema:
        schema = {**schema, "enum": [value for value in schema["enum"] if value is not None]}
    return schema


def _phrase(operation_id: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", operation_id).lower()
    return words[:1].upper() + words[1:]
