"""The command line as a process: help, version, errors and exit codes."""

import json
import subprocess
import sys
import textwrap

import pytest

from energyretail import __version__
from energyretail.domain.shared import Conflict, Fault, Invalid, NotFound, Refused
from energyretail.entrypoints.cli.app import COMMANDS
from energyretail.entrypoints.cli.exit_codes import MEANING, ExitCode, exit_code_of

_WITHOUT_SERVICE = textwrap.dedent(
    """
    import sys
    SERVICE = {"aiosmtpd", "alembic", "asyncssh", "dependency_injector", "granian", "httpx",
               "jinja2", "litestar", "lxml", "msgspec", "procrastinate", "psycopg", "pydantic",
               "pydantic_settings", "requests", "sqlalchemy", "structlog", "uvicorn", "zeep"}
    class Refuse:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] in SERVICE:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    sys.meta_path.insert(0, Refuse())
    from energyretail.entrypoints.cli import run
    sys.exit(run(sys.argv[1:]))
    """
)


def call(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "energyretail", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def call_without_service(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _WITHOUT_SERVICE, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


class TestLibraryAlone:
    @pytest.mark.parametrize(
        "arguments",
        [("--help",), ("version",), ("version", "--json"), ("tariff", "import", "--help")],
    )
    def test_opens_the_command_line(self, arguments: tuple[str, ...]) -> None:
        ended = call_without_service(*arguments)

        assert ended.returncode == ExitCode.OK, ended.stderr

    @pytest.mark.parametrize("command", [name for name, _, _ in COMMANDS])
    def test_names_the_extra_a_command_needs(self, command: str) -> None:
        ended = call_without_service(command)

        assert ended.returncode == ExitCode.MISSING_EXTRA
        assert "pip install 'energyretail[service]'" in ended.stderr
        assert len(ended.stderr.splitlines()) == 1


class TestCommandLine:
    def test_prints_its_version(self) -> None:
        assert call("version").stdout == f"energyretail {__version__}\n"
        assert json.loads(call("version", "--json").stdout)["version"] == __version__
        assert json.loads(call("--json", "version").stdout)["version"] == __version__

    def test_lists_every_command_and_exit_code(self) -> None:
        text = " ".join(call("--help").stdout.split())

        assert all(name in text for name, _, _ in COMMANDS)
        assert all(str(code.value) in text for code in MEANING)

    @pytest.mark.parametrize("arguments", [("nonsense",), ("settings", "nonsense"), ("--what",)])
    def test_does_not_understand_everything(self, arguments: tuple[str, ...]) -> None:
        assert call(*arguments).returncode == ExitCode.USAGE

    def test_tells_bad_input_in_one_line(self) -> None:
        ended = call("--settings", "/nowhere/at-all.toml", "settings", "show")

        assert ended.returncode == ExitCode.BAD_INPUT
        assert ended.stdout == ""
        assert ended.stderr.startswith("error: settings.unreadable: ")
        assert len(ended.stderr.splitlines()) == 1

    def test_tells_bad_input_as_a_problem_when_json_is_asked(self) -> None:
        ended = call("--settings", "/nowhere/at-all.toml", "settings", "show", "--json")

        assert ended.returncode == ExitCode.BAD_INPUT
        assert json.loads(ended.stderr)["code"] == "settings.unreadable"


class _DriverError(Exception):
    __module__ = "psycopg.errors"


class TestExitCodes:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (Invalid("a.b", "text"), ExitCode.BAD_INPUT),
            (Refused("a.b", "text"), ExitCode.REFUSED),
            (Conflict("a.b", "text"), ExitCode.REFUSED),
            (NotFound("a.b", "text"), ExitCode.REFUSED),
            (Fault("a.b", "text"), ExitCode.PARTNER_FAULT),
            (Invalid("postgres.unknown_revision", "text"), ExitCode.BAD_INPUT),
            (Fault("postgres.unreachable", "text"), ExitCode.DATABASE),
            (_DriverError(), ExitCode.DATABASE),
            (KeyError(), ExitCode.ERROR),
        ],
    )
    def test_follow_the_family_of_the_error(self, error: Exception, code: ExitCode) -> None:
        assert exit_code_of(error) is code

    def test_have_a_meaning_each(self) -> None:
        assert set(MEANING) == set(ExitCode)
