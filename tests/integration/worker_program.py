"""A worker to be started, killed and watched by tests: `worker_program.py URL HEARTBEAT`."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from energyretail.domain.shared import Fault, Refused
from energyretail.entrypoints.worker import RetryPolicy, run_worker


def note(path: str, word: str, seconds: str = "0") -> None:
    """Append a word, sleep, append it again: what was begun, and what was ended."""
    with Path(path).open("a") as file:
        file.write(f"begin {word}\n")
    time.sleep(float(seconds))
    with Path(path).open("a") as file:
        file.write(f"end {word}\n")


def fail(path: str, word: str) -> None:
    """Note the attempt, then fail as `word` says."""
    note(path, word)
    if word == "fault":
        raise Fault("partner.silent", "no answer")
    if word == "refusal":
        raise Refused("rule.forbids", "not today")
    raise ValueError(word)


if __name__ == "__main__":
    run_worker(
        sys.argv[1],
        {"note": note, "fail": fail},
        concurrency=2,
        heartbeat_s=float(sys.argv[2]),
        policy=RetryPolicy(attempts_max=3, pause_s=0.05),
    )
