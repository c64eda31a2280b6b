"""Seed faults into the bills of a year: ``python -m seeded_faults --bills N --faults M``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.server import open_postgres
from seeded_faults.trial import Plan, seeded_trial


def main() -> int:
    """Run it, tell of each kind and then, in one line, of all; fail if the promise is not kept."""
    parser = argparse.ArgumentParser(prog="seeded_faults", description=__doc__)
    parser.add_argument("--bills", type=int, default=5_000)
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_postgres(Path(folder), database_url=None, ephemeral=True) as running,
    ):
        upgrade(running.url)
        found = seeded_trial(running.url, plan, told=_told)
    for line in found.by_kind():
        _told(line)
    verdict = "PASS" if found.is_kept else "FAIL"
    seconds = round(time.monotonic() - began)
    print(f"T13 {found} seconds={seconds} {verdict}")  # noqa: T201 it is a program
    return 0 if found.is_kept else 1


def _told(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
