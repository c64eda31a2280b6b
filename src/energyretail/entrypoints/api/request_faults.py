"""Names every fault of a request's body at once: of its shape, and of the values in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec

from energyretail.domain.shared import DomainError

__all__ = ["MISSING", "SHAPE", "Fault", "RequestFaults", "faults_of", "parsed_by"]

SHAPE: Final = "request.shape"
MISSING: Final = "request.missing"
UNKNOWN: Final = "request.unknown_field"


@attrs.frozen
class Fault:
    """What is wrong with one field: `field` is its path, ``sites[0].cups``."""

    field: str
    code: str
    message: str


class RequestFaults(Exception):
    """A request with faults; what is not of its shape makes it a bad one."""

    def __init__(self, faults: tuple[Fault, ...]):
        super().__init__(f"{len(faults)} faults")
        self.faults = faults

    @property
    def misshapen(self) -> bool:
        """Whether it is not what the description says, beyond the values in it."""
        return any(fault.code.startswith("request.") for fault in self.faults)


def parsed_by(parse: Callable[[Any], object]) -> msgspec.Meta:
    """Return the mark of a field whose value `parse` must take; it raises DomainError."""
    return msgspec.Meta(extra={"parse": parse})


def faults_of(raw: object, hint: Any, path: str = "") -> Iterator[Fault]:
    """Yield every fault of decoded JSON that should be a `hint`."""
    kind, marks = _unwrapped(hint)
    if raw is None and kind is not hint and _takes_none(hint):
        return
    if (too_many := _out_of_bounds(raw, marks)) is not None:
        yield Fault(path, SHAPE, too_many)
        return
    sound = True
    for fault in _parts(raw, kind, path) if _has_parts(kind) else ():
        sound = False
        yield fault
    if sound:
        yield from _own(raw, hint, marks, path)


def _out_of_bounds(raw: object, marks: list[Any]) -> str | None:
    """Say that there are too many entries before any of them is looked at."""
    if isinstance(raw, list | dict):
        for mark in marks:
            most = getattr(mark, "max_length", None)
            if most is not None and len(raw) > most:
                return f"at most {most} entries"
    return None


def _parts(raw: object, kind: Any, path: str) -> Iterator[Fault]:
    if get_origin(kind) is list:
        if isinstance(raw, list):
            for place, item in enumerate(raw):
                yield from faults_of(item, get_args(kind)[0], f"{path}[{place}]")
    elif get_origin(kind) is dict:
        if isinstance(raw, dict):
            of_key, of_value = get_args(kind)
            for key, value in raw.items():
                yield from faults_of(key, of_key, _below(path, key))
                yield from faults_of(value, of_value, _below(path, key))
    elif isinstance(raw, dict):
        yield from _fields(raw, kind, path)


def _fields(raw: dict[str, object], kind: type[msgspec.Struct], path: str) -> Iterator[Fault]:
    hints = _hints(kind)
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
    for name in raw:
        if name not in fields:
            yield Fault(_below(path, name), UNKNOWN, "no such field")
    for name, field in fields.items():
        if name in raw:
            yield from faults_of(raw[name], hints[field.name], _below(path, name))
        elif field.required:
            yield Fault(_below(path, name), MISSING, "the field is missing")


@cache
def _hints(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def _own(raw: object, hint: Any, marks: list[Any], path: str) -> Iterator[Fault]:
    try:
        value = msgspec.convert(raw, hint)
    except msgspec.ValidationError as error:
        yield Fault(path, SHAPE, str(error))
        return
    for mark in marks:
        parse = (getattr(mark, "extra", None) or {}).get("parse")
        if parse is None:
            continue
        try:
            parse(value)
        except DomainError as error:
            yield Fault(path, error.code, error.text)
            return


def _unwrapped(hint: Any) -> tuple[Any, list[Any]]:
    """Return the type beneath annotations and ``| None``, and the annotations."""
    marks: list[Any] = []
    while True:
        if get_origin(hint) is Annotated:
            marks += hint.__metadata__
            hint = hint.__origin__
        elif _takes_none(hint):
            (hint,) = (each for each in get_args(hint) if each is not NoneType)
        else:
            return hint, marks


def _takes_none(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        return _takes_none(hint.__origin__)
    union = get_origin(hint) in (Union, UnionType)
    return union and len(get_args(hint)) == 2 and NoneType in get_args(hint)


def _has_parts(kind: Any) -> bool:
    whole = get_origin(kind) in (list, dict)
    return whole or (isinstance(kind, type) and issubclass(kind, msgspec.Struct))


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
