"""What we and a market registry tell each other, in no market's format."""

from __future__ import annotations

import enum
import re
from datetime import date
from typing import TypeAlias

import attrs

from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import ContractNumber, Cups, Invalid, RequestCode

__all__ = [
    "Answer",
    "Claim",
    "ClaimAccepted",
    "ClaimRejected",
    "EventKind",
    "SupplyActivated",
    "SupplyEvent",
    "SupplyRelease",
]


def _request_code(_: object, __: object, value: RequestCode) -> None:
    if not re.fullmatch(r"[0-9]{12}", value):
        raise Invalid("switching.request.shape", "a request code is twelve digits", request=value)


@attrs.frozen
class Claim:
    """Our wish to supply a point: `request` is its natural key at the registry.

    `wanted_on` is the first day we want to supply; None asks for the earliest. `phone` and
    `email` may be empty. `requested_on` is the business day of the request.

    Raises Invalid ``switching.claim.customer`` (name and tax id are missing);
    ``switching.claim.retroactive`` (the wanted day is over).
    """

    request: RequestCode = attrs.field(validator=_request_code)
    cups: Cups
    contract: ContractNumber
    customer_name: str
    customer_tax_id: str
    customer_kind: CustomerKind
    phone: str
    email: str
    requested_on: date
    wanted_on: date | None = None

    def __attrs_post_init__(self) -> None:
        if not self.customer_name.strip() or not self.customer_tax_id.strip():
            raise Invalid(
                "switching.claim.customer", "name and tax id are missing", request=self.request
            )
        if self.wanted_on is not None and self.wanted_on < self.requested_on:
            raise Invalid(
                "switching.claim.retroactive", "the wanted day is over", request=self.request
            )


@attrs.frozen
class SupplyRelease:
    """Our wish to stop supplying a point: `on` is the first day without us."""

    request: RequestCode = attrs.field(validator=_request_code)
    cups: Cups
    requested_on: date
    on: date
    reason: str


class EventKind(enum.Enum):
    """What a supplier tells the registry about a point it supplies."""

    CUSTOMER_CHANGED = "customer_changed"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"


@attrs.frozen
class SupplyEvent:
    """Something that happened at a point we supply, told for the registry's records."""

    request: RequestCode = attrs.field(validator=_request_code)
    cups: Cups
    kind: EventKind
    on: date
    text: str = ""


@attrs.frozen
class ClaimAccepted:
    """The registry takes the claim and expects the supply to be ours from `expected_on`."""

    request: RequestCode = attrs.field(validator=_request_code)
    expected_on: date


@attrs.frozen
class ClaimRejected:
    """The registry refuses the claim for every (code, text) of `reasons`; at least one."""

    request: RequestCode = attrs.field(validator=_request_code)
    reasons: tuple[tuple[str, str], ...]

    def __attrs_post_init__(self) -> None:
        if not self.reasons:
            raise Invalid("switching.rejection.reason", "no reason given", request=self.request)


@attrs.frozen
class SupplyActivated:
    """The registry has us as the supplier of the point; `on` is our first day."""

    request: RequestCode = attrs.field(validator=_request_code)
    cups: Cups
    on: date


Answer: TypeAlias = ClaimAccepted | ClaimRejected | SupplyActivated
