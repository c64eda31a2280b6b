"""Brings what waits in the outbox to the partners, one channel at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from typing import Any, Final, Protocol

import attrs

from energyretail.application.shared import (
    Channel,
    Claimed,
    Clock,
    Delivery,
    DeliveryState,
    Message,
    Outbox,
    Sender,
    Work,
    WorkList,
)
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import DomainError, Fault

__all__ = ["ATTEMPTS_MAX", "BATCH_MAX", "RelayCounts", "RelayLocks", "RelayOutbox"]

ATTEMPTS_MAX: Final = 5
BATCH_MAX: Final = 100
_FIRST_PAUSE_SECONDS: Final = 0.1

_TRY_AGAIN: Final = frozenset({DeliveryState.RETRY, DeliveryState.UNKNOWN})


class RelayLocks(Protocol):
    """Locks between processes."""

    def hold(self, name: str) -> AbstractContextManager[bool]:
        """Hold `name` for the block; gives False when another process holds it."""
        ...


@attrs.frozen
class RelayCounts:
    """What one run did; `tried_again` counts attempts that did not get through."""

    sent: int = 0
    tried_again: int = 0
    parked: int = 0


class RelayOutbox:
    """Send a channel's messages until none waits.

    - One relay a channel at a time; a message is delivered at least once, and one that a
      dead relay was sending comes back as maybe sent.
    - A partner's fault, or anything unexpected, is tried again with growing pauses, five
      attempts in all; then the message is parked on the work list. A refusal parks it at once.
    - One message that cannot be sent never holds up the others.
    """

    def __init__(
        self,
        *,
        work: Work,
        outbox: Outbox,
        senders: Mapping[tuple[Channel, str], Sender[Any]],
        work_list: WorkList,
        clock: Clock,
        locks: RelayLocks,
        pause: Callable[[float], None],
    ):
        """Take the ports; `pause` waits for a number of seconds."""
        self._work = work
        self._outbox = outbox
        self._senders = senders
        self._work_list = work_list
        self._clock = clock
        self._locks = locks
        self._pause = pause

    def run(self, channel: Channel) -> RelayCounts:
        """Relay `channel`; raises Fault ``relay.busy`` when another process is at it."""
        deliveries: list[Delivery] = []
        with self._locks.hold(f"relay:{channel.value}") as held:
            if not held:
                raise Fault("relay.busy", "another relay has the channel", channel=channel.value)
            while claimed := self._claim(channel):
                settled = self._deliver(claimed)
                self._settle(settled)
                deliveries.extend(settled)
                self._pause_after(claimed, settled)
        return _counts(deliveries)

    def _claim(self, channel: Channel) -> tuple[Claimed, ...]:
        with self._work() as transaction:
            claimed = self._outbox.claim(channel, limit=BATCH_MAX)
            transaction.commit()
        return claimed

    def _deliver(self, claimed: Sequence[Claimed]) -> tuple[Delivery, ...]:
        by_kind: dict[tuple[Channel, str], list[str]] = {}
        for each in claimed:
            by_kind.setdefault((each.message.channel, each.message.kind), []).append(
                each.message.key
            )
        loaded: dict[Message, Any] = {}
        for (channel, kind), keys in by_kind.items():
            sender = self._senders.get((channel, kind))
            found = {} if sender is None else self._load(sender, keys)
            loaded.update({Message(channel, kind, key): each for key, each in found.items()})
        return tuple(self._attempt(each, loaded) for each in claimed)

    def _load(self, sender: Sender[Any], keys: Sequence[str]) -> Mapping[str, Any]:
        """Read what the keys name; one that cannot be read stands as its error.

        An unexpected error stands as a fault: nothing went out, and it is tried again.
        """
        try:
            with self._work():
                return sender.load(keys)
        except DomainError as error:
            if len(keys) == 1:
                return {keys[0]: error}
        except Exception as error:
            if len(keys) == 1:
                return {keys[0]: Fault("relay.unexpected", f"{type(error).__name__}: {error}")}
        alone = (self._load(sender, [key]) for key in keys)
        return {key: each for found in alone for key, each in found.items()}

    def _attempt(self, claimed: Claimed, loaded: Mapping[Message, Any]) -> Delivery:
        message = claimed.message
        sender = self._senders.get((message.channel, message.kind))
        if sender is None:
            return _parked(message, "relay.unknown_kind", "nobody knows how to send this")
        if message not in loaded:
            return _parked(message, "relay.nothing_to_send", "the key names nothing")
        try:
            if isinstance(loaded[message], DomainError):
                raise loaded[message]
            sender.deliver(loaded[message], maybe_sent=claimed.maybe_sent)
        except Fault as fault:
            return _after_fault(claimed, fault)
        except DomainError as error:
            return _parked(message, error.code, str(error))
        except Exception as error:
            # A database gone under the sender comes back; a defect of ours must not stop a whole
            # channel. Neither says whether the partner acted.
            unexpected = f"{type(error).__name__}: {error}"
            return _after_fault(
                claimed, Fault("relay.unexpected", unexpected, outcome_unknown=True)
            )
        return Delivery(message, DeliveryState.SENT)

    def _settle(self, deliveries: Sequence[Delivery]) -> None:
        today = self._clock.today()
        with self._work() as transaction:
            self._outbox.settle(deliveries)
            self._work_list.add(_work_items(deliveries, today))
            transaction.commit()

    def _pause_after(self, claimed: Sequence[Claimed], deliveries: Sequence[Delivery]) -> None:
        again = {each.message for each in deliveries if each.state in _TRY_AGAIN}
        attempts = max((each.attempts for each in claimed if each.message in again), default=0)
        if attempts:
            self._pause(_FIRST_PAUSE_SECONDS * 2 ** (attempts - 1))


def _after_fault(claimed: Claimed, fault: Fault) -> Delivery:
    if claimed.attempts >= ATTEMPTS_MAX:
        return _parked(claimed.message, fault.code, str(fault))
    # A message that may have arrived once stays so, whatever a later attempt says.
    unknown = fault.outcome_unknown or claimed.maybe_sent
    state = DeliveryState.UNKNOWN if unknown else DeliveryState.RETRY
    return Delivery(claimed.message, state, fault.code, str(fault))


def _parked(message: Message, code: str, text: str) -> Delivery:
    return Delivery(message, DeliveryState.PARKED, code, text)


def _work_items(deliveries: Iterable[Delivery], today: date) -> tuple[WorkItem, ...]:
    return tuple(
        WorkItem(
            kind="outbox",
            key=f"{each.message.channel.value}/{each.message.kind}/{each.message.key}",
            code=each.code,
            text=each.text,
            way_out="put right what the text says, then send it again or drop it",
            raised_on=today,
        )
        for each in deliveries
        if each.state is DeliveryState.PARKED
    )


def _counts(deliveries: Sequence[Delivery]) -> RelayCounts:
    states = [each.state for each in deliveries]
    return RelayCounts(
        sent=states.count(DeliveryState.SENT),
        tried_again=sum(state in _TRY_AGAIN for state in states),
        parked=states.count(DeliveryState.PARKED),
    )
