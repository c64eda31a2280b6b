"""What every store of consolidation terms promises."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from energyretail.domain.billing import ToConsolidate
from energyretail.domain.shared import NotFound, customer_number
from energyretail.testing.conformance.billing import SECOND, START
from energyretail.testing.conformance.consolidated import LATER, OURS, ConsolidatedWorld

__all__ = ["ConsolidationBookConformance"]


class ConsolidationBookConformance:
    """Subclass in a test and give a fixture `whole` that returns an empty ConsolidatedWorld."""

    def test_gives_back_the_terms_that_were_kept_last(self, whole: ConsolidatedWorld) -> None:
        whole.bill(1)
        first = whole.agree(OURS, day=1, since=START)
        assert whole.book.of(OURS) == first
        with whole.billing.work():
            assert whole.book.take(OURS) == first

        last = whole.agree(OURS, day=28, since=SECOND, ended_on=LATER)

        assert whole.book.of(OURS) == last
        assert whole.book.of(customer_number(2)) is None
        assert whole.book.of("\0") is None

    def test_keeps_no_terms_of_nobody(self, whole: ConsolidatedWorld) -> None:
        for nobody in (customer_number(77), "\0"):
            with (
                pytest.raises(NotFound, match=r"parties.customer.unknown"),
                whole.billing.work(),
            ):
                whole.book.take(nobody)

    def test_tells_who_is_due(self, whole: ConsolidatedWorld) -> None:
        day = LATER.day
        for supply, customer in ((1, 2), (2, 1), (3, 3)):
            whole.bill(supply, customer=customer)
        for customer in (1, 2):
            whole.agree(customer_number(customer), day=day, since=START)
        ours = ToConsolidate(OURS, LATER, START)
        theirs = ToConsolidate(customer_number(2), LATER, START)

        assert whole.due() == [ours, theirs]
        assert whole.due(limit=1) == [ours]
        assert whole.due(after=OURS) == [theirs]
        # The last cut is a month ago, before anything was issued.
        assert whole.due(LATER - timedelta(days=1)) == []

    @pytest.mark.parametrize(
        ("since", "ended_on"),
        [(SECOND, None), (START, LATER)],
        ids=["issued on their first day", "ended on the day"],
    )
    def test_tells_whose_terms_only_just_hold(
        self, whole: ConsolidatedWorld, since: date, ended_on: date | None
    ) -> None:
        whole.bill(1)
        whole.agree(OURS, day=LATER.day, since=since, ended_on=ended_on)

        assert whole.due() == [ToConsolidate(OURS, LATER, since)]

    def test_tells_nobody_of_documents_of_the_day(self, whole: ConsolidatedWorld) -> None:
        whole.bill(1)
        whole.agree(OURS, day=SECOND.day, since=START)

        assert whole.due(SECOND) == []

    @pytest.mark.parametrize(
        ("since", "ended_on"),
        [(LATER, None), (SECOND + timedelta(days=1), None), (START, LATER - timedelta(days=1))],
        ids=["began on the day", "issued before they began", "ended before"],
    )
    def test_tells_nobody_whose_terms_do_not_hold(
        self, whole: ConsolidatedWorld, since: date, ended_on: date | None
    ) -> None:
        whole.bill(1)
        whole.agree(OURS, day=LATER.day, since=since, ended_on=ended_on)

        assert whole.due() == []

    def test_tells_nobody_twice(self, whole: ConsolidatedWorld) -> None:
        first, _ = whole.bill(1), whole.bill(2)
        whole.agree(OURS, day=LATER.day, since=START)
        assert whole.due() == [ToConsolidate(OURS, LATER, START)]

        # The second one is left, but the day has its document.
        whole.consolidate(first)

        assert whole.due() == []

    def test_tells_nobody_without_documents_left(self, whole: ConsolidatedWorld) -> None:
        whole.consolidate(whole.bill(1), before=SECOND)
        whole.agree(OURS, day=LATER.day, since=START)

        assert whole.due() == []
