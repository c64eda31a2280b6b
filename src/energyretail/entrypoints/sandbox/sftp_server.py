"""The partners' SFTP server: one account a partner, each locked in its own folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import asyncssh
import attrs

__all__ = ["SandboxSftpServer", "SftpAccount", "generate_host_key"]


@attrs.frozen
class SftpAccount:
    """A login and the folder it sees as ``/``; `folders` are made in it when the server starts."""

    username: str
    root: Path
    password: str | None = attrs.field(default=None, repr=False)
    authorized_key: str | None = None
    folders: tuple[str, ...] = ("in", "out", "done")


def generate_host_key() -> str:
    """Return a new ed25519 private key as OpenSSH text, to be kept beside the sandbox's files."""
    return asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode("ascii")


class SandboxSftpServer:
    """A real SSH server on loopback; start and stop it in the event loop it shares with others.

    `authentications` counts logins begun and `bytes_written` what clients wrote, so that a
    test can tell that a wary client did neither.
    """

    def __init__(
        self, accounts: Sequence[SftpAccount], *, host_key: str | None = None, port: int = 0
    ):
        """Serve `accounts`; port 0 takes a free one, no host key makes a new one."""
        self._accounts = {account.username: account for account in accounts}
        self._key = asyncssh.import_private_key(host_key or generate_host_key())
        self._wanted_port = port
        self._acceptor: asyncssh.SSHAcceptor | None = None
        self.authentications = 0
        self.bytes_written = 0

    @property
    def host_key(self) -> str:
        """The public host key as one OpenSSH line, for the client to pin."""
        return self._key.export_public_key().decode("ascii").strip()

    @property
    def port(self) -> int:
        """The port it listens on; RuntimeError before `start`."""
        if self._acceptor is None:
            raise RuntimeError("the server is not started")
        return int(self._acceptor.get_port())

    async def start(self) -> None:
        """Make the accounts' folders and listen on 127.0.0.1."""
        for account in self._accounts.values():
            for folder in account.folders:
                (account.root / folder).mkdir(parents=True, exist_ok=True)
        self._acceptor = await asyncssh.listen(
            "127.0.0.1",
            self._wanted_port,
            server_factory=lambda: _Login(self, self._accounts),
            server_host_keys=[self._key],
            sftp_factory=self._session,
            allow_scp=False,
            config=None,
            agent_forwarding=False,
            gss_host=None,
        )

    async def stop(self) -> None:
        """Drop every connection and stop listening; stopping twice is fine."""
        acceptor, self._acceptor = self._acceptor, None
        if acceptor is not None:
            acceptor.close()
            await acceptor.wait_closed()

    def _session(self, channel: asyncssh.SSHServerChannel[bytes]) -> asyncssh.SFTPServer:
        username = str(channel.get_extra_info("username"))
        return _Files(self, channel, self._accounts[username].root)


class _Login(asyncssh.SSHServer):
    def __init__(self, server: SandboxSftpServer, accounts: dict[str, SftpAccount]):
        self._server = server
        self._accounts = accounts
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        self._server.authentications += 1
        account = self._accounts.get(username)
        if account is not None and account.authorized_key and self._connection is not None:
            keys = asyncssh.import_authorized_keys(account.authorized_key)
            self._connection.set_authorized_keys(keys)
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        account = self._accounts.get(username)
        return account is not None and account.password == password


class _Files(asyncssh.SFTPServer):
    def __init__(
        self, server: SandboxSftpServer, channel: asyncssh.SSHServerChannel[bytes], root: Path
    ):
        super().__init__(channel, chroot=str(root).encode())
        self._server = server

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        self._server.bytes_written += len(data)
        # asyncssh wants the file type of the class below, which we never look into.
        return int(super().write(file_obj, offset, data))  # type: ignore[arg-type]
