"""Everything that keeps a company from running with its settings, found at once."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from energyretail.adapters.postgres.health import PostgresHealth
from energyretail.domain.shared import DomainError, Fault, Invalid, Refused
from energyretail.entrypoints import partners
from energyretail.entrypoints.settings import ENV_PREFIX, Settings, is_local

__all__ = ["mistakes_of"]


def mistakes_of(file: Path | None, *, connect: bool) -> tuple[DomainError, ...]:
    """Return every mistake in the settings of `file` and the environment; none when all is well.

    With `connect` the database is asked whether it answers and is at this version's schema.
    """
    try:
        settings = Settings.load(file)
    except Invalid as error:
        # Of settings that are wrong it can still be told what is not there at all.
        return (error, *_unnamed(file)) if error.code == "settings.invalid" else (error,)
    return (
        *_of_partners(settings),
        *_of_the_api(settings),
        *_of_the_database(settings, connect=connect),
    )


def _of_partners(settings: Settings) -> Iterator[DomainError]:
    try:
        partners.check(settings)
    except Invalid as error:
        yield error


def _of_the_api(settings: Settings) -> Iterator[DomainError]:
    if settings.api.token is None and not is_local(settings.api.host):
        yield Refused(
            "api.no_identity",
            "without api.token the API serves this machine alone",
            address=settings.api.host,
        )


def _of_the_database(settings: Settings, *, connect: bool) -> Iterator[DomainError]:
    if settings.database_url is None:
        yield Invalid("settings.missing", "not set", keys="database_url")
    elif connect:
        health = PostgresHealth(settings.database_url.get_secret_value())()
        if not health.database:
            yield Fault("postgres.unreachable", "the database does not answer")
        elif not health.migrations:
            yield Refused("postgres.not_at_head", "run `energyretail db upgrade` first")


def _unnamed(file: Path | None) -> Iterator[DomainError]:
    """Yield the mistake of all that neither file nor environment names."""
    named = file or os.environ.get(ENV_PREFIX + "SETTINGS")
    given = set(_leaves(tomllib.loads(Path(named).read_text("utf-8")))) if named else set()
    given |= {
        name.upper().removeprefix(ENV_PREFIX).replace("__", ".").lower()
        for name, value in os.environ.items()
        if value and name.upper().startswith(ENV_PREFIX)
    }
    if os.environ.get("DATABASE_URL"):
        given.add("database_url")
    missing = [
        key
        for key in ("database_url", *_needed_of_partners())
        if key not in given and f"{key.partition('.')[0]}.adapter" not in given
    ]
    if missing:
        yield Invalid("settings.missing", "not set", keys=", ".join(missing))


def _needed_of_partners() -> list[str]:
    try:
        Settings.model_construct().require_partners()
    except Invalid as error:
        return str(error.facts["keys"]).split(", ")
    return []


def _leaves(tree: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{prefix}{name}.")
        elif value:
            yield prefix + name
