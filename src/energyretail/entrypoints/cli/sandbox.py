"""``energyretail sandbox``: the outside world on loopback."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from energyretail.entrypoints.sandbox import SandboxOptions, serve

__all__ = ["run"]


def run(
    seed: Annotated[int, typer.Option(help="Decides, with natural keys, what partners do.")] = 1,
    root: Annotated[
        Path | None, typer.Option(help="Folder for the partners' files; else one that is removed.")
    ] = None,
    port: Annotated[int, typer.Option(help="HTTP port; 0 takes a free one.")] = 0,
    ready_file: Annotated[
        Path | None, typer.Option(help="Written as JSON once everything listens.")
    ] = None,
    detached: Annotated[
        bool, typer.Option("--detached", help="Live on when the starting process ends.")
    ] = False,
) -> None:
    """Start every outside partner as a real server on loopback; ends on SIGTERM."""
    parent = None if detached else os.getppid()
    with tempfile.TemporaryDirectory(prefix="energyretail-sandbox-") as scratch:
        serve(
            SandboxOptions(
                seed=seed,
                root=root or Path(scratch),
                port=port,
                ready_file=ready_file,
                parent=parent,
            )
        )
