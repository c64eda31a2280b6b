"""Mail through a real relay: the sandbox's own, and some that misbehave."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from energyretail.adapters.smtp import MailRelay, message_id_of
from energyretail.domain.shared import Fault, Invalid
from energyretail.entrypoints.sandbox.mail import SandboxMail, listen_for_mail

HELLO = ("ana@example.org", "Su factura F26-000001", "Total: 64,56 €", "<p>Total: 64,56 €</p>")
IDENTITY = "<invoice.F26-000001@example.org>"


@pytest.fixture
def mail() -> SandboxMail:
    return SandboxMail()


@pytest.fixture
def port(mail: SandboxMail) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    listening = listen_for_mail(mail, "127.0.0.1")
    port = asyncio.run_coroutine_threadsafe(listening.__aenter__(), loop).result(10)
    yield port
    asyncio.run_coroutine_threadsafe(listening.__aexit__(None, None, None), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def relay_to(port: int, timeout_s: float = 5) -> MailRelay:
    return MailRelay("127.0.0.1", port, sender="facturas@example.org", timeout_s=timeout_s)


class TestMailRelay:
    def test_brings_text_and_html_in_full(self, mail: SandboxMail, port: int) -> None:
        relay_to(port).send(*HELLO, IDENTITY)

        (kept,) = mail.messages()
        assert (kept.message_id, kept.to, kept.subject) == (IDENTITY, [HELLO[0]], HELLO[1])
        assert (kept.text.strip(), kept.html.strip()) == HELLO[2:]

    def test_is_recognised_when_it_sends_again(self, mail: SandboxMail, port: int) -> None:
        relay_to(port).send(*HELLO, IDENTITY)
        relay_to(port).send(*HELLO, IDENTITY)

        (kept,) = mail.messages()
        assert kept.arrivals == 2

    def test_is_refused_for_other_words_under_the_same_identity(
        self, mail: SandboxMail, port: int
    ) -> None:
        relay_to(port).send(*HELLO, IDENTITY)

        with pytest.raises(Invalid) as caught:
            relay_to(port).send("ana@example.org", "Other", "Other", "", IDENTITY)

        assert caught.value.code == "mail.refused"
        assert [kept.subject for kept in mail.messages()] == [HELLO[1]]

    @pytest.mark.parametrize("to", ["nobody", "a@b\r\nBcc: c@d", "ñ@example.org", "a@b, c@d"])
    def test_refuses_an_address_that_cannot_be(self, mail: SandboxMail, port: int, to: str) -> None:
        with pytest.raises(Invalid):
            relay_to(port).send(to, *HELLO[1:], IDENTITY)

        assert mail.messages() == []

    def test_reports_a_relay_that_is_not_there(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]

        with pytest.raises(Fault) as caught:
            relay_to(port).send(*HELLO, IDENTITY)

        assert (caught.value.code, caught.value.outcome_unknown) == ("mail.unreachable", False)

    def test_does_not_wait_for_ever_for_a_greeting(self) -> None:
        with (
            closing(socket.create_server(("127.0.0.1", 0))) as silent,
            pytest.raises(Fault) as caught,
        ):
            relay_to(silent.getsockname()[1], timeout_s=0.2).send(*HELLO, IDENTITY)

        assert caught.value.code == "mail.unreachable"

    def test_does_not_know_the_outcome_without_a_receipt(self) -> None:
        with _relay_without_receipts() as port, pytest.raises(Fault) as caught:
            relay_to(port).send(*HELLO, IDENTITY)

        assert (caught.value.code, caught.value.outcome_unknown) == ("mail.no_receipt", True)

    def test_will_come_later_when_the_relay_is_busy(self) -> None:
        with _relay_that_says(b"421 4.3.2 later") as port, pytest.raises(Fault) as caught:
            relay_to(port).send(*HELLO, IDENTITY)

        assert (caught.value.code, caught.value.outcome_unknown) == ("mail.busy", False)


class TestMessageId:
    def test_is_the_same_for_the_same_key(self) -> None:
        assert message_id_of("invoice", "F26-000001", "example.org") == IDENTITY

    @pytest.mark.parametrize("key", ["", "a b", "a@b", "a>b", "é", "a..b"])
    def test_refuses_a_key_that_does_not_fit(self, key: str) -> None:
        with pytest.raises(Invalid):
            message_id_of("invoice", key, "example.org")


@contextmanager
def _relay_without_receipts() -> Iterator[int]:
    """Take one message and hang up instead of saying so."""
    with _server(_take_and_hang_up) as port:
        yield port


@contextmanager
def _relay_that_says(words: bytes) -> Iterator[int]:
    with _server(lambda connection: connection.sendall(words + b"\r\n")) as port:
        yield port


@contextmanager
def _server(talk: object) -> Iterator[int]:
    assert callable(talk)

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            talk(connection)

    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def _take_and_hang_up(connection: socket.socket) -> None:
    connection.sendall(b"220 hello\r\n")
    lines = connection.makefile("rb")
    for line in lines:
        if line.upper().startswith(b"DATA"):
            connection.sendall(b"354 go\r\n")
            break
        connection.sendall(b"250 ok\r\n")
    for line in lines:
        if line == b".\r\n":
            return
