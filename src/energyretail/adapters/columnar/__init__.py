"""Kernels of rate programs, executed over thousands of services at once."""

from energyretail.adapters.columnar.execute import Columns, execute

__all__ = ["Columns", "execute"]
