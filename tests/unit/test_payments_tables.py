"""The tables of payments: every (state, trigger) is a row or a named refusal."""

from __future__ import annotations

import csv
import os
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import attrs
import holidays
import pytest

from energyretail.domain import payments
from energyretail.domain.shared import CreditorIdentifier, Iban, Invalid, Refused
from energyretail.testing.conformance.payments import collection, mandate

SAMPLES = (
    Path(os.environ.get("ENERGYRETAIL_DATA", Path(__file__).parents[3] / "shared" / "data"))
    / "payments"
)


@pytest.mark.parametrize(
    ("state", "trigger"), list(product(payments.CollectionState, payments.CollectionTrigger))
)
def test_every_collection_state_and_trigger_is_a_row_or_a_refusal(
    state: payments.CollectionState, trigger: payments.CollectionTrigger
) -> None:
    if payments.COLLECTIONS.allows(state, trigger):
        assert payments.COLLECTIONS.after(state, trigger) is not state
    else:
        with pytest.raises(Refused) as refused:
            payments.COLLECTIONS.after(state, trigger)
        assert refused.value.code == "payments.collection.not_allowed"


def test_a_collection_ends_returned_or_rejected_and_a_paid_one_is_never_final() -> None:
    assert payments.COLLECTIONS.finals() == {
        payments.CollectionState.RETURNED,
        payments.CollectionState.REJECTED,
    }


def test_a_mandate_ends_for_ever() -> None:
    ended = mandate().after(payments.MandateTrigger.END)

    for trigger in payments.MandateTrigger:
        with pytest.raises(Refused, match=r"payments\.mandate\.not_allowed"):
            ended.after(trigger)


def test_a_suspended_mandate_is_of_no_use_until_it_resumes() -> None:
    suspended = mandate().after(payments.MandateTrigger.SUSPEND)

    assert not suspended.usable(date(2026, 4, 30))
    assert suspended.after(payments.MandateTrigger.RESUME).usable(date(2026, 4, 30))


def test_a_mandate_dies_36_months_after_its_last_use() -> None:
    signed = mandate()
    used = signed.used(date(2026, 4, 30))

    assert signed.usable(date(2029, 3, 2))
    assert not signed.usable(date(2029, 3, 3))
    assert used.usable(date(2029, 4, 30))
    assert not used.usable(date(2029, 5, 1))


def test_the_first_use_of_a_mandate_is_first_and_the_others_recurrent() -> None:
    used = mandate().used(date(2026, 4, 30))

    assert mandate().next_sequence is payments.Sequence.FIRST
    assert used.next_sequence is payments.Sequence.RECURRENT
    assert used.used(date(2026, 5, 29)).first_used == date(2026, 4, 30)


def test_every_published_reason_code_has_a_row() -> None:
    path = SAMPLES / "reason_codes.csv"
    if not path.exists():
        pytest.skip("the published reason codes are not on this machine")
    rows = {row["code"]: row for row in csv.DictReader(path.open())}
    ours = {reason.code: reason for reason in payments.RETURN_REASONS}

    assert set(ours) == set(rows)
    assert {c for c, row in rows.items() if row["retry"] == "yes"} == {
        code for code, reason in ours.items() if reason.again
    }


@pytest.mark.parametrize(
    ("code", "again", "trigger"),
    [
        ("AM04", True, None),
        ("MS03", True, None),
        ("MD06", False, None),
        ("AC01", False, payments.MandateTrigger.SUSPEND),
        ("AC04", False, payments.MandateTrigger.SUSPEND),
        ("MD01", False, payments.MandateTrigger.END),
        ("MD07", False, payments.MandateTrigger.END),
        ("ZZ99", False, None),
    ],
)
def test_a_reason_says_what_follows(
    code: str, again: bool, trigger: payments.MandateTrigger | None
) -> None:
    reason = payments.return_reason(code, on=date(2026, 5, 5))

    assert (reason.again, reason.mandate) == (again, trigger)
    assert bool(reason.way_out) is not again


def test_a_reason_before_its_table_is_unknown() -> None:
    assert payments.return_reason("AM04", on=date(2010, 1, 1)).again is False


def test_the_run_is_three_target_days_before_the_last_one_of_the_month() -> None:
    closed = holidays.financial_holidays("ECB", years=range(2026, 2036))
    day = date(2026, 1, 1)
    while day < date(2036, 1, 1):
        due_on = payments.month_end_due_date(day)
        until_month_end = (due_on + timedelta(days=n) for n in range(1, 8))

        assert due_on.weekday() < 5
        assert due_on not in closed
        assert not any(
            d.month == day.month and d.weekday() < 5 and d not in closed for d in until_month_end
        )
        expected = due_on if payments.run_day(due_on) <= day < due_on else None
        assert payments.due_date_to_collect(day) == expected
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("due_on", "run_on"),
    [
        (date(2026, 3, 31), date(2026, 3, 26)),
        (date(2026, 4, 30), date(2026, 4, 27)),
        (date(2026, 12, 31), date(2026, 12, 28)),
        (date(2027, 3, 31), date(2027, 3, 24)),
    ],
)
def test_the_run_skips_weekends_and_easter(due_on: date, run_on: date) -> None:
    assert payments.month_end_due_date(run_on) == due_on
    assert payments.run_day(due_on) == run_on


@pytest.mark.parametrize("value", ["", "x" * 36, "/a", "a/", "a//b", "é", "a b", "a&b"])
def test_refuses_a_reference_a_bank_would_change(value: str) -> None:
    with pytest.raises(Invalid, match=r"payments\.reference\."):
        payments.check_reference(value)


@pytest.mark.parametrize("value", ["K000001-1", "F26-000001-3", "a/b?c:(d).,'+-", "x" * 35])
def test_takes_a_reference_every_bank_carries(value: str) -> None:
    assert payments.check_reference(value) == value


def test_a_message_id_is_made_of_creditor_due_date_and_run() -> None:
    creditor = payments.Creditor(
        "L" * 17,
        CreditorIdentifier("ES23ZZZ47690558N"),
        payments.Party("Luma", "Madrid", "ES"),
        Iban.of_account("ES", "21000418450200051332"),
    )
    msg_id = payments.message_id(creditor, due_on=date(2026, 4, 30), run=99)

    assert msg_id == f"{'L' * 17}-20260430-99"
    assert len(payments.check_reference(f"{msg_id}-FRST")) == 34


def test_refuses_a_creditor_code_that_cannot_be_a_file_name() -> None:
    with pytest.raises(Invalid, match=r"payments\.creditor\.code"):
        payments.Creditor(
            "a/b",
            CreditorIdentifier("ES23ZZZ47690558N"),
            payments.Party("Luma", "Madrid", "ES"),
            Iban.of_account("ES", "21000418450200051332"),
        )


def test_refuses_to_collect_nothing() -> None:
    with pytest.raises(Invalid, match=r"payments\.collection\.amount"):
        collection(cents=0)


@pytest.mark.parametrize(
    ("state", "reason", "day"),
    [
        (payments.CollectionState.RETURNED, None, None),
        (payments.CollectionState.REJECTED, "AM04", None),
        (payments.CollectionState.RETURNED_EARLY, None, date(2026, 4, 30)),
        (payments.CollectionState.COLLECTED, "AM04", date(2026, 4, 30)),
    ],
)
def test_tells_reason_and_day_of_what_was_given_back_and_of_nothing_else(
    state: payments.CollectionState, reason: str | None, day: date | None
) -> None:
    with pytest.raises(Invalid, match=r"payments\.collection\.reason"):
        attrs.evolve(collection(), state=state, reason=reason, returned_on=day)


@pytest.mark.parametrize(
    ("before", "after"), list(product(payments.CollectionState, payments.CollectionState))
)
def test_moves_by_a_row_that_asks_for_no_reason_or_not_at_all(
    before: payments.CollectionState, after: payments.CollectionState
) -> None:
    allowed = {
        ("requested", "sent"),
        ("requested", "collected"),
        ("sent", "collected"),
        ("returned_early", "returned"),
    }

    if (before.value, after.value) in allowed:
        payments.check_move(before, after)
    else:
        with pytest.raises(Refused, match=r"payments\.collection\.move"):
            payments.check_move(before, after)


@pytest.mark.parametrize("use", [(date(2026, 4, 30), None), (date(2026, 5, 4), date(2026, 5, 1))])
def test_refuses_a_mandate_used_out_of_order(use: tuple[date, date | None]) -> None:
    with pytest.raises(Invalid, match=r"payments\.mandate\.use"):
        attrs.evolve(mandate(), first_used=use[0], last_used=use[1])
