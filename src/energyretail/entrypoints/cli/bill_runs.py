"""``energyretail run``: bill all that is due, watch it, call it off, let it go on."""

from __future__ import annotations

import getpass
import time
from datetime import datetime
from typing import Annotated, Final

import attrs
import typer
from rich.console import Console
from rich.table import Table

from energyretail.domain.operations import CHUNK_SIZE, BillRunState
from energyretail.entrypoints.bill_run_words import told
from energyretail.entrypoints.cli.company import container_for
from energyretail.entrypoints.cli.exit_codes import ExitCode
from energyretail.entrypoints.cli.output import JsonOption, Output
from energyretail.entrypoints.cli.run_screen import RunScreen
from energyretail.entrypoints.cli.run_workers import RunWorkers
from energyretail.entrypoints.container import Container

__all__ = ["app"]

app = typer.Typer(
    help="Bill all that is due as a run, watch it, call it off, let it go on.",
    no_args_is_help=True,
)

_LOOK_SECONDS: Final = 0.5
_LISTED_MAX: Final = 20
_HERE: Final = "Worker processes started here for the run, and ended with it."

NumberArgument = Annotated[int, typer.Argument(min=1, help="The number of the run.")]
WorkersOption = Annotated[int, typer.Option(min=0, max=64, help=_HERE)]


@app.command("bill")
def bill(
    context: typer.Context,
    as_of: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], help="The business day to bill.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Do it all, keep the counts alone.")
    ] = False,
    workers: WorkersOption = 1,
    chunk: Annotated[int, typer.Option(help="Supplies billed in one transaction.")] = CHUNK_SIZE,
    by: Annotated[str, typer.Option(help="Who answers for it; else who is logged in.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Start a run and watch it to its end; with no workers here those elsewhere do it."""
    output = Output.of(context, as_json)
    container, crew = container_for(output), RunWorkers(output, workers)
    run = container.start_bill_run()(
        as_of.date(), by=by or getpass.getuser(), dry_run=dry_run, chunk_size=chunk
    )
    _watch(container, run.number, output, crew)


@app.command("resume")
def resume(
    context: typer.Context,
    number: NumberArgument,
    workers: WorkersOption = 1,
    as_json: JsonOption = False,
) -> None:
    """Let a run go on, what failed in it too, and watch it to its end."""
    output = Output.of(context, as_json)
    container, crew = container_for(output), RunWorkers(output, workers)
    container.resume_bill_run()(number)
    _watch(container, number, output, crew)


@app.command("abort")
def abort(context: typer.Context, number: NumberArgument, as_json: JsonOption = False) -> None:
    """Begin no chunk of a run any more; those under way end, what is billed stays billed."""
    output = Output.of(context, as_json)
    container = container_for(output)
    container.abort_bill_run()(number)
    _show(container, number, output)


@app.command("show")
def show(context: typer.Context, number: NumberArgument, as_json: JsonOption = False) -> None:
    """Tell how far a run is, how fast, and what came of it."""
    output = Output.of(context, as_json)
    _show(container_for(output), number, output)


@app.command("list")
def list_runs(context: typer.Context, as_json: JsonOption = False) -> None:
    """List the latest runs, the newest first."""
    output = Output.of(context, as_json)
    page = container_for(output).bill_run_shelf().page(after="", limit=_LISTED_MAX)
    runs = [attrs.asdict(told(shown)) for shown in page.items]
    if output.as_json:
        output.show({"items": runs})
        return
    table = Table("run", "day", "state", "done", "issued", "held", "parked", "started by")
    for run in runs:
        state = f"{run['state']}, dry" if run["dry_run"] else run["state"]
        counts = (str(run[name]) for name in ("issued", "held", "parked"))
        done = f"{run['percent']} %"
        table.add_row(
            str(run["number"]), str(run["as_of"]), state, done, *counts, run["started_by"]
        )
    Console().print(table)


def _show(container: Container, number: int, output: Output) -> None:
    output.show(attrs.asdict(told(container.bill_run_shelf().by_number(number))))


def _watch(container: Container, number: int, output: Output, crew: RunWorkers) -> None:
    """Show the run until nothing more comes of it, then its result; ends UNFINISHED unless done."""
    with crew.working():
        state = _watched(container, number, output, crew)
    _show(container, number, output)
    if state is not BillRunState.DONE:
        raise typer.Exit(ExitCode.UNFINISHED)


def _watched(container: Container, number: int, output: Output, crew: RunWorkers) -> BillRunState:
    shelf = container.bill_run_shelf()
    with RunScreen(output) as screen:
        while True:
            shown = shelf.by_number(number)
            screen.show(told(shown))
            ended = shown.run.state not in (BillRunState.PLANNED, BillRunState.RUNNING)
            # Of a run called off those under way end: their result is part of it.
            if ended and not (shown.run.is_over and shown.progress.under_way and crew.live):
                state: BillRunState = shown.run.state
                return state
            crew.check()
            time.sleep(_LOOK_SECONDS)
