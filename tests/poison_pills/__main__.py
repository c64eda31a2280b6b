"""Bill around pills: ``python -m poison_pills --supplies N --pills M``."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.server import open_postgres
from poison_pills.trial import Plan, poisoned_trial


def main() -> int:
    """Run it, and tell in one line what was found; fail if the promise is not kept."""
    parser = argparse.ArgumentParser(prog="poison_pills", description=__doc__)
    parser.add_argument("--supplies", type=int, default=1_000)
    parser.add_argument("--pills", type=int, default=6)
    parser.add_argument("--chunk", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=1)
    plan = Plan(**vars(parser.parse_args()))
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory() as folder,
        open_postgres(Path(folder), database_url=None, ephemeral=True) as running,
    ):
        upgrade(running.url)
        found = poisoned_trial(running.url, plan, told=_told)
    is_kept = found.is_kept(supplies=plan.supplies)
    seconds = round(time.monotonic() - began)
    verdict = "PASS" if is_kept else "FAIL"
    print(f"T36 supplies={plan.supplies} {found} seconds={seconds} {verdict}")  # noqa: T201 it is a program
    return 0 if is_kept else 1


def _told(line: str) -> None:
    sys.stderr.write(f"{line}\n")


if __name__ == "__main__":
    sys.exit(main())
