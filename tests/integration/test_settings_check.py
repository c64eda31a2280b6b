"""``energyretail settings check``: every mistake at once, and what the database says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOKEN = "canary-0123456789-abcdefghij"
COMPLETE = """
[registry]
url = "http://127.0.0.1:1/registry"
[erp]
url = "http://127.0.0.1:1/erp"
[signature]
url = "http://127.0.0.1:1/signature"
[smtp]
host = "127.0.0.1"
[operator_sftp]
host = "127.0.0.1"
host_key = "ssh-ed25519 AAAA"
[bank_sftp]
host = "127.0.0.1"
host_key = "ssh-ed25519 AAAA"
"""


def checked(
    folder: Path, text: str, *arguments: str, url: str | None = "postgresql://x@127.0.0.1:1/x"
) -> subprocess.CompletedProcess[str]:
    file = folder / "settings.toml"
    file.write_text(text, "utf-8")
    environment = {
        k: v
        for k, v in os.environ.items()
        if k != "DATABASE_URL" and not k.startswith("ENERGYRETAIL_")
    }
    command = [sys.executable, "-m", "energyretail", "--settings", str(file), "settings"]
    return subprocess.run(
        [*command, *arguments],
        env=environment | ({"DATABASE_URL": url} if url else {}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class TestSettingsCheck:
    def test_finds_nothing_where_all_is_well(self, tmp_path: Path) -> None:
        ended = checked(tmp_path, COMPLETE, "check", "--json")

        assert ended.returncode == 0, ended.stderr
        assert json.loads(ended.stdout) == {"settings": "complete"}

    def test_names_all_that_is_missing_at_once(self, tmp_path: Path) -> None:
        ended = checked(tmp_path, '[api]\nhost = "0.0.0.0"\n', "check", url=None)

        assert ended.returncode == 4
        for named in ("erp.url", "bank_sftp.host_key", "database_url", "api.no_identity"):
            assert named in ended.stderr
        assert len(ended.stderr.splitlines()) == 1

    def test_names_what_is_missing_beside_what_is_wrong(self, tmp_path: Path) -> None:
        text = COMPLETE.replace('[erp]\nurl = "http://127.0.0.1:1/erp"', "[erp]") + (
            f'[api]\nport = 70000\ntoken = "{TOKEN[:19]}"\n[worker]\nconcurrency = 0\n'
        )

        ended = checked(tmp_path, text, "check", "--json", url=None)

        told = json.loads(ended.stderr)
        assert (ended.returncode, told["code"]) == (4, "settings.mistakes")
        for named in ("api.port", "api.token", "worker.concurrency", "erp.url", "database_url"):
            assert named in told["detail"]
        assert "registry.url" not in told["detail"]
        assert TOKEN[:19] not in ended.stderr

    @pytest.mark.parametrize(
        "token", ["short-token", "a" * 40, "with a blank in it 0123", "ñ" * 30]
    )
    def test_refuses_a_weak_token(self, tmp_path: Path, token: str) -> None:
        ended = checked(tmp_path, f'{COMPLETE}[api]\ntoken = "{token}"\n', "check")

        assert ended.returncode == 4
        assert "api.token" in ended.stderr
        assert token not in ended.stderr

    def test_lets_a_token_open_the_api_to_others(self, tmp_path: Path) -> None:
        api = f'[api]\nhost = "0.0.0.0"\ntoken = "{TOKEN}"\n'

        closed = checked(tmp_path, COMPLETE + '[api]\nhost = "0.0.0.0"\n', "check")
        opened = checked(tmp_path, COMPLETE + api, "check")

        assert (closed.returncode, "api.no_identity" in closed.stderr) == (5, True)
        assert opened.returncode == 0

    def test_shows_no_token(self, tmp_path: Path) -> None:
        ended = checked(tmp_path, f'[api]\ntoken = "{TOKEN}"\n', "show", "--json")

        assert ended.returncode == 0
        assert TOKEN not in ended.stdout
        assert json.loads(ended.stdout)["api"]["token"] == "**********"


class TestSettingsCheckConnect:
    def test_finds_a_database_at_head(self, tmp_path: Path, database_url: str) -> None:
        ended = checked(tmp_path, COMPLETE, "check", "--connect", "--json", url=database_url)

        assert ended.returncode == 0, ended.stderr
        assert json.loads(ended.stdout)["database"] == "at head"

    def test_finds_one_that_is_not(self, tmp_path: Path, empty_database_url: str) -> None:
        ended = checked(tmp_path, COMPLETE, "check", "--connect", url=empty_database_url)

        assert ended.returncode == 5
        assert "postgres.not_at_head" in ended.stderr

    def test_finds_none(self, tmp_path: Path) -> None:
        ended = checked(tmp_path, COMPLETE, "check", "--connect")

        assert ended.returncode == 7
        assert "postgres.unreachable" in ended.stderr
