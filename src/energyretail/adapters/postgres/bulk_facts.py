"""Facts told of supplies that are billed alike: of sorts that mean the same for all that share."""

from __future__ import annotations

from typing import Final

from energyretail.adapters.shared.usage_facts import SHARED_SORTS

__all__ = ["FACTS"]

_SORTS: Final = ", ".join(f"'{sort}'" for sort in SHARED_SORTS)

# What was told of a supply that has `started`: whether anything ever makes its bill one of its own,
# the number of the newest fact a bill up to today knows, and what it has in common with others.
# Nothing beyond `upto`: intervals are asked for afterwards, and must not show what this does not.
# Nothing is sorted: facts come in the order of the index, from the last to the first.
FACTS: Final = f"""
    SELECT bool_or(sort NOT IN ({_SORTS})) IS TRUE AS odd,
        coalesce(max(number) FILTER (WHERE known), 0) AS seen,
        md5(string_agg(CAST(ROW(sort, name, days, body) AS text), '') FILTER (WHERE known)) AS facts
    FROM (
        SELECT DISTINCT ON (sort, name, days) sort, name, days, body, number,
            days && daterange(bill_from, greatest(CAST(:today AS date), bill_from + 1)) AS known
        FROM usage_fact WHERE point = left(started.cups, 20) AND number <= :upto
        ORDER BY sort DESC, name DESC, days DESC, number DESC
    ) AS kept
"""
