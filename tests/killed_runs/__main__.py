"""Kill the workers of one bill run again and again: ``python -m killed_runs --kills N``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.server import open_postgres
from killed_runs.kills import Plan, killed_run
from killed_runs.outcome import Outcome


def main() -> int:
    """Run it, tell how far it is and then, in one line, what was found; fail if anything is."""
    parser = argparse.ArgumentParser(prog="killed_runs", description=__doc__)
    parser.add_argument("--supplies", type=int, default=4_000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--chunk", type=int, default=1_000)
    parser.add_argument("--life", type=float, default=1.2, help="most seconds of a worker at work")
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_postgres(Path(folder), database_url=None, ephemeral=True) as running,
    ):
        upgrade(running.url)
        kills = killed_run(running.url, plan, told=_told)
        found = Outcome.of(running.url)
    is_kept = found.is_whole(supplies=plan.supplies) and kills == plan.kills
    asked = f"supplies={plan.supplies} workers={plan.workers} kills={kills}"
    seconds = round(time.monotonic() - began)
    verdict = "PASS" if is_kept else "FAIL"
    print(f"T1 {asked} {found} seconds={seconds} {verdict}")  # noqa: T201 it is a program
    return 0 if is_kept else 1


def _told(how_far: str) -> None:
    sys.stderr.write(f"{how_far}\n")


if __name__ == "__main__":
    sys.exit(main())
