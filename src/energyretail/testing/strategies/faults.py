"""Strategies for when a call fails."""

from __future__ import annotations

from hypothesis import strategies as st

from energyretail.adapters.simulated.faults import FaultPlan, Moment

__all__ = ["fault_plans"]


def fault_plans(*, calls_max: int = 50) -> st.SearchStrategy[FaultPlan]:
    """Plans that fail a call before it, after it, or by a lost connection; once or from then on."""
    return st.builds(FaultPlan, st.sampled_from(Moment), st.integers(1, calls_max), st.booleans())
