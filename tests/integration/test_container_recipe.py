"""The container's recipe, and that the program lives as it does there: nobody, writing nothing."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from api_harness import free_port

from energyretail.adapters.postgres.clock import PostgresClock
from energyretail.adapters.postgres.database import Database, PostgresWork

ROOT = Path(__file__).parents[2]
SOMEBODY = 65532
TOKEN = "canary-0123456789-abcdefghij"


def instructions() -> list[tuple[str, str]]:
    """Return the recipe's instructions, each as its word and the rest on one line."""
    text = (ROOT / "Containerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(line.split()[0], " ".join(line.split()[1:])) for line in lines]


class TestRecipe:
    def test_takes_images_by_name_and_version_alone(self) -> None:
        for word, rest in instructions():
            if word == "FROM":
                image = rest.split()[0]
                assert re.fullmatch(r"[a-z]+:\d[\w.-]*", image), image
                assert "latest" not in image

    def test_ends_as_a_user_who_is_not_root(self) -> None:
        last = max(i for i, (word, _) in enumerate(instructions()) if word == "FROM")
        users = [rest for word, rest in instructions()[last:] if word == "USER"]

        assert users == [f"{SOMEBODY}:{SOMEBODY}"]

    def test_copies_what_is_there_and_adds_nothing(self) -> None:
        seen = [word for word, _ in instructions()]
        assert "ADD" not in seen
        for word, rest in instructions():
            if word == "COPY" and "--from" not in rest:
                assert all((ROOT / part).exists() for part in rest.split()[:-1])

    def test_keeps_no_secret_and_no_shell_between(self) -> None:
        for word, rest in instructions():
            assert word not in {"ARG", "ONBUILD"}
            assert not re.search(r"(TOKEN|PASSWORD|SECRET)\w*=", rest)
            if word in {"CMD", "ENTRYPOINT"}:
                assert isinstance(json.loads(rest), list)
            if word == "HEALTHCHECK":
                assert "/health/live" in rest
        assert {"HEALTHCHECK", "STOPSIGNAL"} <= {word for word, _ in instructions()}

    def test_lets_only_what_it_copies_into_the_build(self) -> None:
        ignored = (ROOT / ".containerignore").read_text("utf-8")

        assert ignored.splitlines()[0] == "*"
        assert ignored == (ROOT / ".dockerignore").read_text("utf-8")


class TestCompose:
    @pytest.fixture
    def services(self) -> dict[str, Any]:
        yaml = pytest.importorskip("yaml", reason="nothing here reads YAML")
        found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
        return dict(found["services"])

    def test_runs_ours_where_nothing_can_be_written(self, services: dict[str, Any]) -> None:
        assert set(services) == {"database", "migrations", "api", "worker"}
        for name in ("migrations", "api", "worker"):
            assert services[name]["read_only"] is True
            assert services[name]["cap_drop"] == ["ALL"]

    def test_opens_the_api_to_this_machine_and_the_database_to_nobody(
        self, services: dict[str, Any]
    ) -> None:
        assert services["api"]["ports"] == ["127.0.0.1:8000:8000"]
        assert "ports" not in services["database"]

    def test_migrates_before_anything_serves(self, services: dict[str, Any]) -> None:
        for name in ("api", "worker"):
            wanted = services[name]["depends_on"]["migrations"]["condition"]
            assert wanted == "service_completed_successfully"


class TestNobody:
    def test_migrates_and_serves_without_writing_a_file(
        self, empty_database_url: str, tmp_path: Path
    ) -> None:
        with as_nobody(tmp_path, "db", "upgrade", "--json", url=empty_database_url) as migrating:
            said, remarks = migrating.communicate(timeout=120)
        assert migrating.returncode == 0, remarks
        assert json.loads(said)["up_to_date"] is True
        _open_a_day(empty_database_url)

        port = free_port()
        serving = as_nobody(tmp_path, "api", "--port", str(port), url=empty_database_url)
        with serving as process, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            ready = _ready(client, process)
            path = "/v1/runs/2026-03-02"
            unknown = client.get(path)
            known = client.get(path, headers={"Authorization": f"Bearer {TOKEN}"})
            users = {each.uids().effective for each in _family(process.pid)}
            process.terminate()
            code = process.wait(30)

        assert ready["ready"] is True
        assert (unknown.status_code, known.status_code) == (401, 200)
        assert 0 not in users
        assert code == 0
        assert list(tmp_path.iterdir()) == []

    def test_does_not_serve_everybody_without_a_token(
        self, empty_database_url: str, tmp_path: Path
    ) -> None:
        with as_nobody(tmp_path, "api", url=empty_database_url, token=None) as process:
            _, remarks = process.communicate(timeout=60)

        assert process.returncode == 5
        assert b"api.no_identity" in remarks


@contextmanager
def as_nobody(
    folder: Path, *arguments: str, url: str, token: str | None = TOKEN
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command as the container does: no home, another user, no byte into any file."""
    folder.chmod(0o555)
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(path for path in (str(ROOT / "src"), *sys.path) if path),
        "ENERGYRETAIL_API__HOST": "0.0.0.0",
        "ENERGYRETAIL_API__DRAIN_S": "0",
        "DATABASE_URL": url,
    } | ({"ENERGYRETAIL_API__TOKEN": token} if token else {})
    identity: dict[str, Any] = (
        {"user": SOMEBODY, "group": SOMEBODY, "extra_groups": []} if os.getuid() == 0 else {}
    )
    process = subprocess.Popen(
        [_interpreter(), "-m", "energyretail", *arguments],
        cwd=_reachable(folder),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_write_nothing,
        **identity,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(10)


def _write_nothing() -> None:
    # Python tries its folder for temporary files with four bytes.
    resource.setrlimit(resource.RLIMIT_FSIZE, (4, 4))


def _interpreter() -> str:
    """Return a Python of this version that somebody else may run."""
    own = Path(sys.executable).resolve()
    closed = [each for each in own.parents if not each.stat().st_mode & 0o001]
    if os.getuid() != 0 or not closed:
        return sys.executable
    version = f"python3.{sys.version_info.minor}"
    for folder in ("/usr/bin", "/usr/local/bin"):
        if found := shutil.which(version, path=folder):
            return found
    pytest.skip(f"no {version} that another user may run")


def _reachable(folder: Path) -> Path:
    # pytest's folders are closed to others; the root of the file system is nobody's to write.
    return folder if os.getuid() != 0 else Path("/")


def _open_a_day(url: str) -> None:
    database = Database(url)
    with PostgresWork(database)() as transaction:
        PostgresClock(database).move_to(date(2026, 3, 2))
        database.connection().exec_driver_sql(
            "INSERT INTO business_day (day) VALUES ('2026-03-02')"
        )
        transaction.commit()
    database.close()


def _ready(client: httpx.Client, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    deadline = time.monotonic() + 60
    while True:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        try:
            found: dict[str, Any] = client.get("/health/ready").json()
            return found
        except httpx.TransportError:
            time.sleep(0.05)


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]
