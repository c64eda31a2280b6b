"""A whole company for the tests of bad input, lived once a session and gone back to."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest


@pytest.fixture(scope="session")
def life(
    postgres_url: str, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[object]:
    """One undisturbed life of a small company (a `company_harness.Life`)."""
    import psycopg
    from company_harness import Life, company_at

    name = f"life_{template_database}"
    url = urlunsplit(urlsplit(postgres_url)._replace(path=f"/{name}"))
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
        with company_at(url, tmp_path_factory.mktemp("partners")) as company:
            yield Life(company)
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
