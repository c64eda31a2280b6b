"""Bill runs: planned, done chunk by chunk, watched."""

from __future__ import annotations

import time

from dependency_injector import providers

from energyretail.adapters.postgres.bill_run_shelves import PostgresBillRunShelf
from energyretail.adapters.postgres.bill_runs import PostgresBillRuns, PostgresSuppliesDue
from energyretail.adapters.postgres.database import PostgresWhole
from energyretail.adapters.postgres.queue_age import PostgresQueue
from energyretail.adapters.shared.bounded import bounded
from energyretail.application import operations
from energyretail.entrypoints.container.days import Days
from energyretail.entrypoints.container.stores import Stores

__all__ = ["BillRunning"]

One = providers.Singleton


class BillRunning(Days):
    """The use cases of bill runs; what bills a range of supplies may be another than here."""

    bill_run_rows = One(PostgresBillRuns, Stores.database)
    bill_run_shelf = One(PostgresBillRunShelf, Stores.database)
    queue = One(PostgresQueue, Stores.database)
    supplies_due = One(PostgresSuppliesDue, Stores.database)
    bounds_of_a_range = providers.Object(operations.BoundsOfARange())
    bills_a_range: providers.Provider[operations.BillsARange] = One(
        operations.BillAroundFailures,
        work=Stores.work,
        bill=Days.bill_due_supplies,
        supplies=supplies_due,
        work_list=Stores.work_list,
        bounds=providers.Object(bounded),
        allowed=bounds_of_a_range,
    )

    start_bill_run = One(
        operations.StartBillRun,
        work=Stores.work,
        clock=Stores.clock,
        numbers=Stores.numbers,
        runs=bill_run_rows,
        supplies=supplies_due,
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
        whole=One(PostgresWhole, Stores.database),
        clock=Stores.clock,
        runs=bill_run_rows,
        bill=bills_a_range,
        seconds=providers.Object(time.monotonic),
    )
    give_up_chunk = One(operations.GiveUpChunk, work=Stores.work, runs=bill_run_rows)
