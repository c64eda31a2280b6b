"""A real Postgres with nothing to install: found, started, watched and stopped by us."""

from energyretail.adapters.postgres.server.binaries import Binaries, find_binaries
from energyretail.adapters.postgres.server.controller import RunningPostgres, open_postgres
from energyretail.adapters.postgres.server.scratch import scratch_database

__all__ = ["Binaries", "RunningPostgres", "find_binaries", "open_postgres", "scratch_database"]
