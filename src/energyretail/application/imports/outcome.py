"""What became of imported rows, and which keys a refused row leaves without a bearer."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from energyretail.application.imports.faults import ImportFault

__all__ = ["FileCounts", "ImportReport", "Outcome", "Refusals"]


@attrs.frozen
class Outcome:
    """What became of a chunk: `taken` and `known` count rows, every other row has a fault."""

    taken: int = 0
    known: int = 0
    faults: tuple[ImportFault, ...] = ()


@attrs.frozen
class FileCounts:
    """How many rows of a file were read, and what became of them: `read` is the sum of the rest.

    A row is `refused` once, however many faults it has. `known` rows changed nothing.
    """

    file: str
    read: int = 0
    taken: int = 0
    known: int = 0
    refused: int = 0

    def plus(self, outcome: Outcome) -> FileCounts:
        """Count a chunk's rows as well."""
        refused = len({fault.line for fault in outcome.faults})
        return FileCounts(
            self.file,
            self.read + outcome.taken + outcome.known + refused,
            self.taken + outcome.taken,
            self.known + outcome.known,
            self.refused + refused,
        )


@attrs.frozen
class ImportReport:
    """What became of a whole portfolio: each file's counts, and every fault in file order."""

    files: tuple[FileCounts, ...]
    faults: tuple[ImportFault, ...]

    @property
    def clean(self) -> bool:
        """Tell whether nothing was refused."""
        return not self.faults


class Refusals:
    """The keys of rows refused so far, by table: who refers to one is not to blame.

    Grows with the refused rows alone.
    """

    def __init__(self) -> None:
        self._keys: dict[str, set[str]] = {}
        self._whole: set[str] = set()

    def add(self, table: str, keys: Iterable[str]) -> None:
        """Note the keys of refused rows."""
        self._keys.setdefault(table, set()).update(keys)

    def add_file(self, table: str) -> None:
        """Note that nothing of a file could be read: any key may have been in it."""
        self._whole.add(table)

    def has(self, table: str, key: str) -> bool:
        """Tell whether a refused row had, or may have had, this key."""
        return table in self._whole or key in self._keys.get(table, ())
