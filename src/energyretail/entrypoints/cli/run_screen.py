"""A bill run on one screen, as it goes."""

from __future__ import annotations

from datetime import timedelta
from types import TracebackType

from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from energyretail.entrypoints.bill_run_words import ToldRun
from energyretail.entrypoints.cli.output import Output

__all__ = ["RunScreen"]


class RunScreen:
    """Shows a run on stderr: a table that changes in place, or a line at each change.

    In place only on a terminal; with JSON nothing is shown before the end.
    """

    def __init__(self, output: Output):
        self._console = output.progress
        self._is_silent = output.as_json
        self._last: tuple[object, ...] = ()
        self._live: Live | None = None

    def __enter__(self) -> RunScreen:
        if not self._is_silent and self._console.is_terminal:
            self._live = Live(console=self._console, auto_refresh=False)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def show(self, run: ToldRun) -> None:
        """Show the run as it is now."""
        if self._live is not None:
            self._live.update(_table(run), refresh=True)
            return
        now = (run.state, run.due_done, run.chunks["failed"])
        if not self._is_silent and now != self._last:
            self._last = now
            self._console.print(_line(run), soft_wrap=True)


def _table(run: ToldRun) -> Table:
    dry = " (dry)" if run.dry_run else ""
    table = Table(
        title=f"Bill run {run.number} of {run.as_of}{dry}, {run.state}",
        show_header=False,
        title_justify="left",
    )
    table.add_row("done", ProgressBar(total=max(run.due, 1), completed=run.due_done, width=40))
    table.add_row("supplies", f"{run.due_done} of {run.due}, {run.percent} %")
    table.add_row(
        "chunks", ", ".join(f"{n} {name.replace('_', ' ')}" for name, n in run.chunks.items())
    )
    table.add_row("bills", f"{run.issued} issued, {run.held} held, {run.parked} parked")
    for code, count in run.why.items():
        table.add_row("", f"{count} {code}")
    for code, count in run.one_by_one.items():
        table.add_row("one by one", f"{count} {code}")
    table.add_row("bills a second", run.bills_per_second or "not known yet")
    table.add_row("time left", _left(run))
    table.add_row("call it off", f"energyretail run abort {run.number}")
    return table


def _line(run: ToldRun) -> str:
    return (
        f"run {run.number} {run.state}: {run.due_done} of {run.due} supplies, {run.issued} issued,"
        f" {run.held} held, {run.parked} parked, {run.chunks['failed']} chunks failed,"
        f" {run.bills_per_second or '?'} bills/s, left {_left(run)}"
    )


def _left(run: ToldRun) -> str:
    return "not known yet" if run.seconds_left is None else str(timedelta(seconds=run.seconds_left))
