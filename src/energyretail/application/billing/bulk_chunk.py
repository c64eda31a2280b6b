"""What a chunk of a bill run is made of: what columns price, what is left, and what is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import attrs

from energyretail.application.billing.bill_due_supplies import billed_until
from energyretail.application.billing.bulk_ports import AlikeSupplies, IssuedAlike, RatedAlike
from energyretail.domain.billing import (
    Draft,
    InvoiceIssued,
    InvoiceKind,
    PostingShare,
    Rateable,
)
from energyretail.domain.ledger import EntryPosted
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import ContractNumber, CustomerNumber, Event, InvoiceNumber

__all__ = ["Alike", "Chunk", "Told", "billed_of"]


@attrs.frozen
class Alike:
    """Supplies rated alike, and what they have in common."""

    rated: RatedAlike
    found: Rateable
    shares: tuple[PostingShare, ...]

    @property
    def places(self) -> list[int]:
        """Where they stand in their chunk."""
        return [self.rated.supplies.places[at] for at in self.rated.at]


@attrs.define
class Chunk:
    """What is found of supplies: what columns price, and by place what is billed one by one.

    `parked` is what columns surely tell is not billed.
    """

    others: dict[int, str]
    reasons: Counter[str]
    alike: list[Alike] = attrs.field(factory=list)
    parked: list[WorkItem] = attrs.field(factory=list)

    def leave(self, supplies: AlikeSupplies, at: Iterable[int], why: str) -> None:
        """Have supplies billed one by one."""
        left = {supplies.places[place]: supplies.key(place) for place in at}
        self.others |= left
        self.reasons[why] += len(left)

    @classmethod
    def of(cls, parts: Iterable[Chunk]) -> Chunk:
        """Return the chunk of all that was found of its pages."""
        whole = cls({}, Counter())
        for part in parts:
            whole.others |= part.others
            whole.reasons += part.reasons
            whole.alike += part.alike
            whole.parked += part.parked
        return whole


@attrs.frozen
class Told:
    """What is told of documents in the order of their numbers, and of the entries they may have."""

    documents: Sequence[Event]
    entries: Sequence[EntryPosted]

    @classmethod
    def of(
        cls,
        issued: Iterable[IssuedAlike],
        numbers: Sequence[InvoiceNumber],
        others: Mapping[str, Event],
    ) -> Told:
        """Return it of those issued alike, and of `others` by their numbers."""
        own = dict[int, Event]()
        for each in issued:
            own.update(zip(each.ranks, _events(each), strict=True))
        return cls(
            [own.get(rank) or others[number] for rank, number in enumerate(numbers)],
            [EntryPosted(f"invoice:{number}") for number in numbers],
        )


def billed_of(
    alike: Iterable[Alike], drafts: Sequence[Draft], wanted: frozenset[str]
) -> Iterator[tuple[str, date]]:
    """Return of the supplies wanted those billed, and the day their bills end."""
    yield from billed_until(drafts)
    for each in alike:
        supplies = each.rated.supplies
        for key in map(supplies.key, each.rated.at):
            if key in wanted:
                yield key, supplies.period.until


def _events(issued: IssuedAlike) -> Iterator[InvoiceIssued]:
    rated = issued.rated
    columns = zip(rated.at, issued.numbers, rated.gross_cents, strict=True)
    for at, number, gross in columns:
        yield InvoiceIssued(
            number=number,
            contract=ContractNumber(rated.supplies.contracts[at]),
            customer=CustomerNumber(rated.supplies.customers[at]),
            kind=InvoiceKind.INVOICE.value,
            gross_cents=gross,
        )
