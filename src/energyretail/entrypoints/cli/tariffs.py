"""``energyretail tariff``: public tariffs as documents of the tariff format."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Final

import attrs
import typer

from energyretail.adapters.tariff_sources import FORMATS, Document, Imported, import_tariffs
from energyretail.domain.shared import Invalid, NotFound
from energyretail.entrypoints.cli.exit_codes import ExitCode
from energyretail.entrypoints.cli.output import JsonOption, Output

__all__ = ["app"]

app = typer.Typer(help="Turn public tariffs into documents.", no_args_is_help=True)

_KNOWN: Final = ", ".join(f"{name} ({each.title})" for name, each in FORMATS.items())


@app.callback()
def _begin() -> None:
    # With a callback `import` stays a word of its own, though it is the only command.
    pass


@app.command("import")
def _import(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="FORMAT", help=f"One of {_KNOWN}.")],
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="The file, or its folder; more files of a format lie beside it."
        ),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the documents here, and only counts.")
    ] = None,
    code: Annotated[
        str | None, typer.Option("--code", help="Only the tariff of this code, by itself.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Turn the tariffs of a public format into documents that price bills.

    Prints a JSON object of `tariffs`, `refused` and `remarks`, or with --code one tariff. What
    was refused is told on stderr too, and the command then ends with code 4.
    """
    imported = import_tariffs(name, path)
    _tell(imported)
    document = _whole(imported) if code is None else _one(imported, code)
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if out is None:
        sys.stdout.write(text)
    else:
        _write(out, text)
        counts = {
            "tariffs": len(imported.tariffs) if code is None else 1,
            "refused": len(imported.refused),
            "remarks": len(imported.remarks),
            "file": out,
        }
        Output.of(context, as_json).show(counts)
    if imported.refused:
        raise typer.Exit(ExitCode.BAD_INPUT)


def _tell(imported: Imported) -> None:
    for each in imported.refused:
        sys.stderr.write(f"refused: {each.place}: {each.code}: {each.text}\n")
    for each in imported.remarks:
        sys.stderr.write(f"remark: {each.place}: {each.code}: {each.text}\n")


def _whole(imported: Imported) -> dict[str, Any]:
    return {
        "tariffs": list(imported.tariffs),
        "refused": [attrs.asdict(each) for each in imported.refused],
        "remarks": [attrs.asdict(each) for each in imported.remarks],
    }


def _one(imported: Imported, code: str) -> Document:
    for tariff in imported.tariffs:
        if tariff["code"] == code:
            return tariff
    known = ", ".join(str(tariff["code"]) for tariff in imported.tariffs)
    raise NotFound("tariff_source.code", "no tariff of this code", wanted=code, known=known)


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        why = error.strerror or "cannot be written"
        raise Invalid("tariff_source.unwritable", "cannot be written", file=out, why=why) from error
