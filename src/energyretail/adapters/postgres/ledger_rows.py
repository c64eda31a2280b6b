"""Entries as the bytes of a binary COPY: one row each, and one for each of their postings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import numpy as np

from energyretail.adapters.postgres.binary_rows import Field, RowOf, int4s, int8s, packed, strings
from energyretail.domain.ledger import Entry

__all__ = ["ENTRY_COLUMNS", "POSTING_COLUMNS", "entry_rows", "holder_of", "posting_rows"]

ENTRY_COLUMNS: Final = ("id", "key", "day", "text")
POSTING_COLUMNS: Final = (
    "entry_id", "position", "account", "amount_cents", "currency", "customer", "item",
)  # fmt: skip

_POSTGRES_EPOCH: Final = date(2000, 1, 1).toordinal()
_AT_ONCE: Final = 4096
"""Entries packed together: a long text pads no others but these."""


def holder_of(entry: Entry) -> str:
    """Return the customer whose account an entry is of, '' where it is of nobody's.

    Of several customers it is the first; all postings of an entry lie where it does.
    """
    return next((str(each.customer) for each in entry.postings if each.customer), "")


def entry_rows(
    ids: Sequence[int], entries: Sequence[Entry], *, with_holders: bool
) -> Iterator[bytes]:
    """Yield the rows of `entries`, under these ids; `with_holders` their holder comes last."""
    for some_ids, some in _parts(ids, entries):
        days = [entry.day.toordinal() - _POSTGRES_EPOCH for entry in some]
        fields: list[Field] = [
            int8s(np.array(some_ids, np.int64)),
            strings([entry.key for entry in some]),
            int4s(np.array(days, np.int64)),
            strings([entry.text for entry in some]),
        ]
        if with_holders:
            fields.append(strings([holder_of(entry) for entry in some]))
        yield packed([RowOf(fields)], len(some))


def posting_rows(
    ids: Sequence[int], entries: Sequence[Entry], *, with_holders: bool
) -> Iterator[bytes]:
    """Yield the rows of the postings of `entries`, in their order; see `entry_rows`."""
    for some_ids, some in _parts(ids, entries):
        postings = [posting for entry in some for posting in entry.postings]
        counts = [len(entry.postings) for entry in some]
        positions = [n for count in counts for n in range(1, count + 1)]
        amounts = [posting.amount for posting in postings]
        fields: list[Field] = [
            int8s(np.repeat(np.array(some_ids, np.int64), counts)),
            int4s(np.array(positions, np.int64)),
            strings([posting.account.value for posting in postings]),
            int8s(np.array([amount.cents for amount in amounts], np.int64)),
            strings([amount.currency for amount in amounts]),
            strings([posting.customer for posting in postings]),
            strings([posting.item for posting in postings]),
        ]
        if with_holders:
            fields.append(strings([holder_of(entry) for entry in some for _ in entry.postings]))
        yield packed([RowOf(fields)], len(postings))


def _parts(
    ids: Sequence[int], entries: Sequence[Entry]
) -> Iterator[tuple[Sequence[int], Sequence[Entry]]]:
    for start in range(0, len(entries), _AT_ONCE):
        yield ids[start : start + _AT_ONCE], entries[start : start + _AT_ONCE]
