"""A folder of CSV files on this machine's disk."""

from __future__ import annotations

from pathlib import Path

from energyretail.domain.shared import Invalid

__all__ = ["CsvFolder"]


class CsvFolder:
    """Implements the PortfolioFolder port."""

    def __init__(self, folder: Path):
        self._folder = folder

    def names(self) -> tuple[str, ...]:
        """Return the names that end in ``.csv``, in capital or small letters, in order.

        Raises Invalid ``import.folder.unreadable`` for what is no folder or cannot be listed.
        """
        try:
            if not self._folder.is_dir():
                raise Invalid("import.folder.unreadable", "there is no such folder")
            names = [path.name for path in self._folder.iterdir()]
        except OSError as error:
            raise Invalid("import.folder.unreadable", "cannot be listed") from error
        return tuple(sorted(name for name in names if name.lower().endswith(".csv")))

    def content(self, name: str) -> bytes:
        """Return a file's bytes."""
        try:
            return (self._folder / name).read_bytes()
        except OSError as error:
            raise Invalid("import.file.unreadable", error.strerror or "cannot be read") from error
