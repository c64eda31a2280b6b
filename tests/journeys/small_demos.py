"""What the tests of small demos share: their size and seed, and how two are compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Final

from demo_runs import Demo
from supply_days import BILLED, NOT_DUE, count_days

__all__ = ["SEED", "SIZE", "Small", "assert_holds_together", "differences"]

SIZE: Final = ("--homes=8", "--companies=1", "--months=3")
# In the story of this seed collections come back (AM04, MS03), claims are rejected, and an
# estimate that was billed is replaced.
SEED: Final = "--seed=3"
_LAST_DAY: Final = date(2026, 5, 31)

Small = Callable[..., Demo]


def differences(one: Demo, other: Demo) -> list[str]:
    """The first lines of the state that only one of the two has."""
    return sorted(set(one.lines) ^ set(other.lines))[:10]


def assert_holds_together(demo: Demo) -> None:
    """See that money and days of supply add up, in the state and as printed."""
    told = demo.printed
    assert told["invoiced_cents"] == told["collected_cents"] + told["open_cents"]
    assert told["ledger_imbalance_cents"] == 0
    days = count_days(demo.rows, today=_LAST_DAY)
    assert set(days) == {BILLED, NOT_DUE}
    assert days == Counter(told["supply_days"])
