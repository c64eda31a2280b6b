"""Small demos: the same seed tells the same story, killed on the way or not; another, another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from demo_runs import Demo, run_demo
from supply_days import BILLED, NOT_DUE, count_days

SIZE = ("--homes=8", "--companies=1", "--months=3")
# In the story of this seed collections come back (AM04, MS03), claims are rejected, and an
# estimate that was billed is replaced.
SEED, OTHER_SEED = "--seed=3", "--seed=4"
KILLS = 20
LAST_DAY = date(2026, 5, 31)

# Every interpreter of the demo that gets the machine's environment says what it runs.
PROBE = """
import os, sys
with open(os.environ["PROBED"], "a") as file:
    file.write(" ".join(sys.orig_argv[1:]) + "\\n")
"""

Small = Callable[..., Demo]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    """Run a small demo; the same options give the same run back."""

    @cache
    def run(name: str, *options: str) -> Demo:
        folder: Path = tmp_path_factory.mktemp("small") / name
        return run_demo(folder, *SIZE, *options)

    return run


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> tuple[Demo, tuple[str, ...]]:
    """The same demo on a machine at the other end of the world, and the processes it started."""
    folder = tmp_path_factory.mktemp("elsewhere")
    probe = folder / "probe"
    probe.mkdir()
    (probe / "sitecustomize.py").write_text(PROBE, "utf-8")
    machine = {
        "TZ": "Pacific/Auckland",
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": str(probe),
        "PROBED": str(folder / "started"),
    }
    demo = run_demo(folder / "again", *SIZE, SEED, more=machine)
    return demo, tuple((folder / "started").read_text("utf-8").splitlines())


def differences(one: Demo, other: Demo) -> list[str]:
    """The first lines of the state that only one of the two has."""
    return sorted(set(one.lines) ^ set(other.lines))[:10]


def test_the_same_seed_tells_the_same_story_on_any_machine(
    small: Small, elsewhere: tuple[Demo, tuple[str, ...]]
) -> None:
    one, (again, _) = small("one", SEED), elsewhere

    assert differences(one, again) == []
    assert one.printed["state_sha256"] == again.printed["state_sha256"]
    assert one.printed["worker_restarts"] == 0
    assert one.printed["returned_cents"] > 0
    assert one.printed["estimates_replaced"] > 0
    assert one.printed["rejections"]


def test_every_process_gets_the_environment_of_the_machine(
    elsewhere: tuple[Demo, tuple[str, ...]],
) -> None:
    _, started = elsewhere

    for command in ("demo", "sandbox", "worker"):
        assert any(f"-m energyretail {command}" in line for line in started)


def test_another_seed_tells_another_story(small: Small) -> None:
    one, other = small("one", SEED), small("other", OTHER_SEED)

    assert one.printed["state_sha256"] != other.printed["state_sha256"]


def test_a_worker_killed_at_twenty_points_tells_it_too(
    small: Small, record_property: Callable[[str, object], None]
) -> None:
    one, killed = small("one", SEED), small("killed", SEED, f"--kills={KILLS}")

    record_property("restarts", killed.printed["worker_restarts"])
    assert killed.printed["worker_restarts"] == KILLS
    assert differences(one, killed) == []
    assert killed.printed["state_sha256"] == one.printed["state_sha256"]
    assert killed.printed["parked"] == 0


def test_every_story_holds_together(small: Small) -> None:
    killed = small("killed", SEED, f"--kills={KILLS}")
    for demo in (small("one", SEED), small("other", OTHER_SEED), killed):
        told = demo.printed
        assert told["invoiced_cents"] == told["collected_cents"] + told["open_cents"]
        assert told["ledger_imbalance_cents"] == 0
        days = count_days(demo.rows, today=LAST_DAY)
        assert set(days) == {BILLED, NOT_DUE}
        assert days == Counter(told["supply_days"])
