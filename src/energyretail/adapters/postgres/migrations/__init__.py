"""The schema's history: plain SQL files, up and down, run by alembic."""

from energyretail.adapters.postgres.migrations.runner import Status, downgrade, status, upgrade

__all__ = ["Status", "downgrade", "status", "upgrade"]
