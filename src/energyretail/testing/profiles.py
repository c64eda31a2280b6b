"""How hard Hypothesis searches: `quick` for every push, `deep` for the night.

A pytest plugin: ``pytest -p energyretail.testing.profiles --hypothesis-profile=deep``.
"""

from __future__ import annotations

from hypothesis import settings

__all__ = ["DEEP", "QUICK", "dear"]

# No deadline: a shared machine is slow for reasons that are not ours.
QUICK = settings(deadline=None, print_blob=True)
DEEP = settings(QUICK, max_examples=10_000)

settings.register_profile("quick", QUICK)
settings.register_profile("deep", DEEP)


def dear(quick: int) -> settings:
    """Return the settings of a law whose examples are dear: `quick` by day, all of DEEP at night.

    Called when a test is collected, after the profile is chosen.
    """
    by_night = settings().max_examples >= DEEP.max_examples
    return settings(QUICK, max_examples=DEEP.max_examples if by_night else quick)
