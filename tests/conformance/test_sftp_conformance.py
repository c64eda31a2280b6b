"""A partner's account, in memory and on a real SFTP server, keeps the same promises."""

import os
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from energyretail.adapters.memory.folders import MemoryFolder
from energyretail.adapters.sftp import SftpFolder, SftpSettings
from energyretail.entrypoints.sandbox.sftp_server import (
    SandboxSftpServer,
    SftpAccount,
    generate_host_key,
)
from energyretail.testing.conformance.folders import Account, FoldersConformance, Leave
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


def settings_for(server: SandboxSftpServer, **changes) -> SftpSettings:
    settings = {
        "host": "127.0.0.1",
        "port": server.port,
        "username": "bank",
        "password": "secret",
        "host_key": server.host_key,
        "connect_timeout_s": 5,
        "operation_timeout_s": 5,
    }
    return SftpSettings(**(settings | changes))


class TestMemoryFolder(FoldersConformance):
    @pytest.fixture
    def account(self) -> Account:
        return MemoryFolder()

    @pytest.fixture
    def leave(self, account: MemoryFolder) -> Leave:
        return lambda name, content: account.files.update({f"out/{name}": content})


class TestSftpFolder(FoldersConformance):
    @pytest.fixture
    def account(self, server: SandboxSftpServer) -> Account:
        return SftpFolder(settings_for(server))

    @pytest.fixture
    def leave(self, tmp_path: Path) -> Leave:
        out = tmp_path / "bank/out"
        out.mkdir(parents=True, exist_ok=True)
        return lambda name, content: (out / name).write_bytes(content) and None

    def test_takes_the_others_when_a_name_is_not_utf_8(self, server, tmp_path):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/bank/out/a\xf1o.csv"))).write_bytes(b"odd")
        (tmp_path / "bank/out/b.csv").write_bytes(b"whole")

        assert [f.name for f in SftpFolder(settings_for(server)).arrivals()] == ["b.csv"]

    def test_ignores_what_is_still_being_written(self, server, tmp_path):
        (tmp_path / "bank/out/a.csv.part").write_bytes(b"half")
        (tmp_path / "bank/out/b.csv").write_bytes(b"whole")

        assert [f.name for f in SftpFolder(settings_for(server)).arrivals()] == ["b.csv"]

    def test_leaves_no_part_behind(self, server, tmp_path):
        SftpFolder(settings_for(server)).put("a.xml", b"x" * 300_000)

        assert [p.name for p in (tmp_path / "bank/in").iterdir()] == ["a.xml"]
        assert (tmp_path / "bank/in/a.xml").stat().st_size == 300_000

    def test_overwrites_the_part_of_a_writer_that_died(self, server, tmp_path):
        (tmp_path / "bank/in/a.xml.part").write_bytes(b"longer than the whole file")

        SftpFolder(settings_for(server)).put("a.xml", b"whole")

        assert (tmp_path / "bank/in/a.xml").read_bytes() == b"whole"

    def test_keeps_both_files_when_a_name_comes_back_with_other_bytes(self, server):
        folder = SftpFolder(settings_for(server))
        folder.put("a.csv", b"1", "out")
        folder.done("a.csv")
        folder.put("a.csv", b"2", "out")
        folder.done("a.csv")

        assert sorted(f.content for f in folder.arrivals("done")) == [b"1", b"2"]

    def test_fetches_no_link_that_may_lead_out_of_the_account(self, server, tmp_path):
        (tmp_path / "secret.txt").write_text("of another partner")
        (tmp_path / "bank/out/link").symlink_to(tmp_path / "secret.txt")

        assert SftpFolder(settings_for(server)).arrivals() == ()

    def test_logs_in_with_a_client_key(self, loop, tmp_path):
        private = generate_host_key()
        public = asyncssh.import_private_key(private).export_public_key().decode()
        server = SandboxSftpServer([SftpAccount("bank", tmp_path / "k", authorized_key=public)])
        loop.run(server.start())
        try:
            folder = SftpFolder(settings_for(server, password=None, client_key=private))
            folder.put("a", b"1")
            assert [f.name for f in folder.arrivals("in")] == ["a"]
        finally:
            loop.run(server.stop())
