"""The process that runs what is due: jobs of the queue, and with them the outbox's relay."""

from energyretail.entrypoints.worker.garbage import collect_seldom, collect_young
from energyretail.entrypoints.worker.policy import RetryPolicy
from energyretail.entrypoints.worker.run import run_worker

__all__ = ["RetryPolicy", "collect_seldom", "collect_young", "run_worker"]
