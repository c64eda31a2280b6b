"""Messages to partners, written with the decision that causes them and sent later."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Protocol

import attrs

__all__ = ["Channel", "Claimed", "Delivery", "DeliveryState", "Message", "Outbox"]


class Channel(enum.Enum):
    """A way out of the company; each is relayed by one process at a time."""

    REGISTRY = "registry"
    ERP = "erp"
    BANK = "bank"
    SIGNATURE = "signature"
    MAIL = "mail"


@attrs.frozen(order=True)
class Message:
    """A duty to tell a partner something: `kind` and the business `key` of what to tell.

    (channel, kind, key) is the natural key: written twice it is one message. The bytes
    are made when it is sent, from what the key names.
    """

    channel: Channel = attrs.field(order=lambda channel: channel.value)
    kind: str
    key: str


class DeliveryState(enum.Enum):
    """What became of one attempt."""

    SENT = "sent"
    RETRY = "retry"
    UNKNOWN = "unknown"
    PARKED = "parked"


@attrs.frozen
class Delivery:
    """The result of one attempt; `code` and `text` say why it is not SENT."""

    message: Message
    state: DeliveryState
    code: str = ""
    text: str = ""


@attrs.frozen
class Claimed:
    """A message handed to the relay; `maybe_sent` when an earlier attempt's end is unknown."""

    message: Message
    attempts: int
    maybe_sent: bool


class Outbox(Protocol):
    """The table of messages waiting; part of the open transaction."""

    def add(self, messages: Sequence[Message]) -> None:
        """Write messages; one already there under its natural key is left as it is."""
        ...

    def claim(self, channel: Channel, *, limit: int) -> tuple[Claimed, ...]:
        """Take up to `limit` unsent messages, oldest first, and mark them as being sent.

        Only the channel's one relay may call it: what is found marked already was left by
        a relay that died, and comes back with `maybe_sent`.
        """
        ...

    def settle(self, deliveries: Sequence[Delivery]) -> None:
        """Record what became of claimed messages; raises RuntimeError for one never written."""
        ...

    def waiting(self) -> int:
        """Count the messages that are neither sent nor parked."""
        ...
