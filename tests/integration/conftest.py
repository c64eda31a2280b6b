"""A whole company for the tests of bad input, lived once a session and gone back to."""

from __future__ import annotations

import uuid
from collections import Counter
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures of the proofs, each in one line."""
    for report in terminalreporter.stats.get("passed", ()):
        for name, line in report.user_properties:
            if name == "line":
                terminalreporter.write_line(line)
    _tell_of_failing_ports(terminalreporter)


def _tell_of_failing_ports(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how often a port failed, where, and what it came to (T2)."""
    reports = [
        (report, figures)
        for kind in ("passed", "failed")
        for report in terminalreporter.stats.get(kind, ())
        for name, figures in report.user_properties
        if name == "T2"
    ]
    if not reports:
        return
    runs: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for _, figures in reports:
        runs[figures["kind"]] += figures["runs"]
        ends.update(figures["ends"])
    cases = len({figures["case"] for _, figures in reports})
    wrong = sum(figures["wrong"] for _, figures in reports)
    passed = wrong == 0 and all(report.passed for report, _ in reports)
    told = ", ".join(f"{number} {kind}" for kind, number in sorted({**runs, **ends}.items()))
    terminalreporter.write_line(
        f"T2 {runs.total()} runs of {cases} cases: {told}, {wrong} wrong"
        f" {'PASS' if passed else 'FAIL'}"
    )


@pytest.fixture
def two_urls(
    postgres_url: str, template_database: str, database_url: str
) -> Iterator[tuple[str, str]]:
    """The URLs of two fresh migrated databases."""
    import psycopg

    name = f"other_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE {template_database}")
        yield database_url, urlunsplit(urlsplit(database_url)._replace(path=f"/{name}"))
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")
