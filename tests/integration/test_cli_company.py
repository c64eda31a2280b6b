"""The company's days and its work list from the command line."""

from __future__ import annotations

import json
from datetime import date

import pytest

from energyretail.adapters.postgres.database import Database, PostgresWork
from energyretail.adapters.postgres.outbox import PostgresOutbox
from energyretail.adapters.postgres.work_list import PostgresWorkList
from energyretail.application.shared import Channel, Delivery, DeliveryState, Message
from energyretail.domain.operations import WorkItem
from energyretail.entrypoints.cli.app import run
from energyretail.entrypoints.cli.exit_codes import ExitCode
from energyretail.testing.conformance.held_bills import held_bill_of
from energyretail.testing.deposit_worlds import postgres_held_bills_world


@pytest.fixture
def company(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("DATABASE_URL", database.url)
    return database


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict:
    assert run([*arguments, "--json"]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


@pytest.mark.usefixtures("company")
class TestDay:
    def test_opens_and_leaves_its_steps_to_a_worker(self, capsys):
        opened = told(capsys, "day", "open", "2026-03-02")

        assert opened["day"] == "2026-03-02"
        assert not opened["closed"]
        assert opened["steps_done"] == []
        assert opened["steps_left"][0] == "registry"
        assert told(capsys, "day", "show") == opened

    def test_never_goes_back(self, capsys):
        told(capsys, "day", "open", "2026-03-02")

        assert run(["day", "open", "2026-03-01"]) == ExitCode.REFUSED
        assert "clock.backwards" in capsys.readouterr().err

    def test_is_not_left_before_it_is_closed(self, capsys):
        told(capsys, "day", "open", "2026-03-02")

        assert run(["day", "open", "2026-03-03"]) == ExitCode.REFUSED
        assert "day.previous_open" in capsys.readouterr().err
        assert told(capsys, "day", "show")["day"] == "2026-03-02"

    def test_is_not_there_before_the_first(self, capsys):
        assert run(["day", "show"]) == ExitCode.REFUSED
        assert "clock.not_set" in capsys.readouterr().err


class TestWork:
    def test_lists_what_was_parked_with_its_way_out(self, company, capsys):
        item = WorkItem("switch", "1", "switching.rejected.01", "no such", "ask", date(2026, 3, 2))
        with PostgresWork(company)() as transaction:
            PostgresWorkList(company).add([item])
            transaction.commit()

        (listed,) = told(capsys, "work")["items"]

        assert (listed["code"], listed["way_out"]) == (item.code, item.way_out)
        assert told(capsys, "work", "--kind", "billing")["items"] == []
        assert run(["work"]) == ExitCode.OK
        assert "switching.rejected.01" in capsys.readouterr().out


class TestHeld:
    def test_is_released_by_two_people(self, company, capsys):
        held = held_bill_of(1)
        postgres_held_bills_world(company).save(held)
        told(capsys, "day", "open", "2026-05-07")
        said = [held.key, "--reason", "seen", "--by"]

        (listed,) = told(capsys, "held", "list", "--state", "held")["items"]
        released = told(capsys, "held", "release", *said, "Ana", "--seen", "1")
        assert run(["held", "confirm", *said, "ana", "--seen", "2"]) == ExitCode.REFUSED
        assert "billing.held_bill.same_person" in capsys.readouterr().err
        confirmed = told(capsys, "held", "confirm", *said, "Luis", "--seen", "2")
        rejected = told(capsys, "held", "reject", *said, "Eva", "--seen", "3")

        assert (listed["key"], listed["state"], listed["version"]) == (held.key, "held", 1)
        assert released["released"] == "Ana, 2026-05-07: seen"
        assert (confirmed["state"], rejected["state"]) == ("confirmed", "rejected")
        assert told(capsys, "held", "show", held.key) == rejected
        assert run(["held", "list"]) == run(["held", "show", held.key]) == ExitCode.OK
        assert "billing.implausible.energy_times_10" in capsys.readouterr().out
        assert run(["held", "show", "none"]) == ExitCode.REFUSED


class TestSendAgain:
    def test_lets_parked_messages_wait_for_their_relay_again(self, company, capsys):
        outbox = PostgresOutbox(company)
        message = Message(Channel.ERP, "entry", "invoice:F26-000001")
        with PostgresWork(company)() as transaction:
            outbox.add([message])
            outbox.claim(Channel.ERP, limit=1)
            outbox.settle([Delivery(message, DeliveryState.PARKED, "erp.unreachable", "gone")])
            transaction.commit()

        assert outbox.waiting() == 0
        assert told(capsys, "send-again", "erp") == {"channel": "erp", "released": 1}
        assert outbox.waiting() == 1
        assert told(capsys, "send-again", "erp")["released"] == 0


class TestApi:
    @pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.1", "::", "example.org"])
    @pytest.mark.usefixtures("company")
    def test_listens_to_nobody_outside_this_machine(self, capsys, address):
        assert run(["api", "--host", address]) == ExitCode.REFUSED
        assert "api.no_identity" in capsys.readouterr().err
