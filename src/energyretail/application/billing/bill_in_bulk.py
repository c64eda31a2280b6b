"""Bill what is due, those alike by columns and the others one by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from contextlib import closing
from datetime import date
from functools import partial

import attrs

from energyretail.application.billing.bill_due_supplies import (
    BillDueSupplies,
    BillingStep,
    drafts_of,
    why_of,
)
from energyretail.application.billing.bulk_chunk import Alike, Chunk, Told, billed_of
from energyretail.application.billing.bulk_ports import (
    AlikeSupplies,
    BulkBills,
    BulkRating,
    DuePage,
    IssuedAlike,
    RatedAlike,
)
from energyretail.application.billing.documents import Documents, Issues
from energyretail.application.billing.drafting import Drafting, DraftingDesk
from energyretail.application.billing.parked_supplies import close_parked, parked_item
from energyretail.application.billing.plausibility_gate import (
    BillToJudge,
    JudgedPage,
    PlausibilityGate,
)
from energyretail.application.shared import Beside, Clock, Events, Work, WorkList
from energyretail.domain.billing import (
    BillingPolicy,
    Draft,
    Invoice,
    InvoiceIssued,
    Rateable,
    Yardstick,
    posting_shares,
)
from energyretail.domain.ledger import Entry, EntryPosted
from energyretail.domain.operations import WorkItem
from energyretail.domain.shared import (
    Conflict,
    DomainError,
    Event,
    InvoiceNumber,
)

__all__ = ["BillInBulk", "BulkStep"]


@attrs.frozen
class BulkStep(BillingStep):
    """What one chunk did; of `issued` so many were made `one_by_one`.

    `reasons` says why, by code, and for how many supplies.
    """

    one_by_one: int = 0
    reasons: Mapping[str, int] = attrs.field(factory=dict)

    def __add__(self, later: BulkStep) -> BulkStep:
        """Return the sums of both, to be resumed where the later one ends."""
        return BulkStep(
            issued=self.issued + later.issued,
            parked=self.parked + later.parked,
            resume=later.resume,
            held=self.held + later.held,
            why=tuple((Counter(dict(self.why)) + Counter(dict(later.why))).items()),
            one_by_one=self.one_by_one + later.one_by_one,
            reasons=Counter(self.reasons) + Counter(later.reasons),
        )


class BillInBulk:
    """Issues the documents `BillDueSupplies` does, for thousands of supplies at once.

    Rules: supplies that differ in nothing but their indexes are rated by one program and kept by
    one COPY; whatever is not so, or does not fit its program, or cannot be rated, is billed one
    by one in the same transaction, under numbers in the same order, but what surely lacks an
    interval, which is parked at once. So is whatever is not sure to
    be plausible, by what was billed before: the gate judges it. Of a chunk that clashes with what
    is issued only a half is billed, and so on until the supply that clashes stands alone: it is
    billed one by one, or parked. What is made either way is kept, and told of, in the order of
    its numbers.
    """

    def __init__(
        self,
        *,
        work: Work,
        clock: Clock,
        bills: BulkBills,
        rating: BulkRating,
        drafting: Drafting,
        gate: PlausibilityGate,
        numbers: Documents,
        documents: Issues,
        events: Events,
        work_list: WorkList,
        policy: BillingPolicy,
        one_by_one: BillDueSupplies,
        beside: Beside,
        page_size: int = 10_000,
    ):
        """Read what is due in pages of `page_size` supplies, the next one while one is rated."""
        self._work = work
        self._clock = clock
        self._bills = bills
        self._rating = rating
        self._drafting = drafting
        self._gate = gate
        self._numbers = numbers
        self._documents = documents
        self._events = events
        self._work_list = work_list
        self._policy = policy
        self._one_by_one = one_by_one
        self._beside = beside
        self._page_size = page_size

    def __call__(
        self, *, after: str = "", until: str = "", limit: int = 10_000, on: date | None = None
    ) -> BulkStep:
        """Bill up to `limit` supplies beyond `after`: see `BillDueSupplies`."""
        try:
            return self._bill(after, until, limit, on or self._clock.today())
        except Conflict as clash:
            if limit > 1:
                return self(after=after, until=until, limit=limit // 2, on=on)
            step = self._one_by_one(after=after, until=until, limit=1, on=on)
            done = step.issued + step.held + step.parked
            return BulkStep(
                **attrs.asdict(step, recurse=False),
                one_by_one=step.issued,
                reasons={clash.code: 1} if done else {},
            )

    def _bill(self, after: str, until: str, limit: int, today: date) -> BulkStep:
        with self._work() as transaction:
            chunk, resume = self._found(after, until, limit, today)
            parked = chunk.parked
            drafts, judged = self._drafts(chunk.others, parked, today)
            issued = self._issue(chunk.alike, drafts, today)
            close_parked(
                self._work_list,
                after=after,
                until=resume or until,
                billed=partial(billed_of, chunk.alike, judged.passed),
                on=today,
            )
            self._work_list.add(sorted(parked, key=lambda item: item.key))
            transaction.commit()
        return BulkStep(
            issued=issued,
            parked=len(parked),
            resume=resume,
            held=len(judged.held),
            why=why_of(parked, judged.held),
            one_by_one=sum(map(len, drafts.values())),
            reasons=chunk.reasons,
        )

    def _past_days(self, today: date) -> int | None:
        limits = self._policy.plausibility.on(today)
        return limits.history_days if limits else None

    def _found(self, after: str, until: str, limit: int, today: date) -> tuple[Chunk, str | None]:
        """Find what is due, and where to go on."""
        parts, resume = [], None
        with closing(self._pages(after, until, limit, today)) as pages:
            for page, desk in pages:
                parts.append(self._rated(page, desk, today))
                resume = page.resume
        return Chunk.of(parts), resume

    def _pages(
        self, after: str, until: str, limit: int, today: date
    ) -> Generator[tuple[DuePage, DraftingDesk], None, None]:
        """Yield what is due page by page, and have the next one read while one is rated."""
        size = self._page_size
        page, desk = self._read(after, until, min(size, limit), today)
        with self._beside() as begin:
            for asked in range(size, limit, size):
                if page.resume is None:
                    break
                some = min(size, limit - asked)
                following = begin(partial(self._read, page.resume, until, some, today))
                yield page, desk
                page, desk = following()
                page = page.beyond(asked)
            yield page, desk

    def _read(
        self, after: str, until: str, limit: int, today: date
    ) -> tuple[DuePage, DraftingDesk]:
        page = self._bills.due(
            today=today, after=after, until=until, limit=limit, past_days=self._past_days(today)
        )
        return page, self._drafting.due([each.one for each in page.alike], today=today)

    def _rated(self, page: DuePage, desk: DraftingDesk, today: date) -> Chunk:
        chunk = Chunk(dict(page.others), Counter({"billing.not_plain": len(page.others)}))
        for supplies in page.alike:
            every = range(len(supplies.places))
            try:
                found = desk.rateable_alike(supplies.one, supplies.period, seen=supplies.seen)
                rated = self._rating.rate(found, supplies, digits=self._policy.meter_digits)
            except DomainError as error:
                chunk.leave(supplies, every, error.code)
                continue
            power = desk.highest_power(supplies.one)
            by = self._policy.yardstick(today, power_kw=power)
            taken = {at for each in rated for at in self._taken(chunk, each, found, by)}
            taken |= self._parked(chunk, supplies, found, rated, today)
            chunk.leave(supplies, (at for at in every if at not in taken), "billing.not_alike")
        return chunk

    def _parked(
        self,
        chunk: Chunk,
        supplies: AlikeSupplies,
        found: Rateable,
        rated: Sequence[RatedAlike],
        today: date,
    ) -> set[int]:
        """Park what columns tell is not billed, and return which of the supplies that are."""
        lacks = self._rating.lacks(found, supplies, rated, digits=self._policy.meter_digits)
        for at, error in lacks.items():
            start = supplies.period.start
            chunk.parked.append(parked_item(supplies.key(at), start, error, on=today))
        return set(lacks)

    def _taken(
        self, chunk: Chunk, rated: RatedAlike, found: Rateable, by: Yardstick | None
    ) -> Sequence[int]:
        """Put what is sure to be plausible into the chunk, and return what is seen to."""
        excise = self._policy.excise_components
        shares = posting_shares(rated.program.form, rated.kernel, excise_components=excise)
        if shares is None:
            return ()
        sure = self._rating.surely_plausible(rated, by=by) if by else rated
        chunk.leave(rated.supplies, sorted({*rated.at} - {*sure.at}), "billing.judged")
        if sure.at:
            chunk.alike.append(Alike(sure, found, shares))
        return rated.at

    def _drafts(
        self, others: Mapping[int, str], parked: list[WorkItem], today: date
    ) -> tuple[dict[int, list[Draft]], JudgedPage]:
        """Return what may be issued of what is billed one by one, by place, and what is held."""
        if not others:
            return {}, JudgedPage((), ())
        whole = self._bills.supplies(tuple(others.values()), today=today)
        places = {key: place for place, key in others.items()}
        # One that is not there any more was changed by somebody since it was found due.
        supplies = [whole[key] for _, key in sorted(others.items()) if key in whole]
        desk = self._drafting.due(supplies, today=today)
        judged = self._gate(
            [
                BillToJudge(draft, desk.highest_power(supply))
                for supply in supplies
                for draft in drafts_of(desk, supply, parked)
            ],
            on=today,
        )
        drafts = dict[int, list[Draft]]()
        for draft in judged.passed:
            drafts.setdefault(places[f"{draft.contract}/{draft.cups}"], []).append(draft)
        return drafts, judged

    def _issue(
        self, alike: Sequence[Alike], drafts: Mapping[int, Sequence[Draft]], today: date
    ) -> int:
        """Number all in the order of their keys, and keep them."""
        places = [place for each in alike for place in each.places]
        places += [place for place, found in drafts.items() for _ in found]
        ranks = dict[int, int]()
        for rank, place in enumerate(sorted(places)):
            ranks.setdefault(place, rank)
        numbers = self._numbers.numbers(len(places), on=today)
        due_on = self._policy.due_on(today)
        issued = [self._issued(each, ranks, numbers, today, due_on) for each in alike]
        self._documents.issue(
            [draft for found in drafts.values() for draft in found],
            on=today,
            numbers=[
                numbers[ranks[place] + n] for place, of in drafts.items() for n in range(len(of))
            ],
            keep=partial(self._keep, issued, numbers),
        )
        return len(places)

    def _keep(
        self,
        issued: Sequence[IssuedAlike],
        numbers: Sequence[InvoiceNumber],
        invoices: Sequence[Invoice],
        entries: Sequence[Entry],
        events: Sequence[Event],
    ) -> None:
        """Keep what was made either way, and tell of all in the order of their numbers."""
        others = {_key(event): event for event in events}
        # What is told is put together while the database takes in what it is told of.
        with self._beside() as begin:
            telling = begin(partial(Told.of, issued, numbers, others))
            kept = others.keys() | set(self._bills.add(issued, invoices, entries))
            told = telling()
        # Documents are told of before their entries; of what comes to nothing there is none.
        posts = [each for each in told.entries if each.key in kept]
        self._events.record([*told.documents, *posts])

    def _issued(
        self,
        alike: Alike,
        ranks: Mapping[int, int],
        numbers: Sequence[InvoiceNumber],
        today: date,
        due_on: date,
    ) -> IssuedAlike:
        own = [ranks[place] for place in alike.places]
        return IssuedAlike(
            rated=alike.rated,
            found=alike.found,
            numbers=[numbers[rank] for rank in own],
            ranks=own,
            issued_on=today,
            due_on=due_on,
            shares=alike.shares,
        )


def _key(event: Event) -> str:
    """Return the number or the key of what a document's own event tells of."""
    match event:
        case InvoiceIssued():
            return event.number
        case EntryPosted():
            return event.key
    raise AssertionError(event)
