"""What switching needs from outside: the registry, its own table, and the customers' facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import attrs

from energyretail.domain import switching

__all__ = ["ClaimFacts", "Registry", "RegistryArrival", "Switches"]


@attrs.frozen
class RegistryArrival:
    """A message of the registry as it came, and what it says if it could be read.

    `receipt` is what to acknowledge it by. `key` is its natural key where it could be told,
    the receipt otherwise. `answer` is None when it could not be read or is of no process of
    ours: `code` and `text` then say why.
    """

    key: str
    receipt: str
    raw: bytes
    schema: str
    answer: switching.Answer | None = None
    code: str = ""
    text: str = ""


class Registry(Protocol):
    """The market registry, or the grid operator that keeps it.

    Whatever is told twice under one request code is taken once: sending again is harmless.
    Every method raises Fault when the registry fails (``outcome_unknown`` when it may have
    acted), and another DomainError when it will not take what it was told.
    """

    def claim(self, claim: switching.Claim) -> None:
        """Tell that we want to supply a point; the answer comes another day.

        Raises Conflict ``registry.key_reused`` when other words stand under the request code.
        """
        ...

    def release(self, release: switching.SupplyRelease) -> None:
        """Tell that we stop supplying a point; raises Conflict as `claim` does."""
        ...

    def notify(self, event: switching.SupplyEvent) -> None:
        """Tell of something that happened at a point we supply; raises Conflict as `claim`."""
        ...

    def receive(self) -> tuple[RegistryArrival, ...]:
        """Return the next messages not acknowledged, some hundreds at most; empty at the end."""
        ...

    def acknowledge(self, receipts: Sequence[str]) -> None:
        """Tell that these are held durably, and need not be shown again; twice is harmless."""
        ...


class Switches(Protocol):
    """The table of switches, part of the open transaction."""

    def by_request(self, requests: Sequence[str]) -> tuple[switching.Switch, ...]:
        """Return those of `requests` that exist, ordered by request."""
        ...

    def for_change(self, requests: Sequence[str]) -> tuple[switching.Switch, ...]:
        """Return them as `by_request` does, nobody else changing them until the end."""
        ...

    def by_supply(self, supplies: Sequence[tuple[str, str]]) -> tuple[switching.Switch, ...]:
        """Return the switches not rejected of (contract, cups) pairs, ordered by request."""
        ...

    def by_points(self, points: Sequence[str]) -> tuple[switching.Switch, ...]:
        """Return the switches not rejected of supply points, ordered by request.

        Whatever the contract. The first twenty characters of a CUPS tell the point; the last
        two name a measuring point and are not compared.
        """
        ...

    def open_requested_before(self, day: date) -> tuple[switching.Switch, ...]:
        """Return those the registry still owes an answer, requested before `day`, by request."""
        ...

    def save(self, switches: Sequence[switching.Switch]) -> None:
        """Write switches, new or known; of a known one only what answers change.

        That is `state`, `expected_on`, `activated_on` and `rejections`. What was requested
        stays, whatever is given here: contract, point, claimant, and the days it was
        requested on and for. One switch of a supply may be rejected and another made in one
        save. Raises Conflict ``switching.switch.exists`` when a supply would have two that are not
        rejected.
        """
        ...


class ClaimFacts(Protocol):
    """Reads what a claim says about a customer."""

    def claimants(self, customers: Sequence[str]) -> Mapping[str, switching.Claimant]:
        """Return the known ones of `customers` by their number."""
        ...
