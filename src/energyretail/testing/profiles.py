"""How hard Hypothesis searches: `quick` for a push, `deep` for a night, `mutation` for mutants.

A pytest plugin: ``pytest -p energyretail.testing.profiles --hypothesis-profile=deep``.
"""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings

__all__ = ["DEEP", "MUTATION", "QUICK", "dear", "is_deep"]

# No deadline, nor one for drawing: a shared machine is slow for reasons that are not ours.
# Sixty examples, not Hypothesis's hundred: a push is waited for, and DEEP looks much further.
QUICK = settings(
    deadline=None,
    print_blob=True,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
DEEP = settings(QUICK, max_examples=10_000)
# The same few examples for every mutant, so that a verdict can be had again; a mutant that is
# caught need not be made small. One process runs the tests more than once, each time anew.
MUTATION = settings(
    QUICK,
    max_examples=5,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow],
)

settings.register_profile("quick", QUICK)
settings.register_profile("deep", DEEP)
settings.register_profile("mutation", MUTATION)


def dear(quick: int) -> settings:
    """Return the settings of a law whose examples are dear: `quick` by day, all of DEEP at night.

    Called when a test is collected, after the profile is chosen.
    """
    chosen = settings()
    few = min(quick, chosen.max_examples)
    return settings(chosen, max_examples=DEEP.max_examples if is_deep() else few)


def is_deep() -> bool:
    """Tell whether the profile chosen searches as hard as DEEP; known when a test is collected."""
    return settings().max_examples >= DEEP.max_examples
