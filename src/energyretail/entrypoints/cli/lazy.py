"""Commands that are imported only when they are called."""

from __future__ import annotations

import importlib
import sys
from typing import Any, Final

import typer
from typer.main import get_command

from energyretail.entrypoints.cli.exit_codes import ExitCode

__all__ = ["EXTRA_HINT", "add_lazily", "load"]

EXTRA_HINT: Final = "pip install 'energyretail[service]'"
_PASS_ALL_ON: Final[dict[str, Any]] = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],
}


def add_lazily(app: typer.Typer, name: str, target: str, text: str) -> None:
    """Let `app` know the command `name` that lives at `target` (``module:attribute``).

    The attribute is a function with typer's annotations, or a Typer with commands of its
    own; it gets every argument after `name`. Without its packages the command ends with
    MISSING_EXTRA and says what to install.
    """

    @app.command(name, help=text, context_settings=_PASS_ALL_ON)
    def call(context: typer.Context) -> None:
        found = load(name, target)
        if not isinstance(found, typer.Typer):
            single = typer.Typer(add_completion=False)
            single.command(name, help=text)(found)
            found = single
        prog_name = f"{context.parent.info_name if context.parent else ''} {name}".strip()
        get_command(found).main(args=context.args, prog_name=prog_name, obj=context.obj)


def load(name: str, target: str) -> Any:
    """Return what `target` names; exits with MISSING_EXTRA when a package is not there."""
    module, _, attribute = target.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing == "energyretail":
            raise
        sys.stderr.write(
            f"error: cli.missing_extra: `{name}` needs the package {missing}: {EXTRA_HINT}\n"
        )
        raise typer.Exit(ExitCode.MISSING_EXTRA) from None
