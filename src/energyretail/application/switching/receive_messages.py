"""Receives what the registry tells, and moves the switches on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

import attrs

from energyretail.application.shared import (
    Clock,
    Events,
    Inbox,
    Kept,
    Received,
    Settled,
    Work,
    WorkList,
)
from energyretail.application.switching.ports import Registry, RegistryArrival, Switches
from energyretail.domain import switching
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError, Event, Fault, Invalid, NotFound

__all__ = ["ReceiveRegistryMessages", "RegistryReceipt"]

SOURCE: Final = "registry"
PARKED_KIND: Final = "registry_message"
BATCHES_MAX: Final = 100_000


@attrs.frozen
class RegistryReceipt:
    """What came in one go: how many messages were taken, parked, or held already."""

    taken: int = 0
    parked: int = 0
    repeated: int = 0

    def plus(self, other: RegistryReceipt) -> RegistryReceipt:
        """Return both together."""
        return RegistryReceipt(
            self.taken + other.taken,
            self.parked + other.parked,
            self.repeated + other.repeated,
        )


@attrs.define
class _Batch:
    """What one batch decides; gathered message by message, written at once."""

    switches: dict[str, switching.Switch]
    changed: dict[str, switching.Switch] = attrs.field(factory=dict)
    settled: list[Settled] = attrs.field(factory=list)
    events: list[Event] = attrs.field(factory=list)
    work_items: list[WorkItem] = attrs.field(factory=list)


class ReceiveRegistryMessages:
    """Take every message the registry has for us.

    The raw bytes are kept first, in the transaction that applies them. Messages are applied in
    natural-key order. One that cannot be read, or that the process's table has no row for, is
    parked on the work list with its reason; the rest goes on. So is one whose effect another
    part of the house refuses: the batch is then taken again message by message. A rejection
    goes there too, with what a person can do. The registry hears that we hold a message only
    after the commit, so a message may come again and then changes nothing.
    """

    def __init__(
        self,
        registry: Registry,
        switches: Switches,
        inbox: Inbox,
        work_list: WorkList,
        events: Events,
        clock: Clock,
        work: Work,
        rules: switching.SwitchingRules,
    ):
        self._registry = registry
        self._switches = switches
        self._inbox = inbox
        self._work_list = work_list
        self._events = events
        self._clock = clock
        self._work = work
        self._rules = rules

    def __call__(self) -> RegistryReceipt:
        """Take messages batch by batch until there are none; return the counts.

        Raises Fault when the registry fails, or shows again what was acknowledged.
        """
        total = RegistryReceipt()
        acknowledged: set[str] = set()
        for _ in range(BATCHES_MAX):
            arrivals = self._registry.receive()
            if not arrivals:
                return total
            receipts = [arrival.receipt for arrival in arrivals]
            if acknowledged.issuperset(receipts):
                break
            total = total.plus(self._take(arrivals))
            self._registry.acknowledge(receipts)
            acknowledged.update(receipts)
        raise Fault("registry.inbox.endless", "the registry shows acknowledged messages again")

    def _take(self, arrivals: Sequence[RegistryArrival]) -> RegistryReceipt:
        try:
            return self._take_together(arrivals)
        except Fault:
            raise
        except DomainError as error:
            if len(arrivals) == 1:
                return self._park(arrivals[0], error)
        total = RegistryReceipt()
        # A stable sort: of two under one key the first to come stays the first.
        for arrival in sorted(arrivals, key=lambda each: each.key):
            total = total.plus(self._take([arrival]))
        return total

    def _park(self, arrival: RegistryArrival, error: DomainError) -> RegistryReceipt:
        """Keep what was refused as a whole, for a person to see."""
        with self._work() as transaction:
            today = self._clock.today()
            fresh = self._keep([arrival], today)
            self._inbox.settle_all(
                [Settled(SOURCE, each.key, error.code, str(error)) for each in fresh]
            )
            self._work_list.add([_parked(each, error, today) for each in fresh])
            transaction.commit()
        return RegistryReceipt(parked=len(fresh), repeated=1 - len(fresh))

    def _take_together(self, arrivals: Sequence[RegistryArrival]) -> RegistryReceipt:
        with self._work() as transaction:
            today = self._clock.today()
            fresh = self._keep(arrivals, today)
            batch = _Batch(self._known(fresh))
            for arrival in fresh:
                self._apply(batch, arrival, today)
            self._inbox.settle_all(batch.settled)
            self._switches.save(tuple(batch.changed.values()))
            self._work_list.add(batch.work_items)
            self._events.record(batch.events)
            transaction.commit()
        parked = sum(item.kind == PARKED_KIND for item in batch.work_items)
        return RegistryReceipt(len(fresh) - parked, parked, len(arrivals) - len(fresh))

    def _keep(self, arrivals: Sequence[RegistryArrival], today: date) -> list[RegistryArrival]:
        """Keep the raw bytes; return those not held already, which were applied then."""
        # The key of what cannot be read stays free for the message it should have been.
        named = [each if each.answer is not None else _beside(each) for each in arrivals]
        told = self._keep_all(named, today)
        others = [_reused(each) for each, kept in told if kept is Kept.OTHER]
        told += self._keep_all(others, today)
        return sorted((each for each, kept in told if kept is Kept.NEW), key=_natural_order)

    def _keep_all(
        self, arrivals: Sequence[RegistryArrival], today: date
    ) -> list[tuple[RegistryArrival, Kept]]:
        received = [Received(SOURCE, each.key, each.raw, each.schema) for each in arrivals]
        told = self._inbox.keep_all(received, on=today)
        return list(zip(arrivals, told, strict=True))

    def _known(self, arrivals: Sequence[RegistryArrival]) -> dict[str, switching.Switch]:
        requests = sorted({each.answer.request for each in arrivals if each.answer is not None})
        return {switch.request: switch for switch in self._switches.for_change(requests)}

    def _apply(self, batch: _Batch, arrival: RegistryArrival, today: date) -> None:
        try:
            switch, events = _decide(batch.switches, arrival)
        except DomainError as error:
            batch.settled.append(Settled(SOURCE, arrival.key, error.code, str(error)))
            batch.work_items.append(_parked(arrival, error, today))
            return
        if switch != batch.switches[switch.request]:
            batch.changed[switch.request] = switch
            batch.switches[switch.request] = switch
        batch.settled.append(Settled(SOURCE, arrival.key))
        batch.events.extend(events)
        batch.work_items.extend(_rejections(events, switch, self._rules, today))


def _natural_order(arrival: RegistryArrival) -> tuple[str, str]:
    return arrival.key, arrival.receipt


def _beside(arrival: RegistryArrival) -> RegistryArrival:
    """Return what will be parked, under a key of these very bytes."""
    digest = hashlib.sha256(arrival.raw).hexdigest()[:12]
    return attrs.evolve(arrival, key=f"{arrival.key}#{digest}")


def _reused(arrival: RegistryArrival) -> RegistryArrival:
    """Return a message that came under the key of another as one to be parked."""
    return _beside(
        attrs.evolve(
            arrival,
            answer=None,
            code="inbox.key_reused",
            text="other bytes came under this key before",
        )
    )


def _decide(
    switches: Mapping[str, switching.Switch], arrival: RegistryArrival
) -> tuple[switching.Switch, tuple[Event, ...]]:
    if arrival.answer is None:
        raise Invalid(arrival.code, arrival.text)
    switch = switches.get(arrival.answer.request)
    if switch is None:
        raise NotFound("switching.request.unknown", "we never made that request", key=arrival.key)
    return switching.take_answer(switch, arrival.answer)


def _parked(arrival: RegistryArrival, error: DomainError, today: date) -> WorkItem:
    return WorkItem(
        kind=PARKED_KIND,
        key=arrival.key,
        code=error.code,
        text=str(error),
        way_out="read the message in the inbox; ask the registry, or correct the switch by hand",
        raised_on=today,
    )


def _rejections(
    events: Sequence[Event],
    switch: switching.Switch,
    rules: switching.SwitchingRules,
    today: date,
) -> list[WorkItem]:
    if not any(isinstance(event, switching.SwitchRejected) for event in events):
        return []
    reasons = [rules.reason(code) for code, _ in switch.rejections]
    return [
        WorkItem(
            kind="switch",
            key=switch.request,
            code=f"switching.rejected.{reasons[0].code}",
            text=f"{switch.cups} of contract {switch.contract} was rejected: "
            + "; ".join(f"{each.code} {each.text}" for each in reasons),
            way_out="; ".join(each.way_out for each in reasons),
            raised_on=today,
        )
    ]
