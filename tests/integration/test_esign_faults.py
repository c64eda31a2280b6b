"""What the signature adapter says when the service misbehaves."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from energyretail.adapters.esign import HttpSignatureService
from energyretail.application.contracts.signature import Envelope
from energyretail.domain.shared import Fault, Invalid

ENVELOPE = Envelope("K000001", "Contract", "Ana", "ana@example.org")


@contextmanager
def service_that_answers(raw: bytes | None) -> Iterator[HttpSignatureService]:
    """Answer one request with `raw`; None hangs up, an empty answer stays silent."""

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            if raw is not None:
                connection.sendall(raw)
            if raw == b"":
                finished.wait(10)

    finished = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        service = HttpSignatureService(
            f"http://127.0.0.1:{listening.getsockname()[1]}", timeout_s=0.5
        )
        try:
            yield service
        finally:
            finished.set()
            service.close()
            thread.join()


def answer(status: str, body: str) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return (head + body).encode()


class TestHttpSignatureService:
    @pytest.mark.parametrize(
        ("raw", "code", "unknown"),
        [
            (None, "signature.broken_off", True),
            (b"", "signature.timeout", True),
            (answer("503 Busy", "later"), "signature.status", True),
            (answer("401 Who", "no"), "signature.status", False),
            (answer("302 Found", ""), "signature.status", False),
        ],
    )
    def test_reports_a_failing_service(self, raw: bytes | None, code: str, unknown: bool) -> None:
        with service_that_answers(raw) as service, pytest.raises(Fault) as caught:
            service.request(ENVELOPE)

        assert (caught.value.code, caught.value.outcome_unknown) == (code, unknown)

    @pytest.mark.parametrize("body", ["", "[]", "{}", '{"completed":[{}],"next":null}', "<html>"])
    def test_refuses_an_answer_it_cannot_read(self, body: str) -> None:
        with (
            service_that_answers(answer("200 OK", body)) as service,
            pytest.raises(Fault) as caught,
        ):
            service.completed()

        assert caught.value.code == "signature.answer"

    def test_reports_a_service_that_is_not_there(self) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as taken:
            port = taken.getsockname()[1]

        with pytest.raises(Fault) as caught:
            HttpSignatureService(f"http://127.0.0.1:{port}").request(ENVELOPE)

        assert (caught.value.code, caught.value.outcome_unknown) == ("signature.unreachable", False)

    def test_passes_on_that_the_service_cannot_take_it(self) -> None:
        with (
            service_that_answers(answer("400 Bad", "no such address")) as service,
            pytest.raises(Invalid) as caught,
        ):
            service.request(ENVELOPE)

        assert caught.value.code == "contracts.envelope.refused"
