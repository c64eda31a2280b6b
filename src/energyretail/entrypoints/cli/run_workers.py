"""Worker processes for the time of one bill run."""

from __future__ import annotations

import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from energyretail.domain.shared import Fault
from energyretail.entrypoints.cli.output import Output
from energyretail.entrypoints.cli.processes import WorkerProcess
from energyretail.entrypoints.settings import Settings

__all__ = ["RunWorkers"]


class RunWorkers:
    """So many workers with the settings of a command, to be started once there is work.

    Raises Invalid ``settings.missing`` when a worker would miss a setting. What they log is kept
    in a file of its own where one of them died.
    """

    def __init__(self, output: Output, count: int):
        self._workers: list[WorkerProcess] = []
        self._log = Path()
        if not count:
            return
        settings = Settings.load(output.settings_file)
        settings.require_partners()
        with tempfile.NamedTemporaryFile(
            prefix="energyretail-run-", suffix=".log", delete=False
        ) as log:
            self._log = Path(log.name)
        environment = settings.environment()
        self._workers = [WorkerProcess(environment, self._log) for _ in range(count)]

    @property
    def live(self) -> int:
        """How many of them live."""
        return sum(worker.is_alive for worker in self._workers)

    def check(self) -> None:
        """Raise Fault ``run.workers_died`` when there were some and none is left."""
        if self._workers and not self.live:
            raise Fault("run.workers_died", "every worker started here died", log=self._log)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Let them work for the length of the block, and finish what they began at its end.

        SIGTERM ends the block as Ctrl-C does: they must not outlive it.
        """
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with ExitStack() as stack:
                for worker in self._workers:
                    stack.callback(worker.stop)
                    worker.start()
                yield
                if self._workers and self.live == len(self._workers):
                    stack.callback(self._log.unlink)
        finally:
            signal.signal(signal.SIGTERM, before)
