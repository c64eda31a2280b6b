"""What a broken registry sends to a living company: kept, parked with its reason, no harm done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from company_harness import Company, Life, difference

from energyretail.domain.shared import Fault

DAY, NEXT = date(2026, 3, 11), date(2026, 3, 12)
"""A day on which the registry has answers for us."""

Damage = Callable[[bytes], bytes]
DAMAGES: dict[str, tuple[Damage, str]] = {
    "a DOCTYPE": (
        lambda raw: raw.replace(b"?>", b"?><!DOCTYPE a SYSTEM 'file:///etc/passwd'>", 1),
        "xml.doctype",
    ),
    "a wrong namespace": (lambda raw: raw.replace(b"elegibilidad", b"otra"), "xml.namespace"),
    "its second half missing": (lambda raw: raw[: len(raw) // 2], "xml.malformed"),
    "nothing in it": (lambda _: b"", "xml.malformed"),
    "an unknown process": (
        lambda raw: raw.replace(b"<CodigoDelProceso>C1", b"<CodigoDelProceso>Z9"),
        "registry_es.process_unknown",
    ),
    "an unknown step": (
        lambda raw: raw.replace(b"<CodigoDePaso>0", b"<CodigoDePaso>9"),
        "registry_es.step_unknown",
    ),
    "an unknown request": (
        lambda raw: raw.replace(b">20260300000", b">20269900000"),
        "switching.request.unknown",
    ),
}
each_damage = pytest.mark.parametrize("name", sorted(DAMAGES))


def parked(company: Company) -> list[tuple[bytes, str]]:
    rows = company.ask("SELECT raw, code FROM inbox WHERE source = 'registry' AND state = 'parked'")
    return [(bytes(row.raw), row.code) for row in rows]


def waiting(company: Company) -> dict[str, bytes]:
    """Return what the registry has for us this morning."""
    visible: dict[str, bytes] = company.outside.registry._mailboxes["es"].visible
    assert visible
    return dict(visible)


def kinds(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["kind"] for row in rows)


class TestABadMessage:
    @each_damage
    def test_is_parked_and_the_day_ends_as_without_it(self, life: Life, name: str) -> None:
        damage, code = DAMAGES[name]
        undisturbed = life.rows_at(NEXT)
        company = life.at(DAY)
        company.open(DAY)
        good = waiting(company)
        bad = damage(next(iter(good.values())))
        company.outside.registry.put("es", "0-bad", bad)

        company.close(DAY)

        missing, besides = difference(company.rows(), undisturbed)
        assert missing == []
        assert kinds(besides) == ["arrival", "work_item"]
        assert parked(company) == [(bad, code)]
        (item,) = company.work_items("registry_message")
        assert (item.code, item.raised_on) == (code, DAY)
        assert not company.outside.registry.inbox("es", 10).messages

    @each_damage
    def test_leaves_room_for_the_right_one(self, life: Life, name: str) -> None:
        damage, code = DAMAGES[name]
        undisturbed = life.rows_at(NEXT)
        company = life.at(DAY)
        company.open(DAY)
        receipt, whole = next(iter(waiting(company).items()))
        company.outside.registry.put("es", receipt, damage(whole))
        company.container.day_steps()["registry"]()

        company.outside.registry.put("es", receipt, whole)
        company.close(DAY)

        missing, besides = difference(company.rows(), undisturbed)
        assert missing == []
        assert kinds(besides) == ["arrival", "work_item"]
        assert [kept for _, kept in parked(company)] == [code]


class TestAMessageSeenBefore:
    def test_changes_nothing(self, life: Life) -> None:
        undisturbed = life.rows_at(NEXT)
        company = life.at(DAY)
        company.open(DAY)
        messages = waiting(company)
        company.container.day_steps()["registry"]()
        for receipt, raw in messages.items():
            company.outside.registry.put("es", receipt, raw)
            company.outside.registry.put("es", f"again-{receipt}", raw)

        company.container.day_steps()["registry"]()
        company.close(DAY)

        assert difference(company.rows(), undisturbed) == ([], [])

    def test_is_parked_when_it_says_something_else(self, life: Life) -> None:
        undisturbed = life.rows_at(NEXT)
        company = life.at(DAY)
        company.open(DAY)
        receipt, raw = next(iter(waiting(company).items()))
        company.container.day_steps()["registry"]()
        other = raw.replace(b"</FechaSolicitud>", b"+01:00</FechaSolicitud>")
        assert other != raw
        company.outside.registry.put("es", receipt, other)

        company.container.day_steps()["registry"]()
        company.close(DAY)

        missing, besides = difference(company.rows(), undisturbed)
        assert missing == []
        assert kinds(besides) == ["arrival", "work_item"]
        assert parked(company) == [(other, "inbox.key_reused")]


class TestARegistryThatFails:
    def test_stops_the_day_which_goes_on_when_it_is_back(self, life: Life) -> None:
        undisturbed = life.rows_at(NEXT)
        company = life.at(DAY)
        company.open(DAY)
        before = company.rows()
        mailboxes = company.outside.registry._mailboxes
        away = mailboxes.pop("es")

        with pytest.raises(Fault) as fault:
            company.close(DAY)

        assert fault.value.code == "registry.status"
        assert difference(company.rows(without=("outbox", "erp_customers")), before)[1] == []
        mailboxes["es"] = away
        company.close(DAY)
        assert difference(company.rows(), undisturbed) == ([], [])
