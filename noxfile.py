"""What must hold before a change is done; `nox` runs all of it, `nox -s NAME` one part.

All parts share one environment below `.nox`, made once and again when `pyproject.toml` changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import venv
from pathlib import Path

import nox
from nox.command import CommandFailed

ROOT = Path(__file__).parent
SHARED = ROOT / ".nox" / "shared"
GESTIONATR = ROOT / ".nox" / "gestionatr"
TRYTON = ROOT / ".nox" / "tryton"
DEMO = ROOT / ".nox" / "demo"
SITE_TOOLS = ROOT / ".nox" / "site-tools"
SITE = ROOT / ".nox" / "site"
MUTATION = ROOT / ".nox" / "mutation"
WORKERS = "2"
# How tests are spread over the workers: each to whoever is free, or whole files, whose tests share
# a company that is dear to live. (`loadgroup` of xdist 3.8 groups nothing under pytest 9.2.) Files
# stay in the order of tests/conftest.py: those that take longest first, not those of most tests.
BY_TEST, BY_FILE = ("--dist=worksteal",), ("--dist=loadfile", "--no-loadscope-reorder")
# What the profile `deep` makes larger, beside the whole folders of laws.
LARGER_BY_NIGHT = (
    "integration/test_bad_input_crash_points.py",
    "integration/test_api_idempotency.py",
    "integration/test_binary_rows.py",
    "oracle/test_kernel_oracles.py",
)
_CLEARED: list[Path] = []

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "none"
nox.options.stop_on_first_error = False
nox.options.sessions = [
    "lint", "types", "imports", "architecture", "unit", "property", "conformance", "integration",
    "api", "golden", "journeys", "oracle", "docs",
]  # fmt: skip


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and layout."""
    _run(session, "ruff", "check", ".")
    _run(session, "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types of the package, strictly."""
    _run(session, "mypy")


@nox.session
def imports(session: nox.Session) -> None:
    """Check who imports whom."""
    _run(session, "lint-imports", "--no-logo")


@nox.session
def architecture(session: nox.Session) -> None:
    """Plant a violation of every rule and see it caught."""
    _pytest(session, "architecture", workers=WORKERS)


@nox.session
def unit(session: nox.Session) -> None:
    """Try small things alone."""
    _pytest(session, "unit", workers=WORKERS)


@nox.session(name="property")
def laws(session: nox.Session) -> None:
    """Try the laws on whatever values Hypothesis finds."""
    _pytest(session, "property", workers=WORKERS)


@nox.session
def conformance(session: nox.Session) -> None:
    """Hold every adapter to the promises of its port, in memory and for real."""
    _pytest(session, "conformance", workers=WORKERS)


@nox.session
def integration(session: nox.Session) -> None:
    """Try adapters and doors against real servers, sound and failing."""
    _pytest(session, "integration", workers=WORKERS, by=BY_FILE)


@nox.session
def api(session: nox.Session) -> None:
    """Ask the API of a lived company everything its description allows, and what it forbids."""
    _pytest(session, "api")


@nox.session
def golden(session: nox.Session) -> None:
    """Recompute worked bills whose figures others published."""
    _pytest(session, "golden")


@nox.session
def journeys(session: nox.Session) -> None:
    """Live months of a company, whole and interrupted."""
    _pytest(session, "journeys", workers=WORKERS, by=BY_FILE, env=_default_demo())


@nox.session
def oracle(session: nox.Session) -> None:
    """Compare with programs that are not ours; gestionatr runs in an environment of its own."""
    env = {"GESTIONATR_PYTHON": _gestionatr(session), **_default_demo()}
    _pytest(session, "oracle", workers=WORKERS, by=BY_FILE, env=env)


@nox.session
def docs(session: nox.Session) -> None:
    """Follow every link of the documentation and do what its pages say, word by word."""
    _pytest(session, "docs", workers=WORKERS)


@nox.session
def generate(session: nox.Session) -> None:
    """Write anew the pages that are made from the code and the list of public names."""
    _run(session, "python", "docs/generate.py")


@nox.session
def site(session: nox.Session) -> None:
    """Build the documentation as a site below `.nox/site`; not part of the default list."""
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    tools = _environment(session, SITE_TOOLS, wanted, "-e", ".[dev,docs]")
    session.run(str(tools / "python"), "docs/build_site.py", str(SITE), external=True)


@nox.session
def deep(session: nox.Session) -> None:
    """Search the laws and walks for hours of machine time; not part of the default list."""
    tests = {"PYTHONPATH": str(ROOT / "tests")}
    _run(session, "python", "-m", "oracle_bills", "--bills", "1000000", env=tests)
    _run(session, "python", "-m", "bulk_bills", "--services", "200000", env=tests)
    _pytest(session, "unit", "property", "conformance", profile="deep", workers=WORKERS)
    for file in LARGER_BY_NIGHT:
        _pytest(session, file, profile="deep")
    _pytest(session, "api", env={"TEST_API_EXAMPLES": "200"})


# The program of a benchmark's record, and what it is asked.
BENCHMARKS = {
    "rating_kernel": ("rating_kernel",),
    "bill_run": ("bill_run",),
    "bill_intervals": ("bill_intervals",),
    "bill_intervals_october": ("bill_intervals", "--month", "october"),
    "textbook": ("textbook",),
    "tryton": ("tryton",),
    "growth": ("growth",),
    "growth_half_hourly": ("growth", "--half-hourly"),
    "footprint": ("footprint",),
    "ledger": ("ledger",),
    "readings": ("readings",),
    "read_invoice": ("read_invoice",),
}


@nox.session
def bench(session: nox.Session) -> None:
    """Measure what has a bar; not part of the default list, for it wants quiet."""
    told, failed = ROOT / ".nox" / "bench", []
    shutil.rmtree(told, ignore_errors=True)
    told.mkdir(parents=True)
    tryton = {"TRYTON_PYTHON": _tryton(session)}
    for name, (program, *asked) in BENCHMARKS.items():
        out = ("--out", str(told / f"{name}.json"))
        try:
            program_file = f"benchmarks/{program}.py"
            _run(session, "python", program_file, *asked, *out, *session.posargs, env=tryton)
        except CommandFailed:
            failed.append(name)
    _run(session, "python", "benchmarks/table.py", "--of", str(told))
    if failed:
        session.error(f"below the bar, or broken: {', '.join(failed)}")


@nox.session
def mutate(session: nox.Session) -> None:
    """Break the core in every small way and see tests fall; not part of the default list."""
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    tools = _environment(session, MUTATION, wanted, "-e", ".[dev]", "mutmut==3.8.1")
    mutmut = str(tools / "mutmut")
    session.run(mutmut, "run", "--max-children", WORKERS, *session.posargs, external=True)
    session.run(mutmut, "results", external=True)


def _default_demo() -> dict[str, str]:
    """Say where the tests that come first live the default demo, for all sessions of this run."""
    if not _CLEARED:
        shutil.rmtree(DEMO, ignore_errors=True)
        _CLEARED.append(DEMO)
    return {"ENERGYRETAIL_TEST_DEMO": str(DEMO / "default")}


def _pytest(
    session: nox.Session,
    *folders: str,
    profile: str = "quick",
    workers: str | None = None,
    by: tuple[str, ...] = BY_TEST,
    env: dict[str, str] | None = None,
) -> None:
    spread = ["-n", workers, *by] if workers else []
    patience = ["-o", "faulthandler_timeout=0"] if profile == "deep" else []
    _run(
        session, "python", "-m", "pytest", "-p", "energyretail.testing.profiles",
        f"--hypothesis-profile={profile}", "--durations=5", *spread, *patience,
        *(f"tests/{folder}" for folder in folders), *session.posargs, env=env,
    )  # fmt: skip


def _run(
    session: nox.Session,
    tool: str,
    *arguments: str,
    env: dict[str, str] | None = None,
) -> None:
    """Run a tool of the shared environment, which is first on the path of what it starts.

    Whatever the caller has set, modules are compiled once and not by each of the hundreds of
    processes that the tests start.
    """
    tools = _prepared(session)
    path = os.pathsep.join([str(tools), os.environ.get("PATH", "")])
    session.run(
        str(tools / tool), *arguments,
        env={"PATH": path, "PYTHONDONTWRITEBYTECODE": "", **(env or {})},
        external=True,
    )  # fmt: skip


def _prepared(session: nox.Session) -> Path:
    """Return the folder of the shared environment's tools, made anew if it is out of date."""
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return _environment(session, SHARED, wanted, "-e", ".[dev]")


def _gestionatr(session: nox.Session) -> str:
    """Return an interpreter that has gestionatr: GPL, never imported by us, lxml below 5."""
    # lxml below 5 has no wheels for Python 3.13 and later.
    older = (shutil.which(f"python3.{minor}") for minor in (12, 11))
    python = sys.executable if sys.version_info < (3, 13) else next(filter(None, older), None)
    if python is None:
        session.error("gestionatr needs Python 3.11 or 3.12 beside this one")
    wants = ("gestionatr==4.22.1", "setuptools<81")
    return str(
        _environment(session, GESTIONATR, f"{python} {wants}", *wants, python=python) / "python"
    )


def _tryton(session: nox.Session) -> str:
    """Return an interpreter that has Tryton: GPL, never imported by us."""
    wants = (
        "trytond==7.6.*",
        "trytond-account-invoice==7.6.*",
        "proteus==7.6.*",
        "psycopg2-binary",
    )
    return str(_environment(session, TRYTON, str(wants), *wants) / "python")


def _environment(
    session: nox.Session, folder: Path, wanted: str, *packages: str, python: str | None = None
) -> Path:
    tools, stamp = folder / "bin", folder / "made-for"
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(folder, ignore_errors=True)
        if python is None or python == sys.executable:
            venv.create(folder, with_pip=True)
        else:
            session.run(python, "-m", "venv", str(folder), external=True)
        session.run(
            str(tools / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check",
            *packages, external=True,
        )  # fmt: skip
        stamp.write_text(wanted)
    return tools
