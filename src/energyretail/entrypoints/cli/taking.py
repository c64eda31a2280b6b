"""``energyretail take``: what bills rest on beside readings, from documents."""

from __future__ import annotations

from typing import Annotated

import typer

from energyretail.adapters.tariff_json import read_figures, read_offered, read_told
from energyretail.domain.markets import SPAIN
from energyretail.domain.shared import Cups
from energyretail.entrypoints.cli.company import container_for
from energyretail.entrypoints.cli.documents import document_of, faults_told
from energyretail.entrypoints.cli.output import JsonOption, Output

__all__ = ["app"]

app = typer.Typer(
    help="Take tariffs, use and published figures from documents.", no_args_is_help=True
)

FileArgument = Annotated[str, typer.Argument(help="A JSON file, or - for standard input.")]


@app.command("tariff")
def tariff(context: typer.Context, file: FileArgument, as_json: JsonOption = False) -> None:
    """Offer the tariff of a document, or its next version; bills it changes are corrected."""
    output = Output.of(context, as_json)
    with faults_told():
        document = document_of(file)
        found = read_offered(document)
    added = container_for(output).add_tariff()(found, document)
    output.show({"code": found.code, "version": added.version, "added_on": str(added.added_on)})


@app.command("usage")
def usage(
    context: typer.Context,
    cups: Annotated[str, typer.Argument(help="The supply point.")],
    file: FileArgument,
    as_json: JsonOption = False,
) -> None:
    """Keep what was measured or declared of a supply point; told again it is nothing."""
    output = Output.of(context, as_json)
    point = Cups(cups)
    with faults_told():
        told = read_told(document_of(file), zone=SPAIN.zone)
    taken = container_for(output).take_usage()(point, told)
    output.show({"cups": point.value, "taken": taken})


@app.command("figures")
def figures(context: typer.Context, file: FileArgument, as_json: JsonOption = False) -> None:
    """Keep published indices, conversions and profiles; told again they are nothing."""
    output = Output.of(context, as_json)
    with faults_told():
        told = read_figures(document_of(file))
    output.show({"taken": container_for(output).take_figures()(told)})
