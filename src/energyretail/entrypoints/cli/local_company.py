"""A whole company on this machine: its folder, its database and the partners it speaks to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import attrs
from pydantic import SecretStr

from energyretail.adapters.postgres.migrations import upgrade
from energyretail.adapters.postgres.server import open_postgres, scratch_database
from energyretail.domain.shared import Conflict
from energyretail.entrypoints.cli.processes import running_sandbox
from energyretail.entrypoints.settings import RegistrySettings, Settings, WorkerSettings

__all__ = ["LocalCompany", "local_company", "prepare_folder"]

_MARK: Final = ".energyretail-demo"


@attrs.frozen
class LocalCompany:
    """The settings of a company that runs here, and what the sandbox's ready file says."""

    settings: Settings
    ready: Mapping[str, Any]

    @property
    def clock_url(self) -> str:
        """Where the sandbox's calendar is moved."""
        return f"{self.ready['http']['url']}/control/clock"


def prepare_folder(out: Path) -> None:
    """Make `out` an empty folder of ours; raises Conflict when it holds what we did not make."""
    if out.exists() and any(out.iterdir()):
        if not (out / _MARK).exists():
            raise Conflict("demo.folder_in_use", "not a folder of a demo: give another", out=out)
        shutil.rmtree(out)
    out.mkdir(parents=True, exist_ok=True)
    (out / _MARK).touch()


@contextmanager
def local_company(base: Settings, out: Path, *, seed: int) -> Iterator[LocalCompany]:
    """Start a migrated database and every simulated partner below `out`; end them all after.

    The company keeps what it set in `base`, but for whom it speaks to. Of a database that
    `base` names only the server is used: an invented company never enters what somebody
    else uses.
    """
    given = base.database_url.get_secret_value() if base.database_url else None
    with open_postgres(out / "postgres", database_url=given, ephemeral=True) as postgres:
        if postgres.source == "url":
            with scratch_database(postgres.url) as url:
                yield from _begun(base, out, seed, url)
        else:
            yield from _begun(base, out, seed, postgres.url)


def _begun(base: Settings, out: Path, seed: int, url: str) -> Iterator[LocalCompany]:
    upgrade(url)
    with running_sandbox(seed, out / "partners", out / "sandbox.log") as ready:
        yield LocalCompany(_settings(base, url, ready), ready)


def _settings(base: Settings, database_url: str, ready: Mapping[str, Any]) -> Settings:
    local = base.model_copy(
        update={
            "database_url": SecretStr(database_url),
            "registry": RegistrySettings(kind="es"),
            "worker": WorkerSettings(concurrency=4, heartbeat_s=0.5),
        }
    )
    return Settings.for_sandbox(ready, base=local)
