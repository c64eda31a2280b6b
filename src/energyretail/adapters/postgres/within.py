"""Until when the statements of a block may last, and who may end one of them."""

from __future__ import annotations

import math
import re
import sys
import threading
import time
from contextlib import suppress
from typing import Any, Final

import attrs
import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, text

from energyretail.adapters.shared.bounded import out_of_memory, out_of_time

__all__ = ["LIMIT", "Within"]

LIMIT: Final = text("SELECT set_config('statement_timeout', :limit, true)")

_NEXT_SECONDS: Final = 0.25
_CANCEL_SECONDS: Final = 2
_DRIVERS: Final = re.compile(
    r"(sqlalchemy|psycopg|psycopg_binary|energyretail\.adapters\.postgres\.database)(\.|$)"
)
"""Whose steps are not to be interrupted: each begins what it ends itself."""
_ENDS: Final = ("ROLLBACK", "RELEASE")
"""What ends a part of a transaction begins so; refused, it would leave the connection of no use."""


@attrs.define
class Within:
    """Until when the statements of a block may last, and the connection they are sent by.

    Made in the thread of the block. Whoever ends the block from another thread asks first
    whether it `is_waiting`: an exception thrown into the middle of the driver's own steps would
    leave the connection of no use. What is busy there is ended by `give_up`, or by `refuse` when
    it asks for the next statement.
    """

    seconds: float
    until: float
    _driver: Any = None
    _given_up: int | None = None
    _is_ending: bool = False
    _thread: int = attrs.field(factory=threading.get_ident)
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def is_waiting(self) -> bool:
        """Tell, from any thread, whether a statement is under way, or the next one is awaited.

        For that is refused: a moment after the time is over there is none.
        """
        driver = self._driver
        if driver and driver.info.transaction_status is TransactionStatus.ACTIVE:
            return True
        late = self.until < time.monotonic() < self.until + _NEXT_SECONDS
        return late or self._is_in_driver()

    def give_up(self, bytes_more: int) -> None:
        """Have the server end the statement under way and refuse the next; from any thread.

        To be called again while the block goes on: what was about to be sent is not ended yet.
        """
        with self._lock, suppress(psycopg.Error):
            self._given_up = bytes_more
            if self._is_ending or not self._driver:
                return
            if self._driver.info.transaction_status is TransactionStatus.ACTIVE:
                self._driver.cancel_safe(timeout=_CANCEL_SECONDS)

    def refuse(self, statement: str) -> None:
        """Raise Refused for a statement of a block that is over, unless it ends a part."""
        with self._lock:  # so that what is just being given up is not this one
            self._is_ending = statement.startswith(_ENDS)
        if self._is_ending:
            return
        # Made here: one that is kept would keep all that the block held, by its traceback.
        if self._given_up is not None:
            raise out_of_memory(self._given_up)
        if time.monotonic() >= self.until:
            raise out_of_time(self.seconds)

    def is_sound(self) -> bool:
        """Tell whether the transaction can go on."""
        driver = self._driver
        return driver is not None and driver.info.transaction_status is TransactionStatus.INTRANS

    def hold(self, connection: Connection) -> None:
        """Limit a transaction, and end its statement under way where the block is given up."""
        self._driver = connection.connection.driver_connection
        self.limit(connection)

    def limit(self, connection: Connection) -> None:
        """Have the server itself end the statements of a transaction that last longer."""
        left_ms = max(1, math.ceil((self.until - time.monotonic()) * 1000))
        connection.execute(LIMIT, {"limit": f"{left_ms}ms"})

    def _is_in_driver(self) -> bool:
        frame = sys._current_frames().get(self._thread)
        # Between a context manager and what it manages.
        if frame is not None and frame.f_globals.get("__name__") == "contextlib":
            return True
        while frame is not None:
            if _DRIVERS.match(frame.f_globals.get("__name__", "")):
                return True
            frame = frame.f_back
        return False
