"""An owner of a Postgres, to be killed by tests: `server_program.py FOLDER [thread]`.

Prints the server's number and URL, then waits; with ``thread`` the server is started by a
thread that ends at once.
"""

from __future__ import annotations

import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path

from energyretail.adapters.postgres.server import open_postgres


def main(folder: str, how: str = "") -> None:
    """Open a server over `folder` and wait to be killed."""
    stack = ExitStack()

    def start() -> None:
        running = stack.enter_context(open_postgres(Path(folder), ephemeral=True))
        print(running.pid, running.url, flush=True)  # noqa: T201 - the test reads it

    if how == "thread":
        thread = threading.Thread(target=start)
        thread.start()
        thread.join()
    else:
        start()
    time.sleep(600)


if __name__ == "__main__":
    main(*sys.argv[1:])
