"""One account on a partner's SFTP server: put a file whole, fetch what arrived, file it away."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NamedTuple, TypeVar

import asyncssh
import attrs

from energyretail.adapters.shared.file_names import is_taken
from energyretail.domain.shared import Conflict, Fault, Invalid, NotFound

__all__ = ["Arrival", "SftpFolder", "SftpSettings"]

T = TypeVar("T")

# AES in hardware first: 257 MB/s measured, twice ChaCha20 on the same machine.
_CIPHERS = ("aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com")
_HOST_KEYS = (
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
)
_SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,199}")
_PART = ".part"


@attrs.frozen
class SftpSettings:
    """Where the account is and how both sides know each other.

    `host_key` is the server's public key as one OpenSSH line (``ssh-ed25519 AAAA...``): any
    other key is refused before we authenticate. Give a `password`, a `client_key` (private
    key, PEM or OpenSSH text), or both. No agent, no file below the home folder is ever read.
    """

    host: str
    port: int
    username: str
    host_key: str
    password: str | None = attrs.field(default=None, repr=False)
    client_key: str | None = attrs.field(default=None, repr=False)
    connect_timeout_s: int = 10
    operation_timeout_s: int = 60

    def __attrs_post_init__(self) -> None:
        if self.password is None and self.client_key is None:
            raise Invalid("sftp.settings", "give a password or a client key", host=self.host)
        if not self.host_key.strip():
            raise Invalid("sftp.settings", "pin the server's host key", host=self.host)


class Arrival(NamedTuple):
    """A whole file found in a folder; a pair, so that a port need not know this type."""

    name: str
    content: bytes


class SftpFolder:
    """The folders of one account; synchronous, one short connection a call.

    Call it from a thread without a running event loop. Everything may be done twice: a
    file put again with the same bytes, or filed away again, changes nothing.

    Raises Fault ``sftp.unreachable``, ``sftp.timeout``, ``sftp.refused`` (login or
    permission) or ``sftp.host_key_changed`` (nothing was sent, not even the login);
    `outcome_unknown` is set when the server may have acted on the call.
    """

    def __init__(self, settings: SftpSettings):
        """Read the keys; connects with the first call. Raises Invalid for a key it cannot read."""
        self._settings = settings
        try:
            self._pinned = asyncssh.import_public_key(settings.host_key)
            own = settings.client_key
            self._client_keys = [asyncssh.import_private_key(own)] if own else None
        except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
            raise Invalid(
                "sftp.settings", f"unreadable key: {error}", host=settings.host
            ) from error

    def put(self, file_name: str, content: bytes, folder: str = "in") -> None:
        """Write `content` under `file_name`, which appears there whole or not at all.

        Written as ``<file_name>.part``, flushed to disk where the server offers it, then renamed.
        The same bytes there already: nothing happens. Raises Conflict ``sftp.name_taken`` for
        other bytes, Invalid ``sftp.unsafe_name`` for a name with path parts.
        """
        target = f"{folder}/{_safe(file_name)}"

        async def work(sftp: asyncssh.SFTPClient) -> None:
            if await sftp.exists(target):
                if await _read(sftp, target) != content:
                    raise Conflict("sftp.name_taken", "other bytes bear the name", name=target)
                return
            await _write(sftp, target + _PART, content)
            await sftp.posix_rename(target + _PART, target)

        self._run(work, changes=True)

    def arrivals(self, folder: str = "out") -> tuple[Arrival, ...]:
        """Fetch every whole file of `folder`, ordered by name, however the partner names it.

        Hidden files and unfinished ``.part`` files wait. A name that leads out of the folder,
        has control characters or is not UTF-8 is passed over: one such file holds up no other.
        """

        async def work(sftp: asyncssh.SFTPClient) -> tuple[Arrival, ...]:
            names = []
            for entry in await sftp.readdir(folder):
                name = str(entry.filename)
                # A link could lead out of the account, so that only plain files are fetched.
                if entry.attrs.type == asyncssh.FILEXFER_TYPE_REGULAR and is_taken(name):
                    names.append(name)
            return tuple(
                [Arrival(name, await _read(sftp, f"{folder}/{name}")) for name in sorted(names)]
            )

        return self._run(work, changes=False)

    def done(self, name: str, folder: str = "out") -> None:
        """Move a fetched file from `folder` to ``done/``; moved already is fine.

        A second file of the same name with other bytes is kept beside the first under a
        name that ends in its hash. Raises NotFound ``sftp.no_such_file`` if it is in neither,
        Invalid ``sftp.unsafe_name`` for a name `arrivals` would pass over.
        """
        if not is_taken(name):
            raise Invalid("sftp.unsafe_name", "not a file that is fetched", name=name)
        source, target = f"{folder}/{name}", f"done/{name}"

        async def work(sftp: asyncssh.SFTPClient) -> None:
            if not await sftp.exists(source):
                if not await sftp.exists(target):
                    raise NotFound("sftp.no_such_file", "neither there nor done", name=source)
                return
            await sftp.makedirs("done", exist_ok=True)
            content = await _read(sftp, source)
            free = not await sftp.exists(target) or await _read(sftp, target) == content
            suffix = "" if free else "." + hashlib.sha256(content).hexdigest()[:12]
            await sftp.posix_rename(source, target + suffix)

        self._run(work, changes=True)

    def _run(self, work: Callable[[asyncssh.SFTPClient], Awaitable[T]], *, changes: bool) -> T:
        return asyncio.run(self._session(work, changes=changes))

    async def _session(
        self,
        work: Callable[[asyncssh.SFTPClient], Awaitable[T]],
        *,
        changes: bool,
    ) -> T:
        async with self._connected() as (connection, sftp):
            # Cut the line rather than cancel: cancelled, asyncssh would still wait for the silent
            # server to answer the closing of its handles.
            limit = asyncio.get_running_loop().call_later(
                self._settings.operation_timeout_s, connection.abort
            )
            try:
                return await work(sftp)
            except asyncssh.SFTPPermissionDenied as error:
                raise _fault(self._settings, "refused", str(error)) from error
            except (OSError, asyncssh.Error) as error:
                late = limit.when() <= asyncio.get_running_loop().time()
                lost = not isinstance(error, asyncssh.SFTPError) or isinstance(
                    error, asyncssh.SFTPNoConnection | asyncssh.SFTPConnectionLost
                )
                what = "timeout" if late else "unreachable" if lost else "failed"
                raise _fault(self._settings, what, str(error), unknown=changes) from error
            finally:
                limit.cancel()

    @asynccontextmanager
    async def _connected(
        self,
    ) -> AsyncIterator[tuple[asyncssh.SSHClientConnection, asyncssh.SFTPClient]]:
        connection: asyncssh.SSHClientConnection | None = None
        try:
            try:
                async with asyncio.timeout(self._settings.connect_timeout_s):
                    connection = await self._connect()
                    # A name that is not UTF-8 must not make the whole folder unreadable.
                    sftp = await connection.start_sftp_client(path_errors="surrogateescape")
            except (OSError, asyncssh.Error) as error:
                raise _connecting(self._settings, error) from error
            yield connection, sftp
        finally:
            if connection is not None:
                connection.abort()

    async def _connect(self) -> asyncssh.SSHClientConnection:
        settings = self._settings
        return await asyncssh.connect(
            settings.host,
            settings.port,
            username=settings.username,
            password=settings.password,
            client_keys=self._client_keys,
            known_hosts=([self._pinned], [], []),
            # The pinned kind first, then all others: a server that has none of the pinned kind
            # any more shows its new key and is told from one we cannot talk to.
            server_host_key_algs=sorted(
                _HOST_KEYS, key=lambda each: each.encode() not in self._pinned.sig_algorithms
            ),
            x509_trusted_certs=None,
            agent_path=None,
            config=None,
            gss_host=None,
            kbdint_auth=False,
            encryption_algs=_CIPHERS,
            compression_algs=None,
        )


def _safe(name: str) -> str:
    if not _SAFE_NAME.fullmatch(name) or name.endswith(_PART):
        raise Invalid("sftp.unsafe_name", "a plain file name is letters, digits, . _ -", name=name)
    return name


def _connecting(settings: SftpSettings, error: Exception) -> Fault:
    """Name what went wrong before anything was asked: the outcome is never unknown."""
    if isinstance(error, TimeoutError):
        return _fault(settings, "timeout", "no connection in time")
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        return _fault(settings, "host_key_changed", "not the key that was pinned")
    if isinstance(error, asyncssh.PermissionDenied):
        return _fault(settings, "refused", "the server refused the login")
    if isinstance(error, asyncssh.ChannelOpenError):
        return _fault(settings, "refused", "the server offers no SFTP")
    return _fault(settings, "unreachable", str(error))


async def _read(sftp: asyncssh.SFTPClient, path: str) -> bytes:
    async with sftp.open(path, "rb") as file:
        content = await file.read()
    assert isinstance(content, bytes)  # opened in binary mode
    return content


async def _write(sftp: asyncssh.SFTPClient, path: str, content: bytes) -> None:
    async with sftp.open(path, "wb") as file:
        await file.write(content)
        # Not every server offers fsync@openssh.com; the rename is atomic all the same.
        with suppress(asyncssh.SFTPOpUnsupported):
            await file.fsync()


def _fault(settings: SftpSettings, what: str, text: str, *, unknown: bool = False) -> Fault:
    return Fault(
        f"sftp.{what}",
        text,
        outcome_unknown=unknown,
        host=settings.host,
        port=settings.port,
        username=settings.username,
    )
