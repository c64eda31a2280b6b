"""The market registry of the sandbox: a central register in JSON, a grid operator in CNMC XML."""

from __future__ import annotations

import base64
import heapq
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, Any, Final, TypeAlias

import attrs
import msgspec
from litestar import Request, Response, Router, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED, HTTP_204_NO_CONTENT

from energyretail.adapters import registry_es
from energyretail.adapters.registry_central import messages as central
from energyretail.adapters.simulated.chance import Chance
from energyretail.adapters.simulated.registry import DueAnswer, RegistryBehaviour
from energyretail.domain import switching
from energyretail.domain.parties import CustomerKind
from energyretail.domain.shared import Conflict, Cups, Invalid, NotFound, Refused

__all__ = ["OnActivation", "SandboxRegistry"]

OnActivation: TypeAlias = Callable[[Cups, date, CustomerKind], None]
INBOX_MAX: Final = 1_000


class LetterOut(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits: its receipt is its natural key."""

    receipt: str
    body_base64: str


class InboxOut(msgspec.Struct, frozen=True, kw_only=True):
    """The first messages that wait, in natural-key order."""

    messages: list[LetterOut]


class TakenOut(msgspec.Struct, frozen=True, kw_only=True):
    """The natural key a message was taken under; `is_new` is False for a repetition."""

    key: str
    is_new: bool


class AcknowledgeIn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The receipts of what the supplier holds durably."""

    receipts: Annotated[list[str], msgspec.Meta(max_length=10_000)]


@attrs.define
class _Mailbox:
    """What one protocol took, and what waits: bodies by natural key, later ones by due day."""

    taken: dict[str, object] = attrs.field(factory=dict)
    visible: dict[str, bytes] = attrs.field(factory=dict)
    later: dict[date, dict[str, bytes]] = attrs.field(factory=dict)

    def take(self, key: str, message: object) -> bool:
        """Take a message once; False when it is there already. Raises Conflict."""
        if key in self.taken and self.taken[key] != message:
            raise Conflict("registry.key_reused", "other words stand under that request", key=key)
        is_new = key not in self.taken
        self.taken[key] = message
        return is_new

    def reveal(self, day: date) -> None:
        """Make visible what is due by `day`."""
        for due in [due for due in self.later if due <= day]:
            self.visible |= self.later.pop(due)


@attrs.frozen
class _Arrival:
    """A message of the supplier as a protocol reads it."""

    key: str
    message: object
    claim: switching.Claim | None
    write: Callable[[DueAnswer], tuple[str, bytes]]


class SandboxRegistry:
    """Takes claims over two protocols and answers by the seed and the supply point alone.

    `on_activation` hears of every supply that begins, on its first day, in the order of the
    supply points: whoever plays the grid operator begins to read the meter. Safe to call from
    several threads.
    """

    def __init__(self, chance: Chance, *, on_activation: OnActivation | None = None):
        self._behaviour = RegistryBehaviour(chance)
        self._on_activation = on_activation
        self._lock = threading.Lock()
        self._day: date | None = None
        self._mailboxes = {"central": _Mailbox(), "es": _Mailbox()}
        self._activations: dict[tuple[date, str], CustomerKind] = {}

    def advance(self, day: date) -> None:
        """Live through `day`: reveal what is due, and tell of the supplies that begin."""
        with self._lock:
            self._day = day
            for mailbox in self._mailboxes.values():
                mailbox.reveal(day)
            begun = sorted(key for key in self._activations if key[0] <= day)
            kinds = [self._activations.pop(key) for key in begun]
        if self._on_activation is not None:
            for (on, cups), kind in zip(begun, kinds, strict=True):
                self._on_activation(Cups(cups), on, kind)

    def take(self, protocol: str, raw: bytes) -> TakenOut:
        """Take a message of the supplier once, and prepare its answers.

        Raises Invalid for what cannot be read, Conflict when other words stand under its
        natural key, NotFound for an unknown protocol, Refused before the calendar begins.
        """
        arrival = _read(protocol, raw)
        with self._lock:
            if self._day is None:
                raise Refused("sandbox.clock.not_begun", "move the sandbox clock first")
            mailbox = self._mailboxes[protocol]
            is_new = mailbox.take(arrival.key, arrival.message)
            if is_new and arrival.claim is not None:
                self._answer(mailbox, arrival, arrival.claim, self._day)
        return TakenOut(key=arrival.key, is_new=is_new)

    def inbox(self, protocol: str, limit: int) -> InboxOut:
        """Return the first `limit` visible messages in natural-key order."""
        with self._lock:
            visible = self._mailbox(protocol).visible
            keys = heapq.nsmallest(max(0, min(limit, INBOX_MAX)), visible)
            letters = [(key, base64.b64encode(visible[key]).decode()) for key in keys]
        return InboxOut(
            messages=[LetterOut(receipt=key, body_base64=body) for key, body in letters]
        )

    def acknowledge(self, protocol: str, receipts: list[str]) -> None:
        """Show these no more; unknown ones and repetitions change nothing."""
        with self._lock:
            visible = self._mailbox(protocol).visible
            for receipt in receipts:
                visible.pop(receipt, None)

    def told(self, protocol: str) -> tuple[central.Told, ...]:
        """Return every claim, release and event held, as its message said it, as they came."""
        with self._lock:
            taken = tuple(self._mailbox(protocol).taken.values())
        found = (each[1] if isinstance(each, tuple) else each for each in taken)
        return tuple(each for each in found if isinstance(each, central.Told))

    def put(self, protocol: str, receipt: str, raw: bytes) -> None:
        """Lay any bytes into the inbox, visible at once: what a broken partner would do."""
        with self._lock:
            self._mailbox(protocol).visible[receipt] = raw

    def router(self) -> Router:
        """Return the routes below ``/registry``: ``central`` and ``es`` have the same three."""

        @post("/{protocol:str}/messages")
        async def messages(
            protocol: FromPath[str], request: Request[Any, Any, Any]
        ) -> Response[TakenOut]:
            taken = self.take(protocol, await request.body())
            return Response(taken, status_code=HTTP_202_ACCEPTED if taken.is_new else HTTP_200_OK)

        @get("/{protocol:str}/inbox", sync_to_thread=False)
        def inbox(protocol: FromPath[str], limit: FromQuery[int] = INBOX_MAX) -> InboxOut:
            return self.inbox(protocol, limit)

        @post(
            "/{protocol:str}/acknowledgements",
            sync_to_thread=False,
            status_code=HTTP_204_NO_CONTENT,
        )
        def acknowledgements(protocol: FromPath[str], data: JSONBody[AcknowledgeIn]) -> None:
            self.acknowledge(protocol, data.receipts)

        return Router("/registry", route_handlers=[messages, inbox, acknowledgements])

    def _mailbox(self, protocol: str) -> _Mailbox:
        if protocol not in self._mailboxes:
            raise _unknown(protocol)
        return self._mailboxes[protocol]

    def _answer(
        self, mailbox: _Mailbox, arrival: _Arrival, claim: switching.Claim, today: date
    ) -> None:
        tomorrow = today + timedelta(days=1)
        for due in self._behaviour.answers(claim):
            key, body = arrival.write(due)
            # A claim that came late is answered late: never on the day it came.
            mailbox.later.setdefault(max(due.due, tomorrow), {})[key] = body
            if isinstance(due.answer, switching.SupplyActivated):
                self._activations[(due.answer.on, claim.cups.value)] = claim.customer_kind


def _read(protocol: str, raw: bytes) -> _Arrival:
    if protocol == "central":
        return _read_central(raw)
    if protocol == "es":
        return _read_es(raw)
    raise _unknown(protocol)


def _read_central(raw: bytes) -> _Arrival:
    told = central.read_told(raw)
    return _Arrival(
        key=central.key_of(told),
        message=told,
        claim=told if isinstance(told, switching.Claim) else None,
        write=lambda due: (central.key_of(due.answer), central.write_answer(due.answer)),
    )


def _read_es(raw: bytes) -> _Arrival:
    asked, claim = registry_es.read_claim(raw)
    if asked.recipient != asked.cups.value[2:6]:
        raise Invalid(
            "registry_es.recipient", "that supply point is another operator's", cups=asked.cups
        )

    def write(due: DueAnswer) -> tuple[str, bytes]:
        header = registry_es.answer_header(due.answer, asked=asked, on=due.due)
        return header.key, registry_es.write_answer(due.answer, asked=asked, on=due.due)

    return _Arrival(key=asked.key, message=(asked, claim), claim=claim, write=write)


def _unknown(protocol: str) -> NotFound:
    return NotFound("registry.protocol_unknown", "no such protocol", protocol=protocol)
