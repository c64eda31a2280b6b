"""Mail an issued advance to its customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import attrs

from energyretail.application.documents.send_invoice_mail import MailService
from energyretail.application.shared import Channel
from energyretail.domain.billing import Advance
from energyretail.domain.parties import Customer

__all__ = ["AddressedAdvance", "AdvancePages", "AdvancesToMail", "SendAdvanceMail"]


@attrs.frozen
class AddressedAdvance:
    """An advance and who gets it."""

    advance: Advance
    customer: Customer


class AdvancesToMail(Protocol):
    """Finds advances with their customers."""

    def advances(self, numbers: Sequence[str]) -> tuple[AddressedAdvance, ...]:
        """Return the advances with these numbers; unknown ones are left out."""
        ...


class AdvancePages(Protocol):
    """Lays out an advance."""

    def page(self, advance: Advance, customer: Customer) -> str:
        """Return the document as a page of HTML; the same document gives the same bytes."""
        ...


class SendAdvanceMail:
    """The sender of issued advances; the key is the document's number."""

    channel = Channel.MAIL
    kind = "advance"

    def __init__(
        self,
        *,
        advances: AdvancesToMail,
        pages: AdvancePages,
        mail: MailService,
        message_id: Callable[[str], str],
    ):
        self._advances = advances
        self._pages = pages
        self._mail = mail
        self._message_id = message_id

    def load(self, keys: Sequence[str]) -> Mapping[str, AddressedAdvance]:
        """Return the advances with their customers."""
        return {one.advance.number: one for one in self._advances.advances(keys)}

    def deliver(self, message: AddressedAdvance, *, maybe_sent: bool) -> None:
        """Send the mail; its Message-ID is the document's number, so twice is once."""
        advance = message.advance
        self._mail.send(
            message.customer.person.email,
            f"Your advance payment {advance.number}",
            f"{advance.number}: {advance.payable}, due on {advance.due_on}.\n",
            self._pages.page(advance, message.customer),
            self._message_id(advance.number),
        )
