"""Hostile XML: refused by the ERP's server, and by our client, with nothing opened or expanded."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from energyretail.adapters.erp_soap import SoapErp
from energyretail.domain.shared import Fault
from energyretail.entrypoints.sandbox.erp import SandboxErp
from energyretail.testing.corpora import hostile_documents
from energyretail.testing.erp import listening_erp

SECRET = "the-content-of-a-secret-file"
ASK = "<FindPosting><key>{key}</key></FindPosting>"
FOUND = (
    "<FindPostingResponse><entry><key>a</key><day>2026-03-01</day><text>{key}</text>"
    "<posting><account>430</account><cents>0</cents><currency>EUR</currency></posting>"
    "</entry></FindPostingResponse>"
)


def envelope(content: str, *, prolog: str = "") -> bytes:
    return (
        f"<?xml version='1.0' encoding='UTF-8'?>{prolog}"
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>"
        f"<s:Body xmlns='urn:energyretail:erp:v1'>{content}</s:Body></s:Envelope>"
    ).encode()


def corpus(content: str, secret: Path, server: str) -> dict[str, bytes]:
    """Return attacks by name; `content` is a message with a place for ``{key}``."""
    body = content.replace("{key}", "{text}")
    document = envelope(body).decode().partition("?>")[2]
    shipped = hostile_documents(document, secret=secret.as_uri(), server=server)
    plain = content.format(key="a")
    # The schema has no place for these, or the contract no name.
    own = {
        "schema_location": envelope(
            plain.replace(
                "<FindPosting", "<FindPosting xmlns:i='http://www.w3.org/2001/XMLSchema-instance' "
                f"i:schemaLocation='urn:other {server}/evil.xsd' evil='1' ", 1,
            )
        ),
        "two_bodies": envelope(plain + plain),
    }  # fmt: skip
    return {case.name: case.content for case in shipped} | own


NAMES = sorted(corpus(ASK, Path("/x"), "http://h"))


class Openings:
    """Files and addresses that this process opened, by what Python itself reports."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.watching = False
        sys.addaudithook(self._on)

    def _on(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.watching and event in ("open", "socket.connect", "urllib.Request"):
            self.seen.append(f"{event} {arguments[:2]}")


@pytest.fixture(scope="module")
def openings() -> Openings:
    return Openings()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    file = tmp_path / "secret.txt"
    file.write_text(SECRET)
    return file


@pytest.fixture(scope="module")
def trap() -> Iterator[tuple[str, list[str]]]:
    """Listen where the attacks point; whoever falls for one leaves its path."""
    import threading
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

    visited: list[str] = []

    class Trap(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visited.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Trap) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", visited
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def target() -> Iterator[tuple[str, SandboxErp]]:
    sandbox = SandboxErp()
    with listening_erp(sandbox) as url:
        httpx.post(url, content=envelope(ASK.format(key="warm")))
        yield url, sandbox


class TestServer:
    @pytest.mark.parametrize("name", NAMES)
    def test_refuses(
        self, name: str, target: tuple[str, SandboxErp], trap: tuple[str, list[str]], secret: Path
    ) -> None:
        url, sandbox = target
        attack = corpus(ASK, secret, trap[0])[name]
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        before = sandbox.state()

        begun = time.process_time()
        raw, status, _ = sandbox.answer(attack)
        took = time.process_time() - begun

        grown_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        assert status == 500
        codes = (b"doctype", b"malformed", b"schema", b"unknown_operation")
        assert any(b":code>" + code + b"<" in raw for code in codes)
        assert SECRET.encode() not in raw
        assert (sandbox.state(), trap[1]) == (before, [])
        assert took < 0.1
        assert grown_kib < 50 * 1024
        assert httpx.post(url, content=attack).status_code == 500

    @pytest.mark.parametrize("name", [n for n in NAMES if "doctype" in n or "xxe" in n])
    def test_names_a_doctype(self, name: str, trap: tuple[str, list[str]], secret: Path) -> None:
        raw, _, _ = SandboxErp().answer(corpus(ASK, secret, trap[0])[name])

        assert b":code>doctype<" in raw


class TestClient:
    @pytest.mark.parametrize("name", NAMES)
    def test_refuses(
        self,
        name: str,
        openings: Openings,
        trap: tuple[str, list[str]],
        secret: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        sandbox = SandboxErp()
        with listening_erp(sandbox) as url:
            client = SoapErp(url)
            client.find("warm")
            attack = corpus(FOUND, secret, trap[0])[name]
            monkeypatch.setattr(sandbox, "answer", lambda _: (attack, 200, None))
            openings.watching, openings.seen = True, []

            with pytest.raises(Fault) as caught:
                client.find("a")

            openings.watching = False
            client.close()
        assert (caught.value.code, caught.value.outcome_unknown) == ("erp.broken_answer", True)
        assert SECRET not in str(caught.value)
        assert (openings.seen, trap[1]) == ([], [])

    def test_refuses_nothing_but_the_attack(self, monkeypatch: pytest.MonkeyPatch) -> None:
        sandbox = SandboxErp()
        with listening_erp(sandbox) as url:
            client = SoapErp(url)
            sound = envelope(FOUND.format(key="sound"))
            monkeypatch.setattr(sandbox, "answer", lambda _: (sound, 200, None))
            found = client.find("a")
            client.close()

        assert found is not None
        assert found.text == "sound"
