"""A worker of bill runs to be started and killed: ``python worker.py URL HEARTBEAT SERIES...``."""

from __future__ import annotations

import sys

from pydantic import SecretStr

from energyretail.application.operations import CHUNK_TASK, RELAY_TASK
from energyretail.entrypoints.container import container_of
from energyretail.entrypoints.logs import configure_logs
from energyretail.entrypoints.settings import Retailer, Settings
from energyretail.entrypoints.worker import run_worker
from energyretail.entrypoints.worker.tasks import bill_chunk_of, given_up_of


def stay(channel: str) -> None:
    """Leave the messages where they are: no partner listens."""


if __name__ == "__main__":
    configure_logs()
    url = sys.argv[1]
    retailer = Retailer(invoice_series_beside=tuple(sys.argv[3:]))
    container = container_of(Settings(database_url=SecretStr(url), retailer=retailer))
    run_worker(
        url,
        {CHUNK_TASK: bill_chunk_of(container), RELAY_TASK: stay},
        concurrency=1,
        heartbeat_s=float(sys.argv[2]),
        given_up=given_up_of(container),
    )
