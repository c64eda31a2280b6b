"""``energyretail import``: take over a portfolio from CSV files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import attrs
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from energyretail.adapters.csv_files import CsvFolder
from energyretail.application.imports import ImportReport
from energyretail.domain.shared import Invalid
from energyretail.entrypoints.cli.exit_codes import ExitCode
from energyretail.entrypoints.cli.output import JsonOption, Output
from energyretail.entrypoints.container import Container, container_of
from energyretail.entrypoints.settings import Settings

__all__ = ["report_of", "run", "show_report"]


def run(
    context: typer.Context,
    folder: Annotated[
        Path,
        typer.Argument(
            exists=True, file_okay=False, help="Folder with customers.csv and the others."
        ),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would be done, and do nothing.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Take over customers, supply points, contracts in supply and readings from CSV files.

    Good rows are taken in, every fault of the others is told; run again, nothing doubles.
    Ends with code 4 when there was a fault.
    """
    output = Output.of(context, as_json)
    settings = Settings.load(output.settings_file)
    if settings.database_url is None:
        raise Invalid("settings.missing", "not set", keys="database_url")
    container = container_of(settings)
    try:
        report = _imported(container, folder, dry_run=dry_run)
    finally:
        container.database().close()
    if output.as_json:
        output.show({"dry_run": dry_run, **report_of(report)})
    else:
        show_report(report_of(report), title="Would be taken over" if dry_run else "Taken over")
    if not report.clean:
        raise typer.Exit(ExitCode.BAD_INPUT)


def _imported(container: Container, folder: Path, *, dry_run: bool) -> ImportReport:
    take_over = container.rehearse_portfolio() if dry_run else container.import_portfolio()
    report: ImportReport = take_over(CsvFolder(folder))
    return report


def report_of(report: ImportReport) -> dict[str, Any]:
    """Return the report as JSON values."""
    return {
        "files": [attrs.asdict(each) for each in report.files],
        "faults": [attrs.asdict(each) for each in report.faults],
    }


def show_report(report: Mapping[str, Any], *, title: str) -> None:
    """Print what `report_of` made as two tables on stdout: faults first, then counts."""
    console = Console()
    if report["faults"]:
        console.print(_table("Refused", report["faults"]))
    console.print(_table(title, report["files"]))


def _table(title: str, rows: list[Mapping[str, Any]]) -> Table:
    table = Table(title=title, title_justify="left")
    for name in rows[0] if rows else ():
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*(escape(str(value)) for value in row.values()))
    return table
