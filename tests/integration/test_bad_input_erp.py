"""An ERP that faults, falls silent or is away, over real SOAP: each entry is posted once."""

from __future__ import annotations

from datetime import date
from typing import Any

import attrs
import pytest
from company_harness import Company, Life, difference

from energyretail.adapters.simulated.erp import ErpMishap
from energyretail.application.shared import Channel
from energyretail.domain.shared import Period
from energyretail.entrypoints.sandbox.erp import ErpControl

DAY, NEXT = date(2026, 4, 20), date(2026, 4, 21)
"""On the first of them a company is billed, and the bill posted to the ERP."""

KEY = "invoice:F26-000006"
ACTED = (ErpMishap.SILENCE, ErpMishap.CUT, ErpMishap.BREAKDOWN)
CODES = {
    ErpMishap.SILENCE: "erp.no_answer",
    ErpMishap.UNHEARD: "erp.no_answer",
    ErpMishap.CUT: "erp.broken_answer",
    ErpMishap.BREAKDOWN: "erp.fault.internal",
    ErpMishap.UNAVAILABLE: "erp.fault.unavailable",
}


def shape(rows: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((row["kind"], row.get("code", "")) for row in rows)


def play(company: Company, mishap: ErpMishap | None, calls: int) -> None:
    company.outside.erp.control(ErpControl(mishap=mishap, calls=calls))


def asked(company: Company, operation: str) -> int:
    """Return how often the ERP was asked about our entry since the morning."""
    return company.outside.erp.calls(operation).get(KEY, 0)


@pytest.mark.parametrize("mishap", ErpMishap)
class TestAnErpThat:
    def test_fails_once_has_the_entry_once(self, life: Life, mishap: ErpMishap) -> None:
        undisturbed = life.rows_at(NEXT)
        company = life.at(DAY)
        company.open(DAY)
        play(company, mishap, 1)

        company.close(DAY)

        assert difference(company.rows(), undisturbed) == ([], [])
        assert asked(company, "PostEntry") == (1 if mishap in ACTED else 2)
        assert asked(company, "FindPosting") == (0 if mishap is ErpMishap.UNAVAILABLE else 1)

    def test_keeps_failing_has_the_entry_once_when_it_is_well_again(
        self, life: Life, mishap: ErpMishap
    ) -> None:
        undisturbed = life.rows_at(NEXT)
        company = life.at(DAY)
        company.open(DAY)
        play(company, mishap, 5)
        company.close(DAY)
        code = CODES[mishap]
        missing, besides = difference(company.rows(), undisturbed)
        never_came = [] if mishap in ACTED else [("erp_entry", "")]
        assert shape(missing) == [*never_came, ("outbox", "")]
        assert shape(besides) == [("outbox", ""), ("work_item", code)]
        assert [item.key for item in company.work_items("outbox")] == [f"erp/entry/{KEY}"]

        assert company.container.send_again()(Channel.ERP) == 1
        company.close(DAY)
        company.relay(Channel.ERP)

        assert difference(company.rows(), undisturbed) == ([], [])
        if mishap in ACTED:
            assert asked(company, "PostEntry") == 1


def test_an_erp_away_for_days_gets_all_of_them_when_it_is_back(life: Life) -> None:
    days = Period(date(2026, 4, 18), date(2026, 4, 22))
    undisturbed = life.rows_at(date(2026, 4, 22))
    company = life.at(days.start)
    play(company, ErpMishap.UNAVAILABLE, 10_000)
    company.live(days)
    parked = company.work_items("outbox")
    assert [item.code for item in parked] == ["erp.fault.unavailable"] * 3
    play(company, None, 0)

    assert company.container.send_again()(Channel.ERP) == 3
    company.relay(Channel.ERP)

    assert difference(company.rows(), undisturbed) == ([], [])
    assert company.container.send_again()(Channel.ERP) == 0


def test_an_entry_that_somebody_else_made_under_our_key_is_left_alone(life: Life) -> None:
    undisturbed = life.rows_at(NEXT)
    (ours,) = (each for each in life.at(NEXT).outside.erp.erp.entries() if each.key == KEY)
    company = life.at(DAY)
    company.outside.erp.erp.post(attrs.evolve(ours, text="by hand"))
    company.open(DAY)
    company.close(DAY)

    missing, besides = difference(company.rows(), undisturbed)
    assert shape(missing) == [("erp_entry", ""), ("outbox", "")]
    assert shape(besides) == [
        ("erp_entry", ""), ("outbox", ""), ("work_item", "erp.key_reused"),
    ]  # fmt: skip
