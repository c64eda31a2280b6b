"""Kernels of rate programs, executed over thousands of services at once."""

from energyretail.adapters.columnar.alike import ColumnarRating
from energyretail.adapters.columnar.batches import Batch, Priced, price
from energyretail.adapters.columnar.execute import Columns, execute

__all__ = ["Batch", "ColumnarRating", "Columns", "Priced", "execute", "price"]
