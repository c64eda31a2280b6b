"""One bill run shared by worker processes on one database, and what each of them did."""

from shared_runs.sharing import Shared, shared_run

__all__ = ["Shared", "shared_run"]
