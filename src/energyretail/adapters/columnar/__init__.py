"""Kernels of rate programs, executed over thousands of services at once."""

from energyretail.adapters.columnar.alike import ColumnarRating
from energyretail.adapters.columnar.batches import Batch, LeftOut, Priced, price
from energyretail.adapters.columnar.execute import Columns, execute

__all__ = ["Batch", "ColumnarRating", "Columns", "LeftOut", "Priced", "execute", "price"]
