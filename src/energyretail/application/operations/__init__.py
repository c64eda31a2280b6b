"""Running the company: the business day, the outbox's relay, jobs that failed."""

from energyretail.application.operations.business_day import (
    DAY_TASK,
    DAYS_AHEAD_MAX,
    BeginBusinessDay,
    BusinessDays,
    DayClock,
    OpenBusinessDay,
    WalkBusinessDay,
)
from energyretail.application.operations.chunks import Chunk, InChunks
from energyretail.application.operations.close_work_item import CloseWorkItem, WorkItemsToClose
from energyretail.application.operations.forget_answers import ANSWERS_KEPT_DAYS, ForgetAnswers
from energyretail.application.operations.park_job import ParkJob
from energyretail.application.operations.relay import RelayCounts, RelayLocks, RelayOutbox
from energyretail.application.operations.relayed_outbox import (
    RELAY_TASK,
    RelayedOutbox,
    enqueue_relay,
)
from energyretail.application.operations.send_again import ParkedMessages, SendAgain
from energyretail.application.operations.shelves import (
    BusinessDayShelf,
    DayShown,
    WorkItemShelf,
    work_item_key,
)

__all__ = [
    "ANSWERS_KEPT_DAYS",
    "DAYS_AHEAD_MAX",
    "DAY_TASK",
    "RELAY_TASK",
    "BeginBusinessDay",
    "BusinessDayShelf",
    "BusinessDays",
    "Chunk",
    "CloseWorkItem",
    "DayClock",
    "DayShown",
    "ForgetAnswers",
    "InChunks",
    "OpenBusinessDay",
    "ParkJob",
    "ParkedMessages",
    "RelayCounts",
    "RelayLocks",
    "RelayOutbox",
    "RelayedOutbox",
    "SendAgain",
    "WalkBusinessDay",
    "WorkItemShelf",
    "WorkItemsToClose",
    "enqueue_relay",
    "work_item_key",
]
