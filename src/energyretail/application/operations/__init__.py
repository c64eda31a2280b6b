"""Running the company: the business day, bill runs, the outbox's relay, jobs that failed."""

from energyretail.application.operations.bill_around_failures import (
    PARKED_RUNBOOK,
    BillAroundFailures,
    BillOfTheDay,
    Bounds,
    BoundsOfARange,
)
from energyretail.application.operations.bill_chunk import BillRunChunk, GiveUpChunk
from energyretail.application.operations.bill_run_ports import (
    BillRuns,
    BillRunShelf,
    BillsARange,
    RangeBilled,
    RunShown,
    SuppliesDue,
)
from energyretail.application.operations.bill_runs import (
    CHUNK_TASK,
    AbortBillRun,
    ResumeBillRun,
    StartBillRun,
)
from energyretail.application.operations.business_day import (
    DAY_TASK,
    DAYS_AHEAD_MAX,
    BeginBusinessDay,
    BusinessDays,
    DayClock,
    OpenBusinessDay,
    StepEnd,
    WalkBusinessDay,
)
from energyretail.application.operations.chunks import Chunk, InChunks
from energyretail.application.operations.close_work_item import CloseWorkItem, WorkItemsToClose
from energyretail.application.operations.forget_answers import ANSWERS_KEPT_DAYS, ForgetAnswers
from energyretail.application.operations.open_day_in_time import OpenDayInTime
from energyretail.application.operations.park_job import ParkJob
from energyretail.application.operations.relay import RelayCounts, RelayLocks, RelayOutbox
from energyretail.application.operations.relayed_outbox import (
    RELAY_TASK,
    RelayedOutbox,
    enqueue_relay,
)
from energyretail.application.operations.send_again import ParkedMessages, SendAgain
from energyretail.application.operations.share_bills import ShareBills
from energyretail.application.operations.shelves import (
    BusinessDayShelf,
    DayShown,
    WorkItemShelf,
    work_item_key,
)

__all__ = [
    "ANSWERS_KEPT_DAYS",
    "CHUNK_TASK",
    "DAYS_AHEAD_MAX",
    "DAY_TASK",
    "PARKED_RUNBOOK",
    "RELAY_TASK",
    "AbortBillRun",
    "BeginBusinessDay",
    "BillAroundFailures",
    "BillOfTheDay",
    "BillRunChunk",
    "BillRunShelf",
    "BillRuns",
    "BillsARange",
    "Bounds",
    "BoundsOfARange",
    "BusinessDayShelf",
    "BusinessDays",
    "Chunk",
    "CloseWorkItem",
    "DayClock",
    "DayShown",
    "ForgetAnswers",
    "GiveUpChunk",
    "InChunks",
    "OpenBusinessDay",
    "OpenDayInTime",
    "ParkJob",
    "ParkedMessages",
    "RangeBilled",
    "RelayCounts",
    "RelayLocks",
    "RelayOutbox",
    "RelayedOutbox",
    "ResumeBillRun",
    "RunShown",
    "SendAgain",
    "ShareBills",
    "StartBillRun",
    "StepEnd",
    "SuppliesDue",
    "WalkBusinessDay",
    "WorkItemShelf",
    "WorkItemsToClose",
    "enqueue_relay",
    "work_item_key",
]
