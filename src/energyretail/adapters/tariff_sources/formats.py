"""The formats of public tariffs that can be imported, by the names people give them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import attrs

from energyretail.adapters.tariff_sources import france_turpe, ofgem_cap, spain_tolls
from energyretail.adapters.tariff_sources.imported import Imported
from energyretail.adapters.tariff_sources.open_energy_tariffs import read_open_energy_tariffs
from energyretail.domain.shared import Invalid, NotFound

__all__ = ["FORMATS", "TariffFormat", "import_tariffs"]


@attrs.frozen
class TariffFormat:
    """How a format is read: `files` are the names of its files, none for any ``.json``."""

    title: str
    files: tuple[str, ...]
    read: Callable[[Mapping[str, str]], Imported]


FORMATS: Final[Mapping[str, TariffFormat]] = MappingProxyType(
    {
        "open-energy-tariffs": TariffFormat(
            "Open Energy Tariffs, schema 1", (), read_open_energy_tariffs
        ),
        "ofgem-cap": TariffFormat("Ofgem's price cap", ofgem_cap.FILES, ofgem_cap.read_ofgem_cap),
        "spain-tolls": TariffFormat(
            "tolls and charges of Spain", spain_tolls.FILES, spain_tolls.read_spain_tolls
        ),
        "france-turpe": TariffFormat(
            "TURPE of France in low voltage", france_turpe.FILES, france_turpe.read_france_turpe
        ),
    }
)


def import_tariffs(name: str, path: Path) -> Imported:
    """Read the tariffs of a format at `path`: a file, or the folder it lies in.

    A format of several files finds the others beside the first. Of Open Energy Tariffs a folder
    gives every ``.json`` below it. Raises NotFound ``tariff_source.format``, Invalid
    ``tariff_source.unreadable`` and ``tariff_source.not_utf8``, and what the format raises.
    """
    if name not in FORMATS:
        raise NotFound(
            "tariff_source.format", "no such format", name=name, known=", ".join(FORMATS)
        )
    found = FORMATS[name]
    return found.read({label: _text(file) for label, file in _files(found, path).items()})


def _files(found: TariffFormat, path: Path) -> dict[str, Path]:
    if not found.files:
        if not path.is_dir():
            return {path.name: path}
        below = sorted(path.rglob("*.json"))
        return {file.relative_to(path).as_posix(): file for file in below}
    folder = path if path.is_dir() else path.parent
    files = {label: folder / label for label in found.files}
    return files if path.is_dir() else {**files, found.files[0]: path}


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        why = error.strerror or "cannot be read"
        raise Invalid("tariff_source.unreadable", "cannot be read", file=file, why=why) from error
    except UnicodeDecodeError as error:
        raise Invalid("tariff_source.not_utf8", "is not UTF-8", file=file) from error
