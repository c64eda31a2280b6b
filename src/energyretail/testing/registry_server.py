"""The sandbox's market registry on loopback, for tests that speak to a real server."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from energyretail.entrypoints.sandbox.mail import SandboxMail
from energyretail.entrypoints.sandbox.registry import SandboxRegistry
from energyretail.entrypoints.sandbox.server import HOST, create_sandbox_app
from energyretail.entrypoints.sandbox.world import World

__all__ = ["serve_registry"]


@contextmanager
def serve_registry(sandbox: SandboxRegistry, root: Path) -> Iterator[str]:
    """Serve `sandbox` in a thread for the length of the block, and give its address."""
    world = World(
        seed=1, root=root, partners={"registry": sandbox}, mail=SandboxMail(), sftp_folders={}
    )
    config = uvicorn.Config(create_sandbox_app(world), log_level="warning", access_log=False)
    server = uvicorn.Server(config)
    # Named TCP, for asyncio sets TCP_NODELAY only then: without it each post waits 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind((HOST, 0))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://{HOST}:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
