"""An SFTP server that shows another host key than the pinned one gets nothing from us."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from company_harness import Company, Life, difference

from energyretail.application.shared import Channel
from energyretail.domain.shared import Fault
from energyretail.entrypoints.sandbox.sftp_server import SandboxSftpServer, generate_host_key

CHANGED = "sftp.host_key_changed"
COLLECTING, METERING, BANKING = date(2026, 3, 26), date(2026, 4, 20), date(2026, 4, 7)
NEXT = {
    COLLECTING: date(2026, 3, 27),
    METERING: date(2026, 4, 21),
    BANKING: date(2026, 4, 8),
}


@contextmanager
def impostor(company: Company, name: str) -> Iterator[SandboxSftpServer]:
    """Let a server with another key answer at a partner's address for the block."""
    server = company.outside.restart_sftp(name, host_key=generate_host_key())
    try:
        yield server
    finally:
        company.outside.start_sftp(name)


def until(company: Company, last: str) -> None:
    """Do the day's steps up to `last`."""
    for name, step in company.container.day_steps().items():
        step()
        if name == last:
            return


def test_a_payment_file_waits_and_is_sent_once_when_the_key_is_right(life: Life) -> None:
    undisturbed = life.rows_at(NEXT[COLLECTING])
    company = life.at(COLLECTING)
    company.open(COLLECTING)
    until(company, "collections")
    with impostor(company, "bank") as server:
        company.relay(Channel.BANK)

        (item,) = company.work_items("outbox")
        assert item.code == CHANGED
        assert (server.authentications, server.bytes_written) == (0, 0)
        assert not list(company.outside.bank_in.iterdir())
        assert company.ask("SELECT DISTINCT state FROM collection") == [("requested",)]
        assert company.ask("SELECT state FROM payment_file") == [("created",)]

    assert company.container.send_again()(Channel.BANK) == 1
    company.close(COLLECTING)

    assert difference(company.rows(), undisturbed) == ([], [])
    (sent,) = company.outside.bank_in.iterdir()
    (kept,) = company.ask("SELECT file_name, content FROM payment_file")
    assert (sent.name, sent.read_bytes()) == (kept.file_name, bytes(kept.content))


@pytest.mark.parametrize(("name", "day"), [("operator", METERING), ("bank", BANKING)])
def test_a_day_waits_for_the_right_key_to_fetch_files(life: Life, name: str, day: date) -> None:
    undisturbed = life.rows_at(NEXT[day])
    company = life.at(day)
    company.open(day)
    step = {"operator": "meter_files", "bank": "bank_files"}[name]
    with impostor(company, name) as server:
        before = company.rows()
        with pytest.raises(Fault) as fault:
            company.container.day_steps()[step]()
        assert (fault.value.code, fault.value.outcome_unknown) == (CHANGED, False)
        assert difference(company.rows(), before) == ([], [])

        with pytest.raises(Fault) as fault:
            company.close(day)
        assert fault.value.code == CHANGED
        assert (server.authentications, server.bytes_written) == (0, 0)

    company.close(day)

    assert difference(company.rows(), undisturbed) == ([], [])
