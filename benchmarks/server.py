"""The Postgres of a benchmark: given as much of the machine's memory as its manual begins with.

What it is by itself, 128 MB of buffers, is less than the tables of any benchmark: it would tell how
fast pages are written out and read again.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from energyretail.adapters.postgres.server import RunningPostgres, open_postgres

__all__ = ["opened", "told"]

_PART: Final = 4
"""A quarter: the manual of Postgres, 19.4.1, on shared_buffers."""


_TOLD: Final[dict[str, str]] = {}


def told() -> dict[str, str]:
    """Return what the server of this run was told; nothing where none of ours ran."""
    return dict(_TOLD)


def _sized() -> dict[str, str]:
    megabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20
    return {"shared_buffers": f"{megabytes // _PART}MB", "max_wal_size": "4GB"}


def opened(
    folder: Path, url: str | None = None, *, ephemeral: bool = True
) -> AbstractContextManager[RunningPostgres]:
    """Give a server over a folder, or the one at `url` as it is.

    One that is not `ephemeral` has on the disk what is committed, and whole pages in its log.
    """
    if url is None:
        _TOLD.update(_sized(), fsync="off" if ephemeral else "on")
    return open_postgres(folder, database_url=url, ephemeral=ephemeral, settings=_sized())
