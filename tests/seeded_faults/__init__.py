"""Faults seeded into the readings and prices of a company, and which of them got out."""

from seeded_faults.trial import Plan, seeded_trial
from seeded_faults.verdict import Verdict

__all__ = ["Plan", "Verdict", "seeded_trial"]
