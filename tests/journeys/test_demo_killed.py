"""A small demo whose worker is killed again and again tells the story of the undisturbed one."""

from __future__ import annotations

from collections.abc import Callable

from small_demos import SEED, Small, assert_holds_together, differences

KILLS = 20


def test_a_worker_killed_at_twenty_points_tells_the_same_story(
    small: Small, record_property: Callable[[str, object], None]
) -> None:
    # In this order: the undisturbed one is lived by the other tests meanwhile.
    killed, one = small("killed", SEED, f"--kills={KILLS}"), small("one", SEED)

    record_property("restarts", killed.printed["worker_restarts"])
    assert killed.printed["worker_restarts"] == KILLS
    assert differences(one, killed) == []
    assert killed.printed["state_sha256"] == one.printed["state_sha256"]
    assert killed.printed["parked"] == 0


def test_the_story_of_the_killed_holds_together(small: Small) -> None:
    assert_holds_together(small("killed", SEED, f"--kills={KILLS}"))
