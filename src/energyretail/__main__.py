"""Lets ``python -m energyretail`` be the command line."""

from energyretail.entrypoints.cli import main

__all__: list[str] = []

main()
