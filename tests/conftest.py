"""What every test may ask for: a Postgres server, and a fresh migrated database in it."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit, urlunsplit

import pytest

if TYPE_CHECKING:
    from energyretail.adapters.postgres.database import Database


# A folder in memory: each database is five hundred files, which a disk makes ten times slower.
_MEMORY: Final = Path("/dev/shm")
_MEMORY_BYTES_MIN: Final = 4 * 2**30


# Files whose tests take longest, begun first: a worker that found one of them last would go on
# alone. In this order, and each before whatever is not here.
_DEAR_FIRST: Final = (
    "test_demo_state.py",  # lives the demo that most journeys look at
    "test_demo_killed.py",
    "test_demo_small.py",
    "test_demo_input.py",
    "test_bad_input_crash_points.py",
    "test_killed_runs.py",
    "test_poison_pills.py",
    "test_benchmarks.py",
    "test_api_waiting.py",
    "test_plans_company.py",
    "test_bad_input_bank_files.py",
    "test_api_killed.py",
    "test_api_idempotency.py",
    "test_bad_input_erp.py",
    "test_dev_command.py",
    "test_metering_files.py",
    "test_bad_input_meter_files.py",
    "test_docs_example_package.py",
    "test_docs_library.py",
    "test_docs_runs.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest; else everything stays in its order."""
    rank = {name: number for number, name in enumerate(_DEAR_FIRST)}
    items.sort(key=lambda item: rank.get(item.path.name, len(rank)))


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server for this session: ours, or the one TEST_DATABASE_URL names."""
    server = pytest.importorskip(
        "energyretail.adapters.postgres.server",
        exc_type=ImportError,
        reason="the library alone is installed, without what speaks to Postgres",
    )
    given = os.environ.get("TEST_DATABASE_URL")
    with (
        _folder(tmp_path_factory) as folder,
        server.open_postgres(folder, database_url=given, ephemeral=True) as running,
    ):
        yield running.url


@contextmanager
def _folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give a folder in memory where there is plenty, gone at the end; else one on the disk."""
    if not os.access(_MEMORY, os.W_OK) or shutil.disk_usage(_MEMORY).free < _MEMORY_BYTES_MIN:
        yield tmp_path_factory.mktemp("postgres")
        return
    with tempfile.TemporaryDirectory(prefix="energyretail-", dir=_MEMORY) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def template_database(postgres_url: str) -> Iterator[str]:
    """The name of a migrated database that the others are copied from.

    With TEST_BY_ACCOUNT in the environment its tables are keyed by account.
    """
    from energyretail.adapters.postgres.distribution import statements
    from energyretail.adapters.postgres.migrations import upgrade

    name = f"template_{uuid.uuid4().hex[:12]}"
    execute(postgres_url, f"CREATE DATABASE {name}")
    upgrade(url_of(postgres_url, name))
    if os.environ.get("TEST_BY_ACCOUNT"):
        execute(url_of(postgres_url, name), statements("by_account"))
    yield name
    execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """The URL of a fresh migrated database of this test alone."""
    with database_of(postgres_url, template_database) as url:
        yield url


@pytest.fixture(scope="module")
def fresh_database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """The URL of a fresh migrated database that the tests of a module share."""
    with database_of(postgres_url, template_database) as url:
        yield url


@pytest.fixture(scope="session")
def session_database_url(postgres_url: str, template_database: str) -> Iterator[str]:
    """The URL of a fresh migrated database that all tests of this process share."""
    with database_of(postgres_url, template_database) as url:
        yield url


@pytest.fixture
def empty_database_url(postgres_url: str) -> Iterator[str]:
    """The URL of a fresh database with nothing in it."""
    with database_of(postgres_url, "template1") as url:
        yield url


@pytest.fixture(scope="session")
def copy_of(postgres_url: str) -> Callable[[str], AbstractContextManager[str]]:
    """Copies the database at a URL, which nobody uses meanwhile, for the length of a block."""
    return lambda url: database_of(postgres_url, urlsplit(url).path[1:])


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh migrated database, closed and dropped after the test."""
    from energyretail.adapters.postgres.database import Database

    opened = Database(database_url)
    yield opened
    opened.close()


@contextmanager
def database_of(postgres_url: str, template: str) -> Iterator[str]:
    """Make a copy of the database `template` for the length of the block and give its URL."""
    name = f"test_{uuid.uuid4().hex[:12]}"
    copy_database(postgres_url, template, name)
    try:
        yield url_of(postgres_url, name)
    finally:
        execute(postgres_url, f"DROP DATABASE {name} WITH (FORCE)")


def copy_database(postgres_url: str, template: str, name: str) -> None:
    """Copy a database file by file: a third less work than through the log, which nobody reads."""
    execute(postgres_url, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")


def url_of(url: str, name: str) -> str:
    """Return the URL of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def execute(url: str, statement: str) -> None:
    """Run one statement outside any transaction."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement)
