"""The commands, and the one place where their failures become exit codes."""

from __future__ import annotations

import platform
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from typer.main import get_command

from energyretail import __version__
from energyretail.domain.shared import DomainError
from energyretail.entrypoints.cli import check, rate, schema
from energyretail.entrypoints.cli.exit_codes import MEANING, exit_code_of
from energyretail.entrypoints.cli.lazy import add_lazily
from energyretail.entrypoints.cli.output import JsonOption, Output, show_error

__all__ = ["COMMANDS", "LIBRARY_COMMANDS", "app", "main", "run"]

_EPILOG = "Exit codes: " + "; ".join(f"{code.value} {text}" for code, text in MEANING.items())

app = typer.Typer(
    name="energyretail",
    help="Run a gas and electricity retailer from quote to bank.",
    epilog=_EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

COMMANDS: Final = (
    ("demo", "cli.demo:run", "Live through some months of a small retailer, start to end."),
    ("dev", "cli.dev:run", "Run a whole company on this machine to develop against."),
    ("sandbox", "cli.sandbox:run", "Start every outside partner as a real server on loopback."),
    ("worker", "cli.worker:run", "Run jobs and relay the outbox until stopped."),
    ("api", "cli.api:run", "Serve the HTTP API."),
    ("day", "cli.company:day", "Open the company's days and see how far they are."),
    ("run", "cli.bill_runs:app", "Bill all that is due, watch it, let it go on."),
    ("work", "cli.company:work", "List what was parked for a person."),
    ("held", "cli.held:app", "Release held bills by two people, or reject them."),
    ("send-again", "cli.company:send_again", "Send a channel's parked messages again."),
    ("import", "cli.importing:run", "Take over a portfolio from CSV files."),
    ("take", "cli.taking:app", "Take tariffs, use and published figures from documents."),
    ("db", "cli.db:app", "Look after the database."),
    ("settings", "cli.settings:app", "Look at the settings."),
)
"""Name, place below the entrypoints, and help of each command that needs `[service]`."""

LIBRARY_COMMANDS: Final = (("tariff", "cli.tariffs:app", "Turn public tariffs into documents."),)
"""The same of each command that does with the library alone."""


@app.callback()
def _begin(
    context: typer.Context,
    as_json: JsonOption = False,
    settings: Annotated[
        Path | None,
        typer.Option(
            "--settings", envvar="ENERGYRETAIL_SETTINGS", help="TOML file with the settings."
        ),
    ] = None,
) -> None:
    context.obj = Output(as_json=as_json, settings_file=settings)


@app.command("version")
def _version(context: typer.Context, as_json: JsonOption = False) -> None:
    """Print the version."""
    output = Output.of(context, as_json)
    if output.as_json:
        output.show({"version": __version__, "python": platform.python_version()})
    else:
        sys.stdout.write(f"energyretail {__version__}\n")


app.add_typer(check.app, name="check")
app.add_typer(schema.app, name="schema")
app.command("rate")(rate.run)

for _name, _place, _text in (*COMMANDS, *LIBRARY_COMMANDS):
    add_lazily(app, _name, f"energyretail.entrypoints.{_place}", _text)


def main() -> None:
    """Run the command line and end the process."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; an expected failure is one line on stderr."""
    try:
        get_command(app).main(args=list(arguments), prog_name="energyretail")
    except SystemExit as ended:
        return int(ended.code or 0)
    except DomainError as error:
        show_error(error, as_json="--json" in arguments)
        return exit_code_of(error)
    except Exception as error:
        if not (code := exit_code_of(error)) or code == 1:
            raise
        sys.stderr.write(f"error: {type(error).__name__}: {' '.join(str(error).splitlines())}\n")
        return code
    return 0
