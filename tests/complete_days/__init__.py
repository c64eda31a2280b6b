"""A portfolio lived through day by day, and what became of every day of supply."""

from complete_days.outcome import Outcome
from complete_days.trial import Plan, complete_trial

__all__ = ["Outcome", "Plan", "complete_trial"]
