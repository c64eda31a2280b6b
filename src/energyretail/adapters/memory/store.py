"""The memory twin of a database: named tables that one transaction changes or leaves alone."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from energyretail.application.shared import Transaction

__all__ = ["MemoryStore", "MemoryWhole", "MemoryWork"]


class MemoryStore:
    """Tables by name, each a dictionary of natural key → frozen value."""

    def __init__(self) -> None:
        self._tables: dict[str, dict[Any, Any]] = {}
        self._open: _Commit | None = None
        self._whole = False
        # While a block is open: whether we are in it, and what all others see until it ends.
        self._is_ours: ContextVar[bool] = ContextVar(f"block-{id(self)}", default=False)
        self._is_open = False
        self._before: dict[str, dict[Any, Any]] = {}

    def table(self, name: str) -> dict[Any, Any]:
        """Return the table to read from: while a block is open, others see it as it was before."""
        if self._is_open and not self._is_ours.get():
            return self._before.get(name, {})
        return self._tables.setdefault(name, {})

    def writable(self, name: str) -> dict[Any, Any]:
        """Return the table to write to; raises RuntimeError outside a transaction."""
        if self._open is None:
            raise RuntimeError("no transaction is open: use the Work port")
        if self._open.done:
            raise RuntimeError("the transaction is committed: commit last")
        return self.table(name)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Keep what the block changed only if it commits."""
        if self._open is not None:
            raise RuntimeError("transactions do not nest")
        commit = _Commit()
        with self._kept_if(commit):
            self._open = commit
            try:
                yield commit
            finally:
                self._open = None

    @contextmanager
    def whole(self) -> Iterator[Transaction]:
        """Make the transactions opened inside the block parts of one, kept only if it commits."""
        if self._open is not None or self._whole:
            raise RuntimeError("transactions do not nest")
        commit = _Commit()
        with self._kept_if(commit):
            self._whole = True
            try:
                yield commit
            finally:
                self._whole = False

    @contextmanager
    def _kept_if(self, commit: _Commit) -> Iterator[None]:
        before = {name: copy.copy(table) for name, table in self._tables.items()}
        is_outermost = not self._is_open
        if is_outermost:
            self._before, self._is_open = before, True
        token = self._is_ours.set(True)
        try:
            yield
        finally:
            self._is_ours.reset(token)
            if not commit.done:
                self._tables = before
            if is_outermost:
                self._is_open = False


class _Commit:
    def __init__(self) -> None:
        self.done = False

    def commit(self) -> None:
        """Keep the changes."""
        if self.done:
            raise RuntimeError("the transaction is committed already")
        self.done = True


class MemoryWork:
    """The Work port over one store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    @contextmanager
    def __call__(self) -> Iterator[Transaction]:
        """Open a transaction; leaving without `commit` undoes it."""
        with self._store.transaction() as transaction:
            yield transaction


class MemoryWhole:
    """The Whole port over one store."""

    def __init__(self, store: MemoryStore):
        self._store = store

    @contextmanager
    def __call__(self, *, trial: bool = False) -> Iterator[Transaction]:
        """Make the transactions of the block parts of one."""
        del trial  # nothing is kept before the whole
        with self._store.whole() as whole:
            yield whole
