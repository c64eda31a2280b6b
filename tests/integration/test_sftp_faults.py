"""Every way a partner's SFTP server fails has a stable code, and a wary client says nothing."""

import asyncio
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from energyretail.adapters.sftp import SftpFolder, SftpSettings
from energyretail.domain.shared import Fault, Invalid
from energyretail.entrypoints.sandbox.sftp_server import (
    SandboxSftpServer,
    SftpAccount,
    generate_host_key,
)
from energyretail.testing.loops import BackgroundLoop


@pytest.fixture(scope="module")
def loop() -> Iterator[BackgroundLoop]:
    with BackgroundLoop() as loop:
        yield loop


@pytest.fixture
def server(loop: BackgroundLoop, tmp_path: Path) -> Iterator[SandboxSftpServer]:
    server = SandboxSftpServer([SftpAccount("bank", tmp_path / "bank", password="secret")])
    loop.run(server.start())
    yield server
    loop.run(server.stop())


def folder_on(server: SandboxSftpServer, **changes) -> SftpFolder:
    settings = {
        "host": "127.0.0.1",
        "port": server.port,
        "username": "bank",
        "password": "secret",
        "host_key": server.host_key,
        "connect_timeout_s": 2,
        "operation_timeout_s": 1,
    }
    return SftpFolder(SftpSettings(**(settings | changes)))


def fault_of(call) -> Fault:
    with pytest.raises(Fault) as caught:
        call()
    return caught.value


def public_key_of(algorithm: str) -> str:
    return asyncssh.generate_private_key(algorithm).export_public_key().decode()


class TestAChangedHostKey:
    @pytest.mark.parametrize("algorithm", ["ssh-ed25519", "ecdsa-sha2-nistp256"])
    def test_is_noticed_before_anything_is_sent(self, server, tmp_path, algorithm):
        folder = folder_on(server, host_key=public_key_of(algorithm))

        fault = fault_of(lambda: folder.put("a.xml", b"money"))

        assert fault.code == "sftp.host_key_changed"
        assert not fault.outcome_unknown
        assert (server.authentications, server.bytes_written) == (0, 0)
        assert list((tmp_path / "bank/in").iterdir()) == []

    def test_is_counted_by_the_same_server_when_the_key_is_right(self, server):
        folder_on(server).put("a.xml", b"money")

        assert server.authentications >= 1
        assert server.bytes_written == 5

    def test_survives_a_restart_with_the_kept_key(self, tmp_path):
        key = generate_host_key()
        first = SandboxSftpServer([SftpAccount("bank", tmp_path, password="secret")], host_key=key)
        again = SandboxSftpServer([SftpAccount("bank", tmp_path, password="secret")], host_key=key)

        assert first.host_key == again.host_key


class TestSettings:
    @pytest.mark.parametrize("wrong", [{"host_key": "ssh-ed25519 nonsense"}, {"client_key": "x"}])
    def test_with_an_unreadable_key_are_refused_before_any_talk(self, server, wrong):
        with pytest.raises(Invalid, match=r"sftp\.settings"):
            folder_on(server, **wrong)

    @pytest.mark.parametrize("wrong", [{"host_key": " "}, {"password": None}])
    def test_without_a_pinned_key_or_a_login_are_refused(self, server, wrong):
        with pytest.raises(Invalid, match=r"sftp\.settings"):
            folder_on(server, **wrong)

    def test_never_print_a_secret(self, server):
        assert "secret" not in repr(
            SftpSettings("h", 22, "bank", server.host_key, "secret", client_key="secret")
        )


class TestARefusal:
    def test_of_a_wrong_password_is_named(self, server):
        fault = fault_of(lambda: folder_on(server, password="guess").arrivals())

        assert (fault.code, fault.outcome_unknown) == ("sftp.refused", False)
        assert "guess" not in str(fault)

    def test_of_an_unknown_account_is_named(self, server):
        assert fault_of(lambda: folder_on(server, username="x").arrivals()).code == "sftp.refused"

    def test_names_a_folder_that_is_not_there(self, server):
        assert fault_of(lambda: folder_on(server).arrivals("gone")).code == "sftp.failed"


class TestSilence:
    def test_of_a_closed_port_is_unreachable(self, server):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]

        fault = fault_of(lambda: folder_on(server, port=port).put("a", b"1"))

        assert (fault.code, fault.outcome_unknown) == ("sftp.unreachable", False)

    def test_of_a_server_that_never_greets_ends_in_time(self, server):
        with socket.create_server(("127.0.0.1", 0)) as mute:
            port = mute.getsockname()[1]
            begun = time.monotonic()

            fault = fault_of(
                lambda: folder_on(server, port=port, connect_timeout_s=1).put("a", b"1")
            )

        assert (fault.code, fault.outcome_unknown) == ("sftp.timeout", False)
        assert time.monotonic() - begun < 3

    def test_in_the_middle_of_a_file_leaves_the_outcome_unknown(self, loop):
        with _Hostile(loop, _Stalls) as (port, key):
            folder = SftpFolder(_settings(port, key))

            fault = fault_of(lambda: folder.put("a", b"1"))

        assert (fault.code, fault.outcome_unknown) == ("sftp.timeout", True)

    def test_while_reading_has_a_known_outcome(self, loop):
        with _Hostile(loop, _Stalls) as (port, key):
            fault = fault_of(lambda: SftpFolder(_settings(port, key)).arrivals())

        assert (fault.code, fault.outcome_unknown) == ("sftp.timeout", False)


class TestAHostileServer:
    def test_cannot_make_us_ask_for_a_file_outside_the_folder(self, loop):
        with _Hostile(loop, _NamesAPath) as (port, key):
            found = SftpFolder(_settings(port, key)).arrivals()

        assert found == ()


class _Stalls(asyncssh.SFTPServer):
    async def open(self, *_: object) -> object:
        await asyncio.sleep(30)
        raise asyncssh.SFTPFailure("late")

    async def scandir(self, _path: bytes):
        await asyncio.sleep(30)
        yield asyncssh.SFTPName(b"late")


class _NamesAPath(asyncssh.SFTPServer):
    async def scandir(self, _path: bytes):
        attributes = asyncssh.SFTPAttrs(type=asyncssh.FILEXFER_TYPE_REGULAR, permissions=0o100644)
        yield asyncssh.SFTPName(b"../../etc/passwd", attrs=attributes)


class _AnyoneMayEnter(asyncssh.SSHServer):
    def begin_auth(self, _username: str) -> bool:
        return False


class _Hostile:
    """A server whose SFTP side is `files`, for the length of a block."""

    def __init__(self, loop: BackgroundLoop, files: type[asyncssh.SFTPServer]):
        self.loop, self.files = loop, files

    def __enter__(self) -> tuple[int, str]:
        key = asyncssh.generate_private_key("ssh-ed25519")
        self.acceptor = self.loop.run(
            asyncssh.listen(
                "127.0.0.1",
                0,
                server_factory=_AnyoneMayEnter,
                server_host_keys=[key],
                sftp_factory=self.files,
            )
        )
        return self.acceptor.get_port(), key.export_public_key().decode()

    def __exit__(self, *_: object) -> None:
        self.acceptor.close()
        self.loop.run(self.acceptor.wait_closed())


def _settings(port: int, key: str) -> SftpSettings:
    return SftpSettings(
        "127.0.0.1", port, "bank", key, "secret", connect_timeout_s=2, operation_timeout_s=1
    )
