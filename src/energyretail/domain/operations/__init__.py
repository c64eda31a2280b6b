"""Running the company: parked items with a reason and a way out, and bill runs."""

from energyretail.domain.operations.bill_chunks import (
    CHUNK_TABLE,
    BillChunk,
    ChunkResult,
    ChunkState,
    ChunkTrigger,
    SupplyRange,
)
from energyretail.domain.operations.bill_runs import (
    CHUNK_SIZE,
    CHUNK_SIZE_MAX,
    RUN_TABLE,
    BillRun,
    BillRunState,
    BillRunTrigger,
    RunProgress,
    chunks_of,
)
from energyretail.domain.operations.work_items import ClosedWorkItem, WorkItem

__all__ = [
    "CHUNK_SIZE",
    "CHUNK_SIZE_MAX",
    "CHUNK_TABLE",
    "RUN_TABLE",
    "BillChunk",
    "BillRun",
    "BillRunState",
    "BillRunTrigger",
    "ChunkResult",
    "ChunkState",
    "ChunkTrigger",
    "ClosedWorkItem",
    "RunProgress",
    "SupplyRange",
    "WorkItem",
    "chunks_of",
]
