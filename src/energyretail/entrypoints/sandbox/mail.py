"""The mail server of the sandbox: keeps every message once, by its Message-ID."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from email.message import EmailMessage
from typing import Any

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session
from litestar import Router, get

__all__ = ["KeptMail", "SandboxMail", "listen_for_mail"]


class KeptMail(msgspec.Struct, frozen=True, kw_only=True):
    """One message as it came; `arrivals` counts how often."""

    message_id: str
    sender: str
    to: list[str]
    subject: str
    text: str
    html: str
    received_on: date | None
    arrivals: int = 1


class SandboxMail:
    """Mail boxes of the whole world, in memory."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._kept: dict[str, KeptMail] = {}

    def advance(self, day: date) -> None:
        """Move to `day`; it only marks what comes."""
        self._day = day

    def keep(self, sender: str, recipients: list[str], raw: bytes) -> str:
        """Keep a message and return the SMTP reply.

        The same message again is accepted and counted; other content under a known
        Message-ID, or a message without one, is refused for good.
        """
        kept = self._read(sender, recipients, raw)
        if not kept.message_id:
            return "554 5.6.0 Message-ID missing"
        known = self._kept.get(kept.message_id)
        if known is None:
            self._kept[kept.message_id] = kept
            return "250 2.0.0 kept"
        again = msgspec.structs.replace(
            kept, received_on=known.received_on, arrivals=known.arrivals
        )
        if again != known:
            return "554 5.6.0 Message-ID stands for another message"
        self._kept[kept.message_id] = msgspec.structs.replace(known, arrivals=known.arrivals + 1)
        return "250 2.0.0 known"

    def messages(self) -> list[KeptMail]:
        """Return what was kept, ordered by Message-ID."""
        return [self._kept[key] for key in sorted(self._kept)]

    def router(self) -> Router:
        """Return the route below ``/mail``."""

        @get("/messages", sync_to_thread=False)
        def messages() -> list[KeptMail]:
            return self.messages()

        return Router("/mail", route_handlers=[messages])

    def _read(self, sender: str, recipients: list[str], raw: bytes) -> KeptMail:
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return KeptMail(
            message_id=str(message.get("Message-ID", "")).strip(),
            sender=sender,
            to=sorted(recipients),
            subject=str(message.get("Subject", "")),
            text=_body(message, "plain"),
            html=_body(message, "html"),
            received_on=self._day,
        )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""


class _Handler:
    def __init__(self, mail: SandboxMail):
        self._mail = mail

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, _: SMTP, __: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        return self._mail.keep(envelope.mail_from or "", [str(to) for to in envelope.rcpt_tos], raw)


@asynccontextmanager
async def listen_for_mail(mail: SandboxMail, host: str, port: int = 0) -> AsyncIterator[int]:
    """Listen on the running loop and give the port."""
    loop = asyncio.get_running_loop()

    def session() -> asyncio.Protocol:
        handler: Any = _Handler(mail)
        return SMTP(handler, hostname="sandbox.localhost", ident="sandbox", loop=loop)

    server = await loop.create_server(session, host, port)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
