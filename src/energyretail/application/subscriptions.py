"""Which event starts what: the one list of how the subdomains meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import attrs

from energyretail.application.contracts import FollowSwitches
from energyretail.application.payments import RegisterMandate, SignedMandate
from energyretail.application.shared import Channel, Message, Outbox
from energyretail.application.switching import RequestSwitch, WantedSupply
from energyretail.domain import billing, contracts, ledger, parties, payments, switching
from energyretail.domain.shared import Event

__all__ = ["Reactions", "Subscriptions", "messages_for"]


def messages_for(event: Event) -> tuple[Message, ...]:
    """Return what partners must be told of an event; most events concern nobody outside."""
    match event:
        # What a night of bills is told by comes first.
        case billing.InvoiceIssued():
            return (Message(Channel.MAIL, "invoice", event.number),)
        case ledger.EntryPosted():
            return (Message(Channel.ERP, "entry", event.key),)
        case contracts.ContractAccepted():
            return (Message(Channel.SIGNATURE, "envelope", event.contract),)
        case contracts.ContractSigned():
            return (
                Message(Channel.ERP, "customer", event.customer),
                Message(Channel.ERP, "contract", event.contract),
            )
        case parties.CustomerChanged():
            # Each version is a message of its own: told once, a customer may change again.
            return (Message(Channel.ERP, "customer", f"{event.customer}@{event.customer_version}"),)
        case payments.PaymentFileCreated():
            return (Message(Channel.BANK, "payment_file", event.msg_id),)
        case billing.AdvanceAsked():
            return (Message(Channel.MAIL, "advance", event.number),)
        case _:
            return ()


@attrs.frozen
class Reactions:
    """The use cases that an event starts inside the transaction that recorded it."""

    follow_switches: FollowSwitches
    register_mandate: RegisterMandate
    request_switch: RequestSwitch

    def to(self, events: Sequence[Event]) -> None:
        """Do what the events ask for, each use case once for all that concern it."""
        wanted = [
            WantedSupply(e.cups, e.contract, e.customer, e.from_day)
            for e in events
            if isinstance(e, contracts.SupplyWanted)
        ]
        signed = [
            SignedMandate(e.contract, e.customer, e.signed_on, e.iban, e.last_collected_on)
            for e in events
            if isinstance(e, contracts.ContractSigned)
        ]
        activated = [e for e in events if isinstance(e, switching.SwitchActivated)]
        rejected = [e for e in events if isinstance(e, switching.SwitchRejected)]
        if wanted:
            self.request_switch(wanted)
        if signed:
            self.register_mandate(signed)
        if activated:
            self.follow_switches.activated([(e.contract, e.cups, e.on) for e in activated])
        if rejected:
            self.follow_switches.rejected([(e.contract, e.cups) for e in rejected])


class Subscriptions:
    """The Events port: writes the messages an event causes, then lets the use cases react."""

    def __init__(self, outbox: Outbox, reactions: Callable[[], Reactions]):
        self._outbox = outbox
        # Called late: the reactions record events themselves, through this very object.
        self._reactions = reactions

    def record(self, events: Iterable[Event]) -> None:
        """React to events inside the open transaction."""
        happened = tuple(events)
        if not happened:
            return
        self._outbox.add([message for event in happened for message in messages_for(event)])
        self._reactions().to(happened)
