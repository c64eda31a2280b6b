"""Public tariffs in foreign formats, turned into documents of the tariff format."""

from energyretail.adapters.tariff_sources.formats import FORMATS, TariffFormat, import_tariffs
from energyretail.adapters.tariff_sources.france_turpe import read_france_turpe
from energyretail.adapters.tariff_sources.imported import Document, Imported, Note
from energyretail.adapters.tariff_sources.ofgem_cap import read_ofgem_cap
from energyretail.adapters.tariff_sources.open_energy_tariffs import (
    read_open_energy_tariffs,
    tariff_of_entry,
)
from energyretail.adapters.tariff_sources.spain_tolls import read_spain_tolls

__all__ = [
    "FORMATS",
    "Document",
    "Imported",
    "Note",
    "TariffFormat",
    "import_tariffs",
    "read_france_turpe",
    "read_ofgem_cap",
    "read_open_energy_tariffs",
    "read_spain_tolls",
    "tariff_of_entry",
]
