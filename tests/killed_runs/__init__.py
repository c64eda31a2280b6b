"""A bill run whose workers are killed again and again, and what came of it."""

from killed_runs.kills import Plan, killed_run
from killed_runs.outcome import Outcome

__all__ = ["Outcome", "Plan", "killed_run"]
