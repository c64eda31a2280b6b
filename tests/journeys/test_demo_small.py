"""Small demos: the same seed tells the same story, another another; what is killed is beside."""

from __future__ import annotations

import pytest
from small_demos import SEED, SIZE, Small, assert_holds_together, differences

from demo_runs import Demo, run_demo

OTHER_SEED = "--seed=4"

# Every interpreter of the demo that gets the machine's environment says what it runs.
PROBE = """
import os, sys
with open(os.environ["PROBED"], "a") as file:
    file.write(" ".join(sys.orig_argv[1:]) + "\\n")
"""


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


def test_every_story_holds_together(small: Small) -> None:
    for demo in (small("one", SEED), small("other", OTHER_SEED)):
        assert_holds_together(demo)
