"""Adapters of third parties: found by dotted path, made, and held against their port."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from typing import Final, TypeVar, cast

from energyretail.adapters.shared.partner_settings import PartnerSettings
from energyretail.domain.shared import DomainError, Invalid

__all__ = ["adapter_of", "broken_promises"]

P = TypeVar("P")
_MISSING: Final = object()


def adapter_of(port: type[P], path: str, given: PartnerSettings) -> P:
    """Return what the callable at `path` (``package.module:callable``) makes of `given`.

    Raises Invalid: ``settings.adapter.import`` when the module cannot be imported,
    ``settings.adapter.missing`` when it has no such name, ``settings.adapter.not_callable``,
    ``settings.adapter.not_made`` when the callable raises, and ``settings.adapter.incomplete``
    naming at once all that what it made lacks of `port`.
    """
    adapter = _made(_callable_at(path, given.partner), path, given)
    if lacking := tuple(broken_promises(port, adapter)):
        text = f"made no {port.__name__}: " + "; ".join(lacking)
        raise _invalid("incomplete", text, path, given.partner)
    return cast("P", adapter)


def broken_promises(port: type[object], value: object) -> Iterator[str]:
    """Yield what `value` lacks of the methods of a Protocol, and which take other arguments."""
    for member in sorted(_members(port)):
        asked = getattr(port, member, None)
        has = getattr(value, member, _MISSING)
        if has is _MISSING:
            yield f"{type(value).__name__} has no {member}"
        elif inspect.isfunction(asked):
            wanted = list(inspect.signature(asked).parameters.values())[1:]
            if not callable(has) or not _takes(has, wanted):
                told = ", ".join(str(each) for each in wanted)
                yield f"{type(value).__name__}.{member} does not take ({told})"


def _members(port: type[object]) -> set[str]:
    declared = {
        name
        for each in port.__mro__
        if getattr(each, "_is_protocol", False)
        for name in (*vars(each), *vars(each).get("__annotations__", ()))
    }
    return {name for name in declared if name == "__call__" or not name.startswith("_")}


def _takes(method: Callable[..., object], wanted: list[inspect.Parameter]) -> bool:
    """Tell whether a method can be called as the port says, by place or by name."""
    by_name = {each.name: each for each in wanted}
    named = {name: each for name, each in by_name.items() if each.kind is each.KEYWORD_ONLY}
    placed = wanted[: len(wanted) - len(named)]
    for places, names in ((placed, named), ([], by_name)):
        try:
            inspect.signature(method).bind(*places, **names)
        except TypeError:
            continue
        return True
    return False


def _callable_at(path: str, partner: str) -> Callable[[PartnerSettings], object]:
    module, _, name = path.partition(":")
    try:
        found: object = importlib.import_module(module)
    except Exception as error:  # whatever a stranger's module does when it is imported
        raise _invalid(
            "import", f"cannot import {module}: {_said(error)}", path, partner
        ) from error
    for part in name.split("."):
        found = getattr(found, part, _MISSING)
    if found is _MISSING:
        raise _invalid("missing", f"{module} has no {name}", path, partner)
    if not callable(found):
        raise _invalid("not_callable", f"{name} cannot be called", path, partner)
    return found


def _made(make: Callable[[PartnerSettings], object], path: str, given: PartnerSettings) -> object:
    try:
        return make(given)
    except Exception as error:  # whatever a stranger's code does when it is called
        raise _invalid("not_made", f"made nothing: {_said(error)}", path, given.partner) from error


def _said(error: Exception) -> str:
    return str(error) if isinstance(error, DomainError) else f"{type(error).__name__}: {error}"


def _invalid(code: str, text: str, path: str, partner: str) -> Invalid:
    return Invalid(f"settings.adapter.{code}", text, key=f"{partner}.adapter", adapter=path)
