"""The partners of a company, really listening on loopback, in threads of the test."""

from __future__ import annotations

import copyreg
import pickle
import socket
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Final, cast

import attrs
import uvicorn
from pydantic import SecretStr

from energyretail.entrypoints.sandbox.erp import SandboxErp
from energyretail.entrypoints.sandbox.mail import SandboxMail, listen_for_mail
from energyretail.entrypoints.sandbox.registry import SandboxRegistry
from energyretail.entrypoints.sandbox.server import HOST, create_sandbox_app
from energyretail.entrypoints.sandbox.sftp_server import (
    SandboxSftpServer,
    SftpAccount,
    generate_host_key,
)
from energyretail.entrypoints.sandbox.world import World, build_world
from energyretail.entrypoints.settings import (
    MailRelaySettings,
    RegistrySettings,
    Service,
    Settings,
    SftpSite,
    Timeouts,
)
from energyretail.testing.loops import BackgroundLoop

__all__ = ["SEED", "Outside", "Picture"]

SEED: Final = 366
"""The registry refuses one supply of the company, and one of its debits comes back (AM04)."""

# A picture of the partners is their objects as bytes; a lock that nobody holds is a new one.
copyreg.pickle(type(threading.Lock()), lambda _: (threading.Lock, ()))


@attrs.frozen
class Picture:
    """The partners at one moment: their memory, and the files below their folder."""

    world: bytes
    files: Mapping[str, bytes]


class Outside:
    """Every partner on loopback, on the loop of one thread, for the length of a block."""

    def __init__(self, root: Path, *, seed: int = SEED):
        self._seed = seed
        self.root = root
        self.world = build_world(seed, root)
        self.urls: dict[str, str] = {}
        self.sftp: dict[str, SandboxSftpServer] = {}
        self._host_keys: dict[str, str] = {}

    def __enter__(self) -> Outside:
        with ExitStack() as stack:
            self._loop = stack.enter_context(BackgroundLoop())
            self._start_http(stack)
            for name in self.world.sftp_folders:
                self.start_sftp(name)
            stack.callback(self._stop_sftp)
            mail = listen_for_mail(self.world.mail, HOST)
            self._mail_port = self._loop.run(mail.__aenter__())
            stack.callback(lambda: self._loop.run(mail.__aexit__(None, None, None)))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start_sftp(self, name: str) -> None:
        """Start the SFTP server of the operator or the bank, under the key it always had."""
        self.restart_sftp(name, host_key=self._host_keys.setdefault(name, generate_host_key()))

    def restart_sftp(self, name: str, *, host_key: str) -> SandboxSftpServer:
        """Let the server go and another answer at its address, under this host key."""
        account = SftpAccount(name, self.world.sftp_folders[name], password=f"{name}-word")
        port = 0
        if (before := self.sftp.pop(name, None)) is not None:
            port = before.port
            self._loop.run(before.stop())
        server = SandboxSftpServer([account], host_key=host_key, port=port)
        self._loop.run(server.start())
        self.sftp[name] = server
        return server

    def site(self, name: str) -> SftpSite:
        """Return how to reach the operator's or the bank's folder."""
        server = self.sftp[name]
        password = SecretStr(f"{name}-word")
        return SftpSite(
            host=HOST, port=server.port, username=name, password=password, host_key=server.host_key
        )

    def settings(self, url: str) -> Settings:
        """Return the settings of a company over the database at `url` with these partners."""
        return Settings(
            database_url=SecretStr(url),
            registry=RegistrySettings(kind="es", url=f"{self.urls['registry']}/es"),
            erp=Service(url=self.urls["erp"]),
            signature=Service(url=self.urls["signature"]),
            smtp=MailRelaySettings(host=HOST, port=self._mail_port),
            operator_sftp=self.site("operator"),
            bank_sftp=self.site("bank"),
            timeouts=Timeouts(erp_read_s=1, erp_total_s=2),
        )

    def advance_to(self, day: date) -> None:
        """Move the partners' calendar, on their own thread."""

        async def advance() -> None:
            self.world.advance_to(day)

        self._loop.run(advance())

    @property
    def registry(self) -> SandboxRegistry:
        """The market registry."""
        return cast("SandboxRegistry", self.world.partners["registry"])

    @property
    def erp(self) -> SandboxErp:
        """The ERP."""
        return cast("SandboxErp", self.world.partners["erp"])

    @property
    def mail(self) -> SandboxMail:
        """The customers' mail boxes."""
        return self.world.mail

    @property
    def operator_out(self) -> Path:
        """Where the operator leaves its files for us."""
        return self.root / "sftp" / "operator" / "out"

    @property
    def bank_out(self) -> Path:
        """Where the bank leaves its files for us."""
        return self.root / "sftp" / "bank" / "out"

    @property
    def bank_in(self) -> Path:
        """Where we put payment files."""
        return self.root / "sftp" / "bank" / "in"

    def picture(self) -> Picture:
        """Return the partners as they are."""
        return Picture(pickle.dumps(self.world), self._files())

    def restore(self, picture: Picture) -> None:
        """Make the partners what they were; who listens goes on listening."""
        before: World = pickle.loads(picture.world)
        for name, partner in self.world.partners.items():
            # The routes belong to the objects, so that these stay, with the memory of then.
            partner.__dict__ = before.partners[name].__dict__
        self.world.day = before.day
        there = self._files()
        for name in there.keys() - picture.files.keys():
            (self.root / name).unlink()
        for name, content in picture.files.items():
            if there.get(name) != content:
                (self.root / name).write_bytes(content)

    def _files(self) -> dict[str, bytes]:
        found = (path for path in self.root.rglob("*") if path.is_file())
        return {str(path.relative_to(self.root)): path.read_bytes() for path in found}

    def _start_http(self, stack: ExitStack) -> None:
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listening.bind((HOST, 0))
        config = uvicorn.Config(
            create_sandbox_app(self.world), lifespan="off", log_level="warning", access_log=False
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()

        def stop() -> None:
            server.should_exit = True
            thread.join(10)

        stack.callback(stop)
        while not server.started:
            thread.join(0.005)
        url = f"http://{HOST}:{listening.getsockname()[1]}"
        for partner in self.world.http_partners():
            path = partner.router().path
            self.urls[path.strip("/")] = url + path

    def _stop_sftp(self) -> None:
        for server in self.sftp.values():
            self._loop.run(server.stop())
