"""What a person must look at: parked items with a reason and a way out."""

from energyretail.domain.operations.work_items import ClosedWorkItem, WorkItem

__all__ = ["ClosedWorkItem", "WorkItem"]
