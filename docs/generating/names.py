"""The public names of the package, one a line with its signature."""

from __future__ import annotations

import enum
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import attrs

from energyretail import application, domain

__all__ = ["FILE", "annotation", "default", "files", "public", "public_modules"]

FILE: Final = "tests/docs/public_names.txt"
_PLAIN: Final = (str, int, bool, type(None), Decimal)


def files(_: Path) -> dict[str, str]:
    """Return the list of names."""
    lines = [line for module in public_modules() for line in _module(module)]
    return {FILE: "\n".join(lines) + "\n"}


def public_modules() -> tuple[ModuleType, ...]:
    """Return the packages others import from: one for each subdomain, and the testing modules."""
    found = ["energyretail"]
    for layer in (domain, application):
        below = pkgutil.iter_modules(layer.__path__, f"{layer.__name__}.")
        found += [each.name for each in below]
    found += _below(importlib.import_module("energyretail.testing"))
    return tuple(importlib.import_module(name) for name in sorted(found))


def _below(package: ModuleType) -> Iterator[str]:
    """Yield a package and its modules; a package that names something is imported whole."""
    yield package.__name__
    for each in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(each.name)
        if each.ispkg and not module.__all__:
            yield from _below(module)
        elif not each.name.rpartition(".")[2].startswith("_"):
            yield each.name


def public(module: ModuleType) -> dict[str, Any]:
    """Return what a module's ``__all__`` names."""
    return {name: getattr(module, name) for name in sorted(module.__all__)}


def _module(module: ModuleType) -> Iterator[str]:
    for name, value in public(module).items():
        yield from _lines(f"{module.__name__}.{name}", value)


def _lines(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, enum.EnumMeta):
        members = ", ".join(str(member) for member in value.__members__)
        yield f"enum {name}: {members}"
    elif inspect.isclass(value):
        yield from _class(name, value)
    elif inspect.isroutine(value):
        yield f"def {name}{_signature(value)}"
    else:
        yield f"{name}: {_type_of(value)}"


def _class(name: str, value: type) -> Iterator[str]:
    bases = ", ".join(base.__name__ for base in value.__bases__ if base is not object)
    protocol = getattr(value, "_is_protocol", False)
    made = f" {_signature(value, drop='return')}" if _is_made_by_us(value) and not protocol else ""
    yield f"class {name}{f' <{bases}>' if bases else ''}{made}"
    for member, found in sorted(vars(value).items()):
        if member.startswith(("_", "test_")) and member != "__call__":
            continue
        if isinstance(found, property):
            yield f"  {name}.{member}: {annotation(_hint(found.fget, 'return'))}"
        elif isinstance(found, (classmethod, staticmethod)):
            yield f"  {name}.{member}{_signature(found.__func__)}"
        elif inspect.isfunction(found):
            yield f"  {name}.{member}{_signature(found)}"


def _is_made_by_us(value: type) -> bool:
    made = value.__init__
    return inspect.isfunction(made) and made.__module__.partition(".")[0] == "energyretail"


def _signature(value: Any, drop: str = "") -> str:
    told = inspect.signature(value)
    parts: list[str] = []
    starred = False
    for parameter in told.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
        starred |= parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_POSITIONAL)
        parts.append(_parameter(parameter))
    end = "" if drop else f" -> {annotation(told.return_annotation)}"
    return f"({', '.join(parts)}){end}"


def _parameter(parameter: inspect.Parameter) -> str:
    stars = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
    text = stars + parameter.name
    if parameter.annotation is not parameter.empty:
        text += f": {annotation(parameter.annotation)}"
    if parameter.default is not parameter.empty:
        text += f" = {default(parameter.default)}"
    return text


def default(value: Any) -> str:
    if isinstance(value, enum.Enum) and value is not attrs.NOTHING:
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, _PLAIN):
        return repr(value)
    return "()" if type(value) is tuple and not value else "..."


def _hint(function: Any, name: str) -> Any:
    return getattr(function, "__annotations__", {}).get(name, inspect.Parameter.empty)


def annotation(value: Any) -> str:
    if value is inspect.Parameter.empty:
        return "?"
    if isinstance(value, str):
        return value
    if value is None or value is type(None):
        return "None"
    return inspect.formatannotation(value).replace("energyretail.", "").replace("typing.", "")


def _type_of(value: Any) -> str:
    if hasattr(value, "__supertype__"):
        return f"NewType of {value.__supertype__.__name__}"
    if type(value).__module__ in ("typing", "types", "collections.abc"):
        return f"alias of {annotation(value)}"
    return type(value).__name__
