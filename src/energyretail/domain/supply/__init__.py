"""Supply points, and who supplies them over time."""

from energyretail.domain.supply.supplies import (
    SUPPLY_TABLE,
    Site,
    Supply,
    SupplyState,
    SupplyTrigger,
)

__all__ = ["SUPPLY_TABLE", "Site", "Supply", "SupplyState", "SupplyTrigger"]
