"""Telegrams: text in UTF-8, one field a line, its name in the first fourteen columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, TypeAlias

from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import ContractNumber, Cups, DomainError, Invalid, RequestCode

__all__ = [
    "SCHEMA",
    "Told",
    "read_answer",
    "read_told",
    "write_answer",
    "write_claim",
    "write_event",
    "write_release",
]

SCHEMA: Final = "telegram-1"
NAME_WIDTH: Final = 14
Told: TypeAlias = switching.Claim | switching.SupplyRelease | switching.SupplyEvent
Fields = Sequence[tuple[str, str]]


def write_claim(claim: switching.Claim) -> bytes:
    """Return the telegram of a claim; the same claim gives the same bytes."""
    fields = [
        ("TELEGRAM", "claim"),
        ("REQUEST", claim.request),
        ("CUPS", claim.cups.value),
        ("CONTRACT", claim.contract),
        ("NAME", claim.customer_name),
        ("TAX-ID", claim.customer_tax_id),
        ("KIND", claim.customer_kind.value),
        ("PHONE", claim.phone),
        ("EMAIL", claim.email),
        ("REQUESTED", claim.requested_on.isoformat()),
    ]
    if claim.wanted_on is not None:
        fields.append(("WANTED", claim.wanted_on.isoformat()))
    return _written(fields)


def write_release(release: switching.SupplyRelease) -> bytes:
    """Return the telegram that ends a supply."""
    return _written(
        [
            ("TELEGRAM", "release"),
            ("REQUEST", release.request),
            ("CUPS", release.cups.value),
            ("REQUESTED", release.requested_on.isoformat()),
            ("FIRST-WITHOUT", release.on.isoformat()),
            ("REASON", release.reason),
        ]
    )


def write_event(event: switching.SupplyEvent) -> bytes:
    """Return the telegram of an event at a supply point."""
    return _written(
        [
            ("TELEGRAM", "event"),
            ("REQUEST", event.request),
            ("CUPS", event.cups.value),
            ("EVENT", event.kind.value),
            ("ON", event.on.isoformat()),
            ("TEXT", event.text),
        ]
    )


def write_answer(answer: switching.Answer) -> bytes:
    """Return the telegram of an answer: the registry's side of the talk."""
    if isinstance(answer, switching.ClaimAccepted):
        said = [("TELEGRAM", "accepted"), ("REQUEST", answer.request)]
        said += [("EXPECTED", answer.expected_on.isoformat())]
    elif isinstance(answer, switching.ClaimRejected):
        said = [("TELEGRAM", "rejected"), ("REQUEST", answer.request)]
        said += [("REASON", f"{code} {text}") for code, text in answer.reasons]
    else:
        said = [("TELEGRAM", "activated"), ("REQUEST", answer.request)]
        said += [("CUPS", answer.cups.value), ("FIRST-DAY", answer.on.isoformat())]
    return _written(said)


def read_answer(raw: bytes) -> switching.Answer:
    """Read an answer; raises Invalid, ``telegram.unreadable`` for what is none."""
    fields = _read(raw)
    kind, request = _one(fields, "TELEGRAM"), RequestCode(_one(fields, "REQUEST"))
    if kind == "accepted":
        return switching.ClaimAccepted(request, _day(fields, "EXPECTED"))
    if kind == "rejected":
        reasons = [text.partition(" ") for name, text in fields if name == "REASON"]
        return switching.ClaimRejected(request, tuple((code, text) for code, _, text in reasons))
    if kind == "activated":
        return switching.SupplyActivated(
            request, Cups(_one(fields, "CUPS")), _day(fields, "FIRST-DAY")
        )
    raise _unreadable(f"no such answer: {kind}")


def read_told(raw: bytes) -> Told:
    """Read what a supplier tells: the registry's side of the talk; raises Invalid."""
    fields = _read(raw)
    kind = _one(fields, "TELEGRAM")
    if kind == "release":
        return _release(fields)
    if kind == "event":
        return _event(fields)
    if kind == "claim":
        return _claim(fields)
    raise _unreadable(f"nothing a supplier tells: {kind}")


def _release(fields: Fields) -> switching.SupplyRelease:
    return switching.SupplyRelease(
        request=RequestCode(_one(fields, "REQUEST")),
        cups=Cups(_one(fields, "CUPS")),
        requested_on=_day(fields, "REQUESTED"),
        on=_day(fields, "FIRST-WITHOUT"),
        reason=_one(fields, "REASON"),
    )


def _event(fields: Fields) -> switching.SupplyEvent:
    return switching.SupplyEvent(
        request=RequestCode(_one(fields, "REQUEST")),
        cups=Cups(_one(fields, "CUPS")),
        kind=switching.EventKind(_one(fields, "EVENT")),
        on=_day(fields, "ON"),
        text=_one(fields, "TEXT"),
    )


def _claim(fields: Fields) -> switching.Claim:
    wanted = any(name == "WANTED" for name, _ in fields)
    return switching.Claim(
        request=RequestCode(_one(fields, "REQUEST")),
        cups=Cups(_one(fields, "CUPS")),
        contract=ContractNumber(_one(fields, "CONTRACT")),
        customer_name=_one(fields, "NAME"),
        customer_tax_id=_one(fields, "TAX-ID"),
        customer_kind=CustomerKind(_one(fields, "KIND")),
        phone=_one(fields, "PHONE"),
        email=_one(fields, "EMAIL"),
        requested_on=_day(fields, "REQUESTED"),
        wanted_on=_day(fields, "WANTED") if wanted else None,
    )


def _written(fields: Fields) -> bytes:
    for name, value in fields:
        if "\n" in value or "\r" in value:
            raise Invalid("telegram.text", "a field is one line", field=name)
    return "".join(f"{name:<{NAME_WIDTH}}{value}\n" for name, value in fields).encode()


def _read(raw: bytes) -> Fields:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _unreadable("not in UTF-8") from error
    if not text.endswith("\n"):
        raise _unreadable("the last line has no end: the telegram is not whole")
    # Not splitlines: it also ends a line at characters that a name may hold.
    return [(line[:NAME_WIDTH].rstrip(), line[NAME_WIDTH:]) for line in text.split("\n")[:-1]]


def _one(fields: Fields, name: str) -> str:
    found = [value for field, value in fields if field == name]
    if len(found) != 1:
        raise _unreadable(f"{len(found)} lines {name} where one belongs")
    return found[0]


def _day(fields: Fields, name: str) -> date:
    try:
        return date.fromisoformat(_one(fields, name))
    except ValueError as error:
        raise _unreadable(f"no day in {name}") from error


def _unreadable(text: str) -> DomainError:
    return Invalid("telegram.unreadable", text)
