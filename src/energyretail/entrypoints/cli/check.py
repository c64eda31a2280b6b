"""``energyretail check``: what the library can tell about a text without any settings."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from energyretail.domain.shared import SCHEMES, check_identifier
from energyretail.entrypoints.cli.output import JsonOption, Output

__all__ = ["app"]

app = typer.Typer(help="Check what somebody wrote.", no_args_is_help=True)


@app.command("identifier")
def _identifier(
    context: typer.Context,
    scheme: Annotated[str, typer.Argument(help="Its scheme, such as GB-MPAN.")] = "",
    text: Annotated[str, typer.Argument(help="The identifier as it was written.")] = "",
    show_list: Annotated[bool, typer.Option("--list", help="List the schemes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check an identifier of any market: its shape, its check digits, its one spelling."""
    output = Output.of(context, as_json)
    if show_list:
        _list_schemes(output)
    elif scheme and text:
        _check(output, scheme.upper(), text)
    else:
        context.fail("give a scheme and an identifier, or --list")


def _check(output: Output, code: str, text: str) -> None:
    found = check_identifier(code, text)
    scheme = SCHEMES[code]
    told = {"scheme": code, "value": found.value, "names": scheme.names, "market": scheme.market}
    if output.as_json:
        warnings = [{"code": each.code, "text": each.text} for each in found.warnings]
        output.show({**told, "warnings": warnings})
        return
    output.show(told)
    for each in found.warnings:
        sys.stderr.write(f"warning: {each.code}: {each.text}\n")


def _list_schemes(output: Output) -> None:
    if output.as_json:
        rows = [
            {
                "scheme": code,
                "name": scheme.name,
                "market": scheme.market,
                "names": scheme.names,
                "form": scheme.form,
                "check": scheme.policy.value,
                "example": scheme.example,
            }
            for code, scheme in SCHEMES.items()
        ]
        sys.stdout.write(json.dumps({"schemes": rows}, ensure_ascii=False) + "\n")
    else:
        output.show({code: f"{each.market}: {each.names}" for code, each in SCHEMES.items()})
