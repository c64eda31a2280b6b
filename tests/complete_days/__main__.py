"""Tell what became of every day of supply: ``python -m complete_days --supplies N``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from complete_days.trial import Plan, complete_trial
from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.server import open_postgres


def main() -> int:
    """Run it, and tell in one line what was found; fail if the promise is not kept."""
    parser = argparse.ArgumentParser(prog="complete_days", description=__doc__)
    parser.add_argument("--supplies", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_postgres(Path(folder), database_url=None, ephemeral=True) as running,
    ):
        upgrade(running.url)
        found = complete_trial(running.url, plan, told=_told)
    seconds = round(time.monotonic() - began)
    verdict = "PASS" if found.is_kept else "FAIL"
    print(f"T12 {found} seconds={seconds} {verdict}")  # noqa: T201 it is a program
    return 0 if found.is_kept else 1


def _told(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
