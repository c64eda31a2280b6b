"""Starts every server of the sandbox on one loop and tells where they listen."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
import uvicorn
from litestar import Litestar, Request, Response

from energyretail.domain.shared import DomainError
from energyretail.entrypoints.problems import problem_of, status_of
from energyretail.entrypoints.sandbox.control import control_router
from energyretail.entrypoints.sandbox.lifeline import watch_parent
from energyretail.entrypoints.sandbox.mail import listen_for_mail
from energyretail.entrypoints.sandbox.partner import HttpPartner
from energyretail.entrypoints.sandbox.sftp_server import (
    SandboxSftpServer,
    SftpAccount,
    generate_host_key,
)
from energyretail.entrypoints.sandbox.world import World, build_world

__all__ = ["HOST", "SandboxOptions", "create_sandbox_app", "serve"]

HOST: Final = "127.0.0.1"
BODY_BYTES_MAX: Final = 64 * 1024 * 1024
DRAIN_SECONDS: Final = 3


@attrs.frozen
class SandboxOptions:
    """How to start a sandbox; port 0 means any free one, `parent` the process to die with."""

    seed: int
    root: Path
    port: int = 0
    ready_file: Path | None = None
    parent: int | None = None


def serve(options: SandboxOptions) -> None:
    """Run the sandbox until SIGTERM, SIGINT or the parent's death; returns when all is closed."""
    options.root.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(options))


def create_sandbox_app(world: World) -> Litestar:
    """Return the HTTP side: the control handle and every partner's routes."""
    routers = [partner.router() for partner in world.http_partners()]
    return Litestar(
        route_handlers=[control_router(world), *routers],
        exception_handlers={DomainError: _problem},
        openapi_config=None,
        request_max_body_size=BODY_BYTES_MAX,
        # Whoever starts the process says how it logs.
        logging_config=None,
        debug=False,
    )


def _problem(_: Request[Any, Any, Any], error: DomainError) -> Response[dict[str, Any]]:
    return Response(
        problem_of(error), status_code=status_of(error), media_type="application/problem+json"
    )


async def _serve(options: SandboxOptions) -> None:
    world = build_world(options.seed, options.root)
    async with AsyncExitStack() as open_servers:
        ready: dict[str, Any] = {"seed": options.seed, "pid": os.getpid()}
        ready |= await _start_mail(world, open_servers)
        ready |= await _start_sftp(world, open_servers)
        server = _Server(
            uvicorn.Config(
                create_sandbox_app(world),
                lifespan="on",
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )
        listening = _listen(options.port)
        ready |= _addresses(world, f"http://{HOST}:{listening.getsockname()[1]}")
        _stop_on_signals(server)
        watching = _watch(options, server)
        announcing = asyncio.create_task(_announce_when_started(server, options, ready))
        await server.serve(sockets=[listening])
        for task in (announcing, watching):
            if task is not None:
                task.cancel()


def _listen(port: int) -> socket.socket:
    # With the protocol named, asyncio turns Nagle's algorithm off: 1 ms an answer, not 40.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind((HOST, port))
    return listening


def _addresses(world: World, url: str) -> dict[str, Any]:
    partners = world.partners.items()
    routed = {name: each.router() for name, each in partners if isinstance(each, HttpPartner)}
    return {"http": {"url": url}} | {
        name: {"url": url + router.path} for name, router in routed.items()
    }


async def _start_mail(world: World, open_servers: AsyncExitStack) -> dict[str, Any]:
    port = await open_servers.enter_async_context(listen_for_mail(world.mail, HOST))
    return {"smtp": {"host": HOST, "port": port}}


async def _start_sftp(world: World, open_servers: AsyncExitStack) -> dict[str, Any]:
    accounts = [
        SftpAccount(username=name, root=folder, password=secrets.token_urlsafe(18))
        for name, folder in world.sftp_folders.items()
    ]
    server = SandboxSftpServer(accounts, host_key=_kept_host_key(world.root / "ssh_host_key"))
    await server.start()
    open_servers.push_async_callback(server.stop)
    logins = {
        account.username: {"username": account.username, "password": account.password}
        for account in accounts
    }
    return {
        "sftp": {
            "host": HOST, "port": server.port, "host_key": server.host_key, "accounts": logins,
        }
    }  # fmt: skip


def _kept_host_key(path: Path) -> str:
    """Return the key kept at `path`, so that a sandbox begun again there is the same host."""
    if not path.exists():
        _write_private(path, generate_host_key())
    return path.read_text(encoding="ascii")


def _stop_on_signals(server: uvicorn.Server) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, server)


def _watch(options: SandboxOptions, server: uvicorn.Server) -> asyncio.Task[None] | None:
    if options.parent is None:
        return None
    return asyncio.create_task(watch_parent(options.parent, lambda: _stop(server)))


def _stop(server: uvicorn.Server) -> None:
    server.should_exit = True


async def _announce_when_started(
    server: uvicorn.Server, options: SandboxOptions, ready: dict[str, Any]
) -> None:
    while not server.started:
        await asyncio.sleep(0.01)
    if options.ready_file is not None:
        _write_private(options.ready_file, json.dumps(ready, indent=2, sort_keys=True))


def _write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, for its owner alone."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


class _Server(uvicorn.Server):
    """A server that leaves signals to us: the original sends itself each one again at the end."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
