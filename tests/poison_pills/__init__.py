"""A bill run over supplies that raise, hang or allocate without end, and what came of it."""

from poison_pills.outcome import Outcome
from poison_pills.trial import Plan, poisoned_trial

__all__ = ["Outcome", "Plan", "poisoned_trial"]
