"""An ERP of one's own for a test: the sandbox's, listening on loopback in a thread."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from litestar import Litestar

from energyretail.entrypoints.sandbox.erp import SandboxErp

__all__ = ["listening_erp"]


@contextmanager
def listening_erp(erp: SandboxErp) -> Iterator[str]:
    """Serve `erp` over HTTP for the length of the block and give its address."""
    app = Litestar([erp.router()], openapi_config=None, debug=False)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", access_log=False, timeout_graceful_shutdown=1)
    )
    listening = socket.create_server(("127.0.0.1", 0))
    # asyncio does so only for sockets that name their protocol; without it an answer in two
    # writes waits 40 ms for the caller's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.005)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/erp"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
