"""Share a bill run among worker processes: ``python -m shared_runs --workers 1 2``."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.server import open_postgres
from shared_runs.sharing import fill, shared_run


def main() -> int:
    """Bill copies of one portfolio, tell each in one line, and fail if anything is not sound."""
    parser = argparse.ArgumentParser(prog="shared_runs", description=__doc__)
    parser.add_argument("--supplies", type=int, default=40_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 2, 1])
    parser.add_argument("--chunk", type=int, default=2_000)
    parser.add_argument("--beside", nargs="*", default=[], help="more series of invoices")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    is_kept = True
    with (
        tempfile.TemporaryDirectory() as folder,
        open_postgres(Path(folder), database_url=None, ephemeral=True) as running,
        psycopg.connect(running.url, autocommit=True) as server,
    ):
        server.execute("CREATE DATABASE drawn")
        drawn = urlunsplit(urlsplit(running.url)._replace(path="/drawn"))
        upgrade(drawn)
        fill(drawn, asked.supplies, seed=asked.seed)
        for workers in asked.workers:
            server.execute("CREATE DATABASE shared TEMPLATE drawn")
            url = urlunsplit(urlsplit(running.url)._replace(path="/shared"))
            found = shared_run(
                url, Path(folder), workers=workers, chunk=asked.chunk, beside=asked.beside
            )
            server.execute("DROP DATABASE shared WITH (FORCE)")
            sound = found.outcome.is_sound and found.outcome.billed == asked.supplies
            verdict = "PASS" if sound else "FAIL"
            print(f"SHARED {found} {verdict}", flush=True)  # noqa: T201 it is a program
            is_kept = is_kept and sound
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
