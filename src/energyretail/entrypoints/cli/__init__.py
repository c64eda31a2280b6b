"""The command line; importing it needs the library's own packages alone."""

from energyretail.entrypoints.cli.app import main, run

__all__ = ["main", "run"]
