"""A worker of bill runs that meets pills: ``python worker.py URL SECONDS BYTES``.

SECONDS and BYTES are what billing a range may take, beside a moment a supply.
"""

from __future__ import annotations

import sys

from dependency_injector import providers
from pydantic import SecretStr

from energyretail.application.operations import CHUNK_TASK, RELAY_TASK, BoundsOfARange
from energyretail.entrypoints.container import container_of
from energyretail.entrypoints.logs import configure_logs
from energyretail.entrypoints.settings import Settings
from energyretail.entrypoints.worker import run_worker
from energyretail.entrypoints.worker.tasks import bill_chunk_of, given_up_of
from poison_pills.pills import PoisonedBills, PoisonedRating

_SECONDS_A_SUPPLY = 0.005
_HEARTBEAT_SECONDS = 0.3


def stay(channel: str) -> None:
    """Leave the messages where they are: no partner listens."""


if __name__ == "__main__":
    configure_logs()
    url, seconds, bytes_more = sys.argv[1:]
    container = container_of(Settings(database_url=SecretStr(url)))
    allowed = BoundsOfARange(
        seconds=float(seconds), seconds_a_supply=_SECONDS_A_SUPPLY, bytes_more=int(bytes_more)
    )
    container.bounds_of_a_range.override(providers.Object(allowed))
    container.bulk_bills.override(providers.Singleton(PoisonedBills, container.database))
    container.bulk_rating.override(providers.Singleton(PoisonedRating, url))
    # Small, so that a page is rated while the next is read.
    container.bill_due_supplies.add_kwargs(page_size=10)
    run_worker(
        url,
        {CHUNK_TASK: bill_chunk_of(container), RELAY_TASK: stay},
        concurrency=1,
        heartbeat_s=_HEARTBEAT_SECONDS,
        given_up=given_up_of(container),
    )
