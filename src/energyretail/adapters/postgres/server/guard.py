"""Watches one Postgres as its parent process, so that it lives exactly as long as its owner.

Run as a program of its own (`python -I -S guard.py ORDER`), so it needs the standard library
alone. It answers one line of JSON, ``{"port": ..., "pid": ...}`` or ``{"error": ...}``, and
stops the server when its standard input closes, when it is told to end, or when the process
that started it is gone. The owner's threads may come and go: the guard watches the process.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import pwd
import secrets
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["CLUSTER", "IDENTITY_VARIABLE", "LOG_FILE", "PASSWORD_FILE", "SUPERUSER", "main"]

CLUSTER = "cluster"
LOG_FILE = "postgres.log"
PASSWORD_FILE = "password"  # a file's name
SUPERUSER = "energyretail"
IDENTITY_VARIABLE = "ENERGYRETAIL_POSTGRES_IDENTITY"  # 0, 1 or 2: which of root's choices alone

_NOBODY = 65534
_RETRY_SECONDS = 10.0
_READY_SECONDS = 60.0
_POLL_SECONDS = 0.2
# Fast, then immediate, then kill: an orphan is gone within ten seconds, whatever it does.
_PATIENCE = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_PATIENCE_ORPHAN = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0))

_PR_SET_PDEATHSIG, _PR_SET_KEEPCAPS, _PR_CAP_AMBIENT = 1, 8, 47
_CAP_DAC_OVERRIDE = 1
_CLONE_NEWUSER = 0x10000000
_IPC_RMID = 0

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    # In the data folder, not in /dev/shm: nothing is left there after a kill.
    "dynamic_shared_memory_type": "mmap",
}


class _Unusable(Exception):
    """These programs do not run here; others may."""


class _Failed(Exception):
    """The server does not start."""


class _Identity(NamedTuple):
    """Whom Postgres runs as: the owner of its files, and how a child becomes it."""

    owner: int | None
    become: Callable[[], None]


def main(order: dict[str, Any]) -> int:
    """Start the server, say so, watch it, stop it; returns the exit code."""
    os.umask(0o077)
    told_to_end: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda received, _frame: told_to_end.append(received))
    parent = int(order["parent"])
    folder = Path(order["folder"])
    try:
        lock = _lock(folder)
        identity = _identity(Path(order["binaries"]), folder)
        server, port = _start(order, folder, identity)
    except (_Unusable, _Failed, OSError) as error:
        _say({"error": str(error), "try_next": isinstance(error, _Unusable)})
        return 1
    _say({"port": port, "pid": server.pid})
    orphaned = _watch(server, parent, told_to_end)
    _stop(server, _PATIENCE_ORPHAN if orphaned else _PATIENCE)
    _remove_shared_memory(folder / CLUSTER)
    os.close(lock)
    return 0


def _say(answer: dict[str, Any]) -> None:
    # A broken pipe: the owner is gone already, and the watch will see it.
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(answer), flush=True)  # noqa: T201 - the owner reads our stdout


def _lock(folder: Path) -> int:
    """Hold the folder; a guard whose owner was just killed needs some seconds to let go."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + _RETRY_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return descriptor
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise _Failed(f"another process uses {folder}") from None
            time.sleep(_POLL_SECONDS)


# --- whom it runs as -------------------------------------------------------------------


def _identity(binaries: Path, folder: Path) -> _Identity:
    """Choose the first identity under which the programs run and the folder is reachable."""
    choices = [_Identity(None, lambda: None)]
    if os.geteuid() != 0 and not _has_name(os.geteuid()):
        # A number without a name, as `docker run --user` gives: initdb wants to know it.
        choices = [_Identity(None, _become_another_number), *choices]
    if os.geteuid() == 0:
        # Postgres refuses root. Nobody's plain rights do where the folders are open; below
        # a closed one (0700) it keeps the right to pass; where there is no other user at
        # all, as in some containers, root goes by another number in a user namespace.
        choices = [
            _Identity(_somebody(), _become_nobody),
            _Identity(_somebody(), _become_nobody_passing_closed_folders),
            _Identity(0, _become_another_number),
        ]
        if only := os.environ.get(IDENTITY_VARIABLE):
            choices = [choices[int(only)]]
    reasons = []
    for identity in choices:
        try:
            _own(folder, identity.owner)
            _run([str(binaries / "postgres"), "--version"], folder, identity)
            return identity
        except (OSError, subprocess.SubprocessError, _Failed) as error:
            reasons.append(str(error))
    raise _Unusable("; ".join(reasons))


def _own(folder: Path, owner: int | None) -> None:
    if owner is None or os.stat(folder).st_uid == owner:
        return
    for parent, folders, files in os.walk(folder):
        for name in (*folders, *files):
            os.lchown(os.path.join(parent, name), owner, owner)
    # The folder itself last: a walk cut short is walked again.
    os.lchown(folder, owner, owner)


def _has_name(number: int) -> bool:
    return any(each.pw_uid == number for each in pwd.getpwall())


def _somebody() -> int:
    """Return a user's number that is not root's and has a name: nobody's where there is one."""
    if _has_name(_NOBODY):
        return _NOBODY
    return min((each.pw_uid for each in pwd.getpwall() if each.pw_uid != 0), default=_NOBODY)


def _become_nobody() -> None:
    number = _somebody()
    os.setgroups([])
    os.setresgid(number, number, number)
    os.setresuid(number, number, number)


def _become_nobody_passing_closed_folders() -> None:
    libc = _libc()
    _check(libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0))
    _become_nobody()
    header = (ctypes.c_uint32 * 2)(0x20080522, 0)
    bit = 1 << _CAP_DAC_OVERRIDE
    # Effective, permitted, inheritable; then the same for the upper 32 capabilities.
    _check(libc.capset(header, (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)))
    _check(libc.prctl(_PR_CAP_AMBIENT, 2, _CAP_DAC_OVERRIDE, 0, 0))


def _become_another_number() -> None:
    number, user, group = _somebody(), os.geteuid(), os.getegid()
    _check(_libc().unshare(_CLONE_NEWUSER))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{number} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{number} {group} 1")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _child(folder: Path, identity: _Identity) -> Callable[[], None]:
    """Return what a child does before it becomes a Postgres program."""
    guard = os.getpid()

    def prepare() -> None:
        identity.become()
        os.chdir(folder)
        if sys.platform == "linux":
            # Last, for a change of user forgets it: die when the guard does.
            _check(_libc().prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0))
            if os.getppid() != guard:
                os._exit(1)

    return prepare


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _run(command: Sequence[str], folder: Path, identity: _Identity) -> None:
    done = subprocess.run(
        command,
        preexec_fn=_child(folder, identity),
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=_READY_SECONDS,
    )
    if done.returncode != 0:
        said = done.stdout.decode("utf-8", "replace").strip()
        raise _Failed(f"{Path(command[0]).name} failed ({done.returncode}): {said}")


# --- its life --------------------------------------------------------------------------


def _start(
    order: dict[str, Any], folder: Path, identity: _Identity
) -> tuple[subprocess.Popen[bytes], int]:
    cluster = folder / CLUSTER
    if not (cluster / "PG_VERSION").exists():
        _initialise(order, folder, identity)
    deadline = time.monotonic() + _RETRY_SECONDS
    while True:
        port = _free_port()
        server = _launch(order, folder, identity, port)
        if _becomes_ready(server, cluster, int(order["parent"])):
            return server, port
        if time.monotonic() > deadline:
            raise _Failed(_tail(folder / LOG_FILE))
        # Backends of a killed server hold its shared memory for some seconds.
        time.sleep(_POLL_SECONDS)


def _initialise(order: dict[str, Any], folder: Path, identity: _Identity) -> None:
    """Make the cluster beside its place, then move it there: half of one is never used."""
    fresh = folder / f"{CLUSTER}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    password = folder / PASSWORD_FILE
    password.write_text(secrets.token_hex(16), "ascii")
    if identity.owner is not None:
        os.chown(password, identity.owner, identity.owner)
    command = [
        str(Path(order["binaries"]) / "initdb"),
        f"--pgdata={fresh}",
        f"--username={SUPERUSER}",
        f"--pwfile={password}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        *(["--no-sync"] if order["settings"].get("fsync") == "off" else []),
    ]
    _run(command, folder, identity)
    fresh.rename(folder / CLUSTER)


def _launch(
    order: dict[str, Any], folder: Path, identity: _Identity, port: int
) -> subprocess.Popen[bytes]:
    settings = {**_SETTINGS, **order["settings"], "port": str(port)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        [str(Path(order["binaries"]) / "postgres"), "-D", str(folder / CLUSTER), *options],
        preexec_fn=_child(folder, identity),
        env=_environment(),
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        stderr=sys.stderr,
    )


def _becomes_ready(server: subprocess.Popen[bytes], cluster: Path, parent: int) -> bool:
    deadline = time.monotonic() + _READY_SECONDS
    while server.poll() is None:
        lines = _pid_file(cluster)
        if len(lines) > 7 and lines[0] == str(server.pid) and lines[7].strip() == "ready":
            return True
        if time.monotonic() > deadline or os.getppid() != parent:
            _stop(server, _PATIENCE_ORPHAN)
            return False
        time.sleep(0.02)
    return False


def _watch(server: subprocess.Popen[bytes], parent: int, told_to_end: Sequence[int]) -> bool:
    """Wait until the server must stop; True when the owner is dead."""
    while server.poll() is None and not told_to_end:
        # The parent's number, besides the pipe: a fork of the owner may hold the pipe open.
        if os.getppid() != parent:
            return True
        if select.select([0], [], [], _POLL_SECONDS)[0] and not os.read(0, 4096):
            return os.getppid() != parent
    return False


def _stop(server: subprocess.Popen[bytes], patience: Sequence[tuple[int, float]]) -> None:
    for number, seconds in patience:
        if server.poll() is not None:
            return
        server.send_signal(number)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue


def _remove_shared_memory(cluster: Path) -> None:
    """Remove the segment of a killed server, once none of its backends is attached."""
    lines = _pid_file(cluster)
    if len(lines) < 7 or not lines[6].split():
        return
    segment = lines[6].split()[1]
    deadline = time.monotonic() + 5.0
    while time.monotonic() < deadline:
        attached = _attached(segment)
        if attached is None:
            return
        if attached == 0:
            _libc().shmctl(int(segment), _IPC_RMID, None)
            return
        time.sleep(_POLL_SECONDS)


def _attached(segment: str) -> int | None:
    """Count the processes attached to a segment; None when there is no such segment."""
    try:
        rows = Path("/proc/sysvipc/shm").read_text().splitlines()
    except OSError:
        return None
    fields = (row.split() for row in rows[1:])
    return next((int(each[6]) for each in fields if each[1] == segment), None)


def _pid_file(cluster: Path) -> list[str]:
    try:
        return (cluster / "postmaster.pid").read_text("ascii", "replace").splitlines()
    except OSError:
        return []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _tail(log: Path) -> str:
    lines = log.read_text("utf-8", "replace").splitlines()
    return " | ".join(lines[-4:])


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
