"""The neutral messages as JSON documents, one for each kind."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, TypeAlias, TypeVar

import msgspec

from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import ContractNumber, Cups, Invalid, RequestCode

__all__ = [
    "CONTENT_TYPE",
    "SCHEMA",
    "Told",
    "key_of",
    "read_answer",
    "read_told",
    "write_answer",
    "write_told",
]

CONTENT_TYPE: Final = "application/json"
SCHEMA: Final = "central-1"
Told: TypeAlias = switching.Claim | switching.SupplyRelease | switching.SupplyEvent
Request = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{12}$")]
Text = Annotated[str, msgspec.Meta(max_length=500)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
T = TypeVar("T")


class _Edge(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"
):
    request: Request


class _Claim(_Edge, frozen=True, kw_only=True, tag="claim"):
    cups: Text
    contract: Text
    customer_name: Name
    customer_tax_id: Name
    customer_kind: CustomerKind
    phone: Text
    email: Text
    requested_on: date
    wanted_on: date | None


class _Release(_Edge, frozen=True, kw_only=True, tag="release"):
    cups: Text
    requested_on: date
    on: date
    reason: Text


class _Event(_Edge, frozen=True, kw_only=True, tag="event"):
    cups: Text
    event: switching.EventKind
    on: date
    text: Text


class _Accepted(_Edge, frozen=True, kw_only=True, tag="accepted"):
    expected_on: date


class _Reason(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: Name
    text: Text


class _Rejected(_Edge, frozen=True, kw_only=True, tag="rejected"):
    reasons: Annotated[tuple[_Reason, ...], msgspec.Meta(min_length=1)]


class _Activated(_Edge, frozen=True, kw_only=True, tag="activated"):
    cups: Text
    on: date


_TOLD: Final = msgspec.json.Decoder[_Claim | _Release | _Event](_Claim | _Release | _Event)
_ANSWER: Final = msgspec.json.Decoder[_Accepted | _Rejected | _Activated](
    _Accepted | _Rejected | _Activated
)


def key_of(message: Told | switching.Answer) -> str:
    """Return the natural key: request code and kind, ``202603000001.accepted``."""
    edge = _edge_answer(message) if isinstance(message, switching.Answer) else _edge_told(message)
    return f"{message.request}.{edge.__struct_config__.tag}"


def write_told(message: Told) -> bytes:
    """Return what we tell as JSON; the same message gives the same bytes."""
    return msgspec.json.encode(_edge_told(message))


def write_answer(answer: switching.Answer) -> bytes:
    """Return an answer as JSON: the registry's side of the talk."""
    return msgspec.json.encode(_edge_answer(answer))


def read_told(raw: bytes) -> Told:
    """Read what a supplier tells; raises Invalid, ``registry_central.message`` for its shape."""
    edge = _decode(_TOLD, raw)
    if isinstance(edge, _Release):
        return switching.SupplyRelease(
            RequestCode(edge.request), Cups(edge.cups), edge.requested_on, edge.on, edge.reason
        )
    if isinstance(edge, _Event):
        return switching.SupplyEvent(
            RequestCode(edge.request), Cups(edge.cups), edge.event, edge.on, edge.text
        )
    return switching.Claim(
        request=RequestCode(edge.request),
        cups=Cups(edge.cups),
        contract=ContractNumber(edge.contract),
        customer_name=edge.customer_name,
        customer_tax_id=edge.customer_tax_id,
        customer_kind=edge.customer_kind,
        phone=edge.phone,
        email=edge.email,
        requested_on=edge.requested_on,
        wanted_on=edge.wanted_on,
    )


def read_answer(raw: bytes) -> switching.Answer:
    """Read an answer; raises Invalid, ``registry_central.message`` for its shape."""
    edge = _decode(_ANSWER, raw)
    if isinstance(edge, _Accepted):
        return switching.ClaimAccepted(RequestCode(edge.request), edge.expected_on)
    if isinstance(edge, _Rejected):
        reasons = tuple((reason.code, reason.text) for reason in edge.reasons)
        return switching.ClaimRejected(RequestCode(edge.request), reasons)
    return switching.SupplyActivated(RequestCode(edge.request), Cups(edge.cups), edge.on)


def _decode(decoder: msgspec.json.Decoder[T], raw: bytes) -> T:
    try:
        return decoder.decode(raw)
    except msgspec.MsgspecError as error:
        raise Invalid("registry_central.message", f"not a message: {error}") from error
    except UnicodeDecodeError as error:
        raise Invalid("registry_central.message", "not in UTF-8") from error


def _edge_told(message: Told) -> _Edge:
    if isinstance(message, switching.SupplyRelease):
        return _Release(
            request=message.request,
            cups=message.cups.value,
            requested_on=message.requested_on,
            on=message.on,
            reason=message.reason,
        )
    if isinstance(message, switching.SupplyEvent):
        return _Event(
            request=message.request,
            cups=message.cups.value,
            event=message.kind,
            on=message.on,
            text=message.text,
        )
    return _Claim(
        request=message.request,
        cups=message.cups.value,
        contract=message.contract,
        customer_name=message.customer_name,
        customer_tax_id=message.customer_tax_id,
        customer_kind=message.customer_kind,
        phone=message.phone,
        email=message.email,
        requested_on=message.requested_on,
        wanted_on=message.wanted_on,
    )


def _edge_answer(answer: switching.Answer) -> _Edge:
    if isinstance(answer, switching.ClaimAccepted):
        return _Accepted(request=answer.request, expected_on=answer.expected_on)
    if isinstance(answer, switching.ClaimRejected):
        reasons = tuple(_Reason(code=code, text=text) for code, text in answer.reasons)
        return _Rejected(request=answer.request, reasons=reasons)
    return _Activated(request=answer.request, cups=answer.cups.value, on=answer.on)
