"""How hard Hypothesis searches: `quick` for every push, `deep` for the night.

A pytest plugin: ``pytest -p energyretail.testing.profiles --hypothesis-profile=deep``.
"""

from __future__ import annotations

from hypothesis import settings

__all__ = ["DEEP", "QUICK"]

# No deadline: a shared machine is slow for reasons that are not ours.
QUICK = settings(deadline=None, print_blob=True)
DEEP = settings(QUICK, max_examples=5_000)

settings.register_profile("quick", QUICK)
settings.register_profile("deep", DEEP)
