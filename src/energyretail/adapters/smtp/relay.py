"""Hands mail to a relay over SMTP, each message under an identity of its own."""

from __future__ import annotations

import re
import smtplib
import ssl
from contextlib import closing, suppress
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import formatdate

from energyretail.domain.shared import Fault, Invalid

__all__ = ["MailRelay", "message_id_of"]


def message_id_of(kind: str, key: str, domain: str) -> str:
    """Return the Message-ID for a business `key`, as ``<invoice.F26-000001@domain>``.

    The same key always gives the same identity, so a second sending is recognised. Raises
    Invalid when a part would not fit the syntax (RFC 5322 3.6.4).
    """
    left = f"{kind}.{key}"
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", left):
        raise Invalid("mail.message_id", "not fit for a Message-ID", key=key)
    return f"<{left}@{domain}>"


class MailRelay:
    """A relay at `host`:`port` that takes our mail; `timeout_s` bounds every wait.

    With `tls` the connection must turn to TLS before anything is said; `username` and
    `password` are then given. The relay must know a Message-ID it has taken before.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        sender: str,
        timeout_s: float = 10.0,
        tls: bool = False,
        username: str = "",
        password: str = "",
    ):
        self._host = host
        self._port = port
        self._sender = sender
        self._timeout_s = timeout_s
        self._tls = tls
        self._username = username
        self._password = password

    def send(self, to: str, subject: str, text: str, html: str, message_id: str) -> None:
        """Hand one message over; returning means the relay has it.

        Raises Invalid for an address or header that cannot be, Fault for a relay that fails:
        with `outcome_unknown` when it fell silent after it was given the message.
        """
        message = self._message(to, subject, text, html, message_id)
        try:
            with closing(smtplib.SMTP(self._host, self._port, timeout=self._timeout_s)) as session:
                self._open(session)
                _give(session, message, self._sender, to)
                _say_goodbye(session)
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error, message_id) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Fault("mail.unreachable", "the mail relay does not talk", error=error) from error

    def _open(self, session: smtplib.SMTP) -> None:
        if self._tls:
            session.starttls(context=ssl.create_default_context())
        if self._username:
            session.login(self._username, self._password)

    def _message(
        self, to: str, subject: str, text: str, html: str, message_id: str
    ) -> EmailMessage:
        message = EmailMessage(policy=SMTP_POLICY)
        try:
            message["Message-ID"] = message_id
            message["From"] = self._sender
            message["To"] = to
            message["Subject"] = subject
            # The day of posting, for the reader's mail program; nothing is decided by it.
            message["Date"] = formatdate()
        except ValueError as error:
            raise Invalid("mail.header", "a header cannot hold this", to=to) from error
        if not (to.isascii() and re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", to)):
            raise Invalid("mail.address", "not a mail address", to=to)
        message.set_content(text)
        if html:
            message.add_alternative(html, subtype="html")
        return message


def _give(session: smtplib.SMTP, message: EmailMessage, sender: str, to: str) -> None:
    """Say the envelope, then the message; only silence after the message leaves a doubt."""
    session.ehlo_or_helo_if_needed()
    _demand(session.mail(sender))
    _demand(session.rcpt(to))
    try:
        _demand(session.data(message.as_bytes()))
    except smtplib.SMTPResponseException:
        raise
    except (OSError, smtplib.SMTPException) as error:
        raise Fault(
            "mail.no_receipt", "no receipt for the message", outcome_unknown=True, error=error
        ) from error


def _say_goodbye(session: smtplib.SMTP) -> None:
    """Take leave; the relay has the message, so a lost farewell is no failure."""
    with suppress(OSError, smtplib.SMTPException):
        session.quit()


def _demand(reply: tuple[int, bytes]) -> None:
    code, text = reply
    if code not in (250, 251):
        raise smtplib.SMTPResponseException(code, text)


def _refused(code: int, text: bytes | str, message_id: str) -> Fault | Invalid:
    said = text.decode(errors="replace") if isinstance(text, bytes) else text
    if code >= 500:
        return Invalid("mail.refused", "the relay refuses it for good", reply=code, said=said,
                       message_id=message_id)  # fmt: skip
    return Fault("mail.busy", "the relay asks to come later", reply=code, said=said)
