"""A bill run parks the supplies that raise, hang or allocate, and bills the others."""

from __future__ import annotations

import attrs
import pytest

from poison_pills import Plan, poisoned_trial
from poison_pills.outcome import Outcome

SMALL = Plan(supplies=120, pills=7, chunk=100)
KEPT = Outcome(
    pills=7,
    billed=113,
    parked=7,
    parked_others=0,
    tries_max=4,
    with_runbook=7,
    freed=7,
    still_parked=0,
    loop_documents=15,
    loop_parked=1,
)


def test_pills_are_parked_and_freed(database_url: str) -> None:
    found = poisoned_trial(database_url, SMALL)

    assert found.is_kept(supplies=SMALL.supplies), found


@pytest.mark.parametrize(
    "broken",
    [
        {"billed": 112},
        {"parked": 6},
        {"parked_others": 1},
        {"tries_max": 9},
        {"tries_max": 0},
        {"with_runbook": 6},
        {"freed": 6},
        {"still_parked": 1},
        {"loop_documents": 16},
        {"loop_parked": 0},
    ],
)
def test_the_count_sees_what_is_broken(broken: dict[str, int]) -> None:
    assert KEPT.is_kept(supplies=SMALL.supplies)
    assert not attrs.evolve(KEPT, **broken).is_kept(supplies=SMALL.supplies)
