"""What a person must look at: parked items with a reason and a way out."""

from energyretail.domain.operations.work_items import WorkItem

__all__ = ["WorkItem"]
