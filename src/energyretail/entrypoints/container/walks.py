"""The business day: opened, walked step by step, in time if the settings say when."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time
from time import sleep

from dependency_injector import providers

from energyretail.application import operations
from energyretail.domain.markets import SPAIN
from energyretail.entrypoints.container.bill_runs import BillRunning
from energyretail.entrypoints.container.choices import Choices
from energyretail.entrypoints.container.stores import Stores
from energyretail.entrypoints.logs import logged
from energyretail.entrypoints.settings import Settings

__all__ = ["Walks"]

One = providers.Singleton


def _logged_steps(**steps: Callable[[], object]) -> dict[str, Callable[[], object]]:
    return {name: logged(name, step, ended=_ended) for name, step in steps.items()}


def _ended(found: object) -> str:
    return found.value if isinstance(found, operations.StepEnd) else "done"


def _opens_days_at(settings: Settings) -> time | None:
    return settings.worker.opens_days_at


class Walks(BillRunning):
    """The steps of a business day in their order, and who goes through them when."""

    day_steps = One(
        _logged_steps,
        registry=BillRunning.receive_registry,
        signatures=BillRunning.receive_signatures,
        meter_files=BillRunning.receive_meter_files,
        bank_files=BillRunning.receive_bank_files,
        contracts=BillRunning.advance_contracts,
        deadlines=BillRunning.watch_deadlines,
        estimates=BillRunning.estimate_readings,
        corrections=One(operations.InChunks, BillRunning.correct_invoices),
        bill_run=One(
            operations.ShareBills,
            clock=Stores.clock,
            shelf=BillRunning.bill_run_shelf,
            start=BillRunning.start_bill_run,
        ),
        billing=One(operations.InChunks, BillRunning.bill_of_the_day),
        settlements=One(operations.InChunks, BillRunning.settle_plans),
        advances=One(operations.InChunks, BillRunning.ask_advances),
        consolidations=One(operations.InChunks, BillRunning.consolidate_due),
        final_bills=One(operations.InChunks, BillRunning.watch_final_bills),
        stray_items=One(operations.InChunks, BillRunning.watch_stray_items),
        deposits=One(operations.InChunks, BillRunning.tend_deposits),
        credits=BillRunning.allocate_credits,
        refunds=One(operations.InChunks, BillRunning.watch_refunds),
        collections=BillRunning.collect_due_items,
        answers=One(
            operations.ForgetAnswers, work=Stores.work, clock=Stores.clock, once=Stores.once
        ),
    )
    open_day = One(
        operations.OpenBusinessDay, work=Stores.work, clock=Stores.clock, days=Stores.days
    )
    begin_day = One(
        operations.BeginBusinessDay, work=Stores.work, days=Stores.days, jobs=Stores.jobs
    )
    walk_day = One(
        operations.WalkBusinessDay,
        work=Stores.work,
        clock=Stores.clock,
        days=Stores.days,
        jobs=Stores.jobs,
        outbox=Stores.outbox,
        steps=day_steps,
        pause=providers.Object(sleep),
    )
    open_day_in_time = One(
        operations.OpenDayInTime,
        clock=Stores.clock,
        days=Stores.days,
        runs=BillRunning.bill_run_shelf,
        open_day=open_day,
        begin_day=begin_day,
        now=providers.Object(lambda: datetime.now(UTC)),
        zone=providers.Object(SPAIN.zone),
        at=One(_opens_days_at, Choices.settings),
    )
