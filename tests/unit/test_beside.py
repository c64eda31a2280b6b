"""What is done beside something else takes part in it, and has ended when the block is left."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar

import pytest

from energyretail.adapters.shared.beside import beside

OPEN = ContextVar("open", default="nothing")


def test_returns_what_the_work_returns_and_does_it_elsewhere() -> None:
    with beside() as begin:
        where = begin(threading.get_ident)

        assert where() not in (0, threading.get_ident())


def test_raises_where_it_is_waited_for_and_not_before() -> None:
    with beside() as begin:
        failing = begin(lambda: 1 // 0)

        with pytest.raises(ZeroDivisionError):
            failing()


def test_takes_part_in_what_is_open() -> None:
    token = OPEN.set("a transaction")
    try:
        with beside() as begin:
            assert begin(OPEN.get)() == "a transaction"
    finally:
        OPEN.reset(token)


def test_has_ended_when_the_block_is_left_by_an_exception() -> None:
    ended = list[str]()

    def work() -> None:
        time.sleep(0.2)
        ended.append("work")

    def fail() -> None:
        with beside() as begin:
            begin(work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert ended == ["work"]
