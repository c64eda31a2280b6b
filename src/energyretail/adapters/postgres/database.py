"""One pool of connections, and the transaction every adapter of this package takes part in."""

from __future__ import annotations

import math
import select
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final

import attrs
import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError

from energyretail.adapters.postgres.within import LIMIT, Within
from energyretail.adapters.shared.bounded import OverBoundError
from energyretail.application.shared import Transaction

__all__ = [
    "NO_LIMITS",
    "POOL_SIZE",
    "Database",
    "Limits",
    "PostgresWhole",
    "PostgresWork",
    "leave_values_out_of",
]

POOL_SIZE: Final = 8

_MOMENT: Final = text("SET LOCAL lock_timeout = '1s'")
_LIMITED: Final = text("SELECT current_setting('statement_timeout')")

# The driver waits no less than this for a connection.
_CONNECT_SECONDS_MIN: Final = 2


@attrs.define
class _Open:
    connection: Connection
    keep: Callable[[], None]
    committed: bool = False


@attrs.frozen
class Limits:
    """How long somebody waits, in seconds, who has others waiting behind: for a free connection
    or a lock `lock_s`, for a statement to end `statement_s`; 0 is for ever."""

    lock_s: float = 0
    statement_s: float = 0


NO_LIMITS: Final = Limits()


class Database:
    """A Postgres database; `connection()` is the one of the open transaction of this context."""

    def __init__(self, url: str, *, pool_size: int = POOL_SIZE, limits: Limits = NO_LIMITS):
        """Connect lazily to `url` (``postgresql://user:password@host:port/name``).

        With `limits` there are never more than `pool_size` connections, and what expires raises.
        """
        self.url = url
        self.pool_size = pool_size
        self.engine: Engine = create_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            hide_parameters=True,
            **(_pool_within(limits) if limits != NO_LIMITS else {}),
        )
        if limits != NO_LIMITS:
            event.listen(self.engine, "connect", _keeping(limits))
        event.listen(self.engine, "checkout", _refuse_the_dead)
        event.listen(self.engine, "handle_error", _leave_values_out)
        event.listen(self.engine, "handle_error", _keep_connection)
        event.listen(self.engine, "before_cursor_execute", self._refuse_late)
        # Of the same pool: a reading begins no transaction, and has none to end.
        self._readers = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._open: ContextVar[_Open | None] = ContextVar(f"transaction-{id(self)}")
        self._whole: ContextVar[Connection | None] = ContextVar(f"whole-{id(self)}")
        self._is_trial: ContextVar[bool] = ContextVar(f"trial-{id(self)}", default=False)
        self._within: ContextVar[Within | None] = ContextVar(f"within-{id(self)}")

    def connection(self) -> Connection:
        """Return the connection of the open transaction; writing needs one."""
        found = self._open.get(None)
        if found is None:
            raise RuntimeError("no transaction is open: use the Work port")
        if found.committed:
            raise RuntimeError("the transaction is committed: commit last")
        return found.connection

    @property
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open in this context."""
        return self._open.get(None) is not None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the open transaction's connection, or a short one of its own for reading.

        Without a transaction each statement sees what is committed when it begins, and a lock
        it takes is gone when it ends.
        """
        found = self._open.get(None)
        open_one = found.connection if found else self._whole.get(None)
        if open_one is not None:
            yield open_one
            return
        with self._readers.connect() as short:
            yield short

    def read_value(self, query: str, given: Mapping[str, object]) -> object:
        """Return the one value of the one row a query gives, or None without a row.

        Asked of the driver itself, in its own words (``%(name)s``): for what is read by key one
        at a time, where the way through SQLAlchemy takes longer than the query.
        """
        with self.reading() as connection:
            driver = connection.connection.driver_connection
            try:
                # There is one: the connection is open.
                row = driver.execute(query, given).fetchone()  # type: ignore[union-attr]
            except psycopg.Error as error:
                if driver.closed:  # type: ignore[union-attr]  # as above
                    connection.invalidate(error)
                leave_values_out_of(error)
                raise
        return row[0] if row else None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open the transaction of this context; rolled back unless committed."""
        if self._open.get(None) is not None:
            raise RuntimeError("transactions do not nest")
        whole = self._whole.get(None)
        if whole is None:
            with self.engine.connect() as connection:
                if within := self._within.get(None):
                    within.hold(connection)
                yield from self._block(connection, connection.commit, connection.rollback)
            return
        part = whole.begin_nested()
        yield from self._block(whole, part.commit, part.rollback)

    def _block(
        self, connection: Connection, keep: Callable[[], None], undo: Callable[[], None]
    ) -> Iterator[Connection]:
        opened = _Open(connection, keep)
        token = self._open.set(opened)
        try:
            yield connection
        finally:
            self._open.reset(token)
            if not opened.committed:
                undo()

    @contextmanager
    def whole(self, *, trial: bool = False) -> Iterator[Connection]:
        """Make the transactions opened inside the block parts of one, this connection's.

        A part that is not committed is undone alone. Nothing is durable before the connection
        given here commits, but what is kept `beforehand`; leaving the block without that undoes
        every part. Of a `trial` nothing is kept beforehand either.
        """
        if self.in_transaction or self._whole.get(None) is not None:
            raise RuntimeError("transactions do not nest")
        with self.engine.connect() as connection:
            token, trial_token = self._whole.set(connection), self._is_trial.set(trial)
            try:
                yield connection
            finally:
                self._is_trial.reset(trial_token)
                self._whole.reset(token)
                connection.rollback()

    @contextmanager
    def statements_within(self, seconds: float) -> Iterator[Within]:
        """Have the server end what the transactions of the block ask for after so many seconds.

        Such a statement raises, and its transaction can be undone as ever. What is read outside
        a transaction is not ended. Blocks do not nest.
        """
        within = Within(seconds, time.monotonic() + seconds)
        whole = self._whole.get(None)
        before = None if whole is None else whole.scalar(_LIMITED)
        if whole is not None:
            within.hold(whole)
        token = self._within.set(within)
        try:
            yield within
        finally:
            self._within.reset(token)
            if whole is not None and within.is_sound():
                whole.execute(LIMIT, {"limit": before})

    def _refuse_late(self, _: object, __: object, statement: str, *___: object) -> None:
        """Refuse a statement of a block that is over, unless it ends a part."""
        if within := self._within.get(None):
            within.refuse(statement)

    @contextmanager
    def beforehand(self) -> Iterator[Connection]:
        """Give a short transaction beside the open one, committed at the end of the block.

        For what is the same whoever keeps it, and does no harm if the open one is undone: who
        needs the same waits for this, and not for all that is done with it. Of a whole that is to
        be undone nothing is to stay: there it is the open one. Postgres does not see that the
        open one waits for this: a lock it would have to wait for longer than a moment raises
        OperationalError (55P03), and what was to be kept belongs into the open one.
        """
        opened = self.connection()
        if self._is_trial.get():
            yield opened
            return
        with self.engine.begin() as short:
            if within := self._within.get(None):
                within.limit(short)
            short.execute(_MOMENT)
            yield short

    def commit(self) -> None:
        """Commit the open transaction; nothing more can be written in its block."""
        found = self._open.get(None)
        if found is None or found.committed:
            raise RuntimeError("no transaction is open, or it is committed already")
        found.committed = True
        found.keep()

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def _pool_within(limits: Limits) -> dict[str, Any]:
    connect_s = max(_CONNECT_SECONDS_MIN, math.ceil(limits.lock_s))
    return {
        "max_overflow": 0,
        "pool_timeout": limits.lock_s or None,
        "connect_args": {"connect_timeout": connect_s},
    }


def _keeping(limits: Limits) -> Callable[..., None]:
    """Return what gives a new session its limits.

    In its own words and not among the words of connecting, which some poolers refuse.
    """
    given = [f"{math.ceil(each * 1000)}ms" for each in (limits.lock_s, limits.statement_s)]

    def keep(connection: Any, *_: object) -> None:
        connection.execute(
            "SELECT set_config('lock_timeout', %s, false),"
            " set_config('statement_timeout', %s, false)",
            given,
        )
        connection.commit()

    return keep


def _refuse_the_dead(connection: Any, *_: object) -> None:
    """Raise InvalidatePoolError, upon which the pool connects anew, for a lost connection.

    A server that has ended a session has said so or closed the socket: whoever finds nothing
    to read there need not ask it. What else is to be read may be a notice, so then we do ask.
    """
    socket = select.poll()
    socket.register(connection.fileno(), select.POLLIN)
    if not socket.poll(0):
        return
    try:
        connection.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as error:
        raise InvalidatePoolError from error


def _leave_values_out(context: ExceptionContext) -> None:
    # Errors go to logs and to the work list; names and accounts must not. Postgres puts the
    # values of the row into the detail, and for wrong data (class 22) into the message itself.
    error = context.original_exception
    if not isinstance(error, psycopg.Error) or error.sqlstate is None:
        return
    leave_values_out_of(error)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (f"({type(error).__name__}) {error}",)


def _keep_connection(context: ExceptionContext) -> None:
    # Who ends a block by its bounds does so while no statement is under way.
    # Not so where nobody answers any more: that connection is of no more use.
    if not isinstance(context.original_exception, OverBoundError) or context.connection is None:
        return
    driver = context.connection.connection.driver_connection
    if driver is not None and driver.info.transaction_status is not TransactionStatus.ACTIVE:
        context.is_disconnect = False


def leave_values_out_of(error: psycopg.Error) -> None:
    """Take the values of rows out of what an error says."""
    if error.sqlstate is not None:
        said = "wrong data" if error.sqlstate.startswith("22") else error.diag.message_primary
        error.args = (f"{said} ({error.sqlstate})",)


class PostgresWork:
    """The Work port over one database."""

    def __init__(self, database: Database):
        self._database = database

    @contextmanager
    def __call__(self) -> Iterator[Transaction]:
        """Open a transaction; leaving without `commit` undoes it."""
        with self._database.transaction():
            yield self._database


class PostgresWhole:
    """The Whole port over one database; undone, it checks first what a commit would check."""

    def __init__(self, database: Database):
        self._database = database

    @contextmanager
    def __call__(self, *, trial: bool = False) -> Iterator[Transaction]:
        """Make the transactions of the block parts of one."""
        with self._database.whole(trial=trial) as connection:
            whole = _WholeCommit(connection)
            yield whole
            if not whole.is_done:
                connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")


class _WholeCommit:
    def __init__(self, connection: Connection):
        self._connection = connection
        self.is_done = False

    def commit(self) -> None:
        """Make every part durable, once."""
        if self.is_done:
            raise RuntimeError("the transaction is committed already")
        self.is_done = True
        self._connection.commit()
