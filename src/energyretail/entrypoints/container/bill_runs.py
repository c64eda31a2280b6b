"""Bill runs: planned, done chunk by chunk, watched."""

from __future__ import annotations

import time

from dependency_injector import providers

from energyretail.adapters.postgres.bill_run_shelves import PostgresBillRunShelf
from energyretail.adapters.postgres.bill_runs import PostgresBillRuns
from energyretail.adapters.postgres.queue_age import PostgresQueue
from energyretail.application import operations
from energyretail.entrypoints.container.days import Days
from energyretail.entrypoints.container.stores import Stores

__all__ = ["BillRunning"]

One = providers.Singleton


class BillRunning(Days):
    """The use cases of bill runs."""

    bill_run_rows = One(PostgresBillRuns, Stores.database)
    bill_run_shelf = One(PostgresBillRunShelf, Stores.database)
    queue = One(PostgresQueue, Stores.database)

    start_bill_run = One(
        operations.StartBillRun,
        work=Stores.work,
        clock=Stores.clock,
        numbers=Stores.numbers,
        runs=bill_run_rows,
        supplies=Days.supplies_due,
        jobs=Stores.jobs,
    )
    resume_bill_run = One(
        operations.ResumeBillRun,
        work=Stores.work,
        clock=Stores.clock,
        runs=bill_run_rows,
        jobs=Stores.jobs,
    )
    abort_bill_run = One(operations.AbortBillRun, work=Stores.work, runs=bill_run_rows)
    bill_run_chunk = One(
        operations.BillRunChunk,
        work=Stores.work,
        whole=Days.whole,
        clock=Stores.clock,
        runs=bill_run_rows,
        bill=Days.bills_a_range,
        seconds=providers.Object(time.monotonic),
    )
    give_up_chunk = One(operations.GiveUpChunk, work=Stores.work, runs=bill_run_rows)
