"""One thing done beside another, by a thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from typing import TypeVar

from energyretail.application.shared import Begin

__all__ = ["beside"]

Result = TypeVar("Result")


@contextmanager
def beside() -> Iterator[Begin]:
    """Open a block of the port Beside."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside") as thread:

        def begin(work: Callable[[], Result]) -> Callable[[], Result]:
            # The transaction that is open is one of the context.
            return thread.submit(copy_context().run, work).result

        yield begin
