"""One supply point under one contract, from wish to end."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import date

import attrs

from energyretail.domain.shared import Cups, Invalid, Period, Power, Transition, TransitionTable

__all__ = ["SUPPLY_TABLE", "Site", "Supply", "SupplyState", "SupplyTrigger"]


class SupplyState(enum.Enum):
    """Where a supply stands."""

    AGREED = "agreed"
    REQUESTED = "requested"
    REFUSED = "refused"
    ACTIVE = "active"
    ENDED = "ended"


class SupplyTrigger(enum.Enum):
    """What moves a supply."""

    REQUEST = "request"
    REFUSE = "refuse"
    ACTIVATE = "activate"
    END = "end"


SUPPLY_TABLE = TransitionTable(
    "supply",
    SupplyState.AGREED,
    (
        Transition(
            SupplyState.AGREED,
            SupplyTrigger.REQUEST,
            SupplyState.REQUESTED,
            "the contract may start: the supply point is claimed at the registry",
        ),
        Transition(
            SupplyState.REQUESTED,
            SupplyTrigger.REFUSE,
            SupplyState.REFUSED,
            "the registry rejects the claim: a person decides what follows",
        ),
        Transition(
            SupplyState.REQUESTED,
            SupplyTrigger.ACTIVATE,
            SupplyState.ACTIVE,
            "the registry has registered us from a day on",
        ),
        Transition(
            SupplyState.ACTIVE,
            SupplyTrigger.END,
            SupplyState.ENDED,
            "another supplier, or nobody, from a day on",
        ),
    ),
)


def _by_period(powers: Iterable[tuple[str, Power]]) -> tuple[tuple[str, Power], ...]:
    return tuple(sorted(powers, key=lambda power: power[0]))


@attrs.frozen
class Site:
    """A supply point as a customer wants it supplied: tariff and subscribed power by period.

    Powers are ordered by period, however they are given.

    Raises Invalid ``supply.power_missing`` (subscribed power is missing).
    """

    cups: Cups
    tariff: str
    powers: tuple[tuple[str, Power], ...] = attrs.field(converter=_by_period)

    def __attrs_post_init__(self) -> None:
        if not self.powers:
            raise Invalid("supply.power_missing", "subscribed power is missing", cups=self.cups)


@attrs.frozen
class Supply:
    """A site under a contract; `started_on` is our first day, `ended_on` the first after us.

    Raises Invalid ``supply.start`` (a start goes with an active supply); ``supply.end`` (an end
    goes with an ended supply).
    """

    site: Site
    state: SupplyState = SupplyState.AGREED
    started_on: date | None = None
    ended_on: date | None = None

    def __attrs_post_init__(self) -> None:
        started = self.state in (SupplyState.ACTIVE, SupplyState.ENDED)
        if started != (self.started_on is not None):
            raise Invalid("supply.start", "a start goes with an active supply", site=self.site.cups)
        if (self.state is SupplyState.ENDED) != (self.ended_on is not None):
            raise Invalid("supply.end", "an end goes with an ended supply", site=self.site.cups)

    @property
    def period(self) -> Period | None:
        """The days we supply, or None before the start."""
        return Period(self.started_on, self.ended_on) if self.started_on else None

    def request(self) -> Supply:
        """Return the supply claimed at the registry."""
        return attrs.evolve(self, state=SUPPLY_TABLE.after(self.state, SupplyTrigger.REQUEST))

    def refuse(self) -> Supply:
        """Return the supply the registry rejected."""
        return attrs.evolve(self, state=SUPPLY_TABLE.after(self.state, SupplyTrigger.REFUSE))

    def activate(self, on: date) -> Supply:
        """Return the supply that begins with the day `on`."""
        state = SUPPLY_TABLE.after(self.state, SupplyTrigger.ACTIVATE)
        return attrs.evolve(self, state=state, started_on=on)

    def end(self, on: date) -> Supply:
        """Return the supply whose first day without us is `on`."""
        state = SUPPLY_TABLE.after(self.state, SupplyTrigger.END)
        return attrs.evolve(self, state=state, ended_on=on)
