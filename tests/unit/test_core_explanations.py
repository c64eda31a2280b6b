"""What a person reads of an amount: every step with the name, the unit and the source of it."""

from __future__ import annotations
