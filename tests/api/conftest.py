"""The company that the API is tried on, lived once for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from lived_company import Lived, lived


@pytest.fixture(scope="session")
def company(session_database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """A company of two months; what is asked at random adds to it and takes nothing away."""
    with lived(session_database_url, tmp_path_factory.mktemp("company")) as found:
        yield found
