"""Compare many seeded random bills on several processes: ``python -m oracle_bills --bills N``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from random import Random

from energyretail.adapters.tariff_json import rate_document
from oracle_bills.compare import differences
from oracle_bills.requests import random_request

__all__ = ["compare"]

CHUNK = 2_000
Found = tuple[int, list[str]]


def compare(first: int, count: int) -> list[Found]:
    """Return the seed and the differences of every bill that is not the same twice."""
    found = []
    for seed in range(first, first + count):
        request = random_request(Random(seed))
        try:
            told = differences(request, rate_document)
        except Exception as refused:
            told = [f"refused: {refused!r}"]
        if told:
            found.append((seed, told))
    return found


def main() -> int:
    """Compare, tell what differs and then, in one line, how much; fail if anything does."""
    parser = argparse.ArgumentParser(prog="oracle_bills", description=__doc__)
    parser.add_argument("--bills", type=int, default=1_500)
    parser.add_argument("--from-seed", type=int, default=0)
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    found = list(_all(asked.from_seed, asked.bills, asked.processes))
    for seed, told in islice(found, 20):
        print(f"seed {seed}: " + "; ".join(told[:4]), file=sys.stderr)  # noqa: T201 it is a program
    print(f"T31 bills={asked.bills} differences={len(found)}")  # noqa: T201 it is a program
    return 1 if found else 0


def _all(first: int, count: int, processes: int) -> Iterator[Found]:
    starts = range(first, first + count, CHUNK)
    counts = [min(CHUNK, first + count - start) for start in starts]
    with ProcessPoolExecutor(processes) as pool:
        for found in pool.map(compare, starts, counts):
            yield from found


if __name__ == "__main__":
    sys.exit(main())
