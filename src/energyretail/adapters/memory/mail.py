"""A mail relay in a dictionary, by Message-ID."""

from __future__ import annotations

import re

import attrs

from energyretail.domain.shared import Invalid

__all__ = ["KeptMail", "MemoryMail"]


@attrs.frozen
class KeptMail:
    """A message as the relay holds it."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str


class MemoryMail:
    """The MailService port without a relay: keeps a message once under its identity."""

    def __init__(self) -> None:
        self.kept: dict[str, KeptMail] = {}

    def send(self, to: str, subject: str, text: str, html: str, message_id: str) -> None:
        """Keep one message; raises Invalid for no address, or an identity of other words."""
        if not (to.isascii() and re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", to)):
            raise Invalid("mail.address", "not a mail address", to=to)
        mail = KeptMail(message_id, to, subject, text, html)
        if self.kept.setdefault(message_id, mail) != mail:
            raise Invalid("mail.refused", "the identity stands for another", message_id=message_id)
