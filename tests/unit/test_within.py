"""A block is not ended in the middle of what the driver does for it."""

from __future__ import annotations

import gc
import time
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine

from energyretail.adapters.postgres.within import Within
from energyretail.domain.shared import Refused

MUCH = 1 << 20


def within(*, seconds: float = 60) -> Within:
    return Within(seconds, time.monotonic() + seconds)


def seen_while(does: Callable[[Callable[[], None]], object]) -> bool:
    """Tell what another thread sees while this one does something that calls back."""
    mine = within()
    with ThreadPoolExecutor(1) as beside:
        seen: list[bool] = []
        does(lambda: seen.append(beside.submit(mine.is_waiting).result()))
    return seen[0]


def test_plain_python_may_be_ended() -> None:
    assert seen_while(lambda look: look()) is False


def test_what_sqlalchemy_is_about_may_not() -> None:
    def connects(look: Callable[[], None]) -> None:
        with pytest.raises(ZeroDivisionError):
            create_engine("sqlite://", creator=_connecting(look)).connect()

    assert seen_while(connects) is True


def _connecting(look: Callable[[], None]) -> Callable[[], object]:
    def connect() -> object:
        look()
        raise ZeroDivisionError

    return connect


@pytest.mark.parametrize("statement", ["ROLLBACK TO SAVEPOINT a", "RELEASE SAVEPOINT a"])
def test_what_ends_a_part_is_never_refused(statement: str) -> None:
    mine = within(seconds=-1)
    mine.give_up(MUCH)

    mine.refuse(statement)


def test_the_next_statement_is_refused_once_it_is_given_up() -> None:
    mine = within()
    mine.refuse("SELECT 1")
    mine.give_up(MUCH)

    with pytest.raises(Refused) as refusal:
        mine.refuse("SELECT 1")

    assert refusal.value.code == "operations.bounds.memory"
    assert refusal.value.facts == {"bytes": str(MUCH)}


def test_the_next_statement_is_refused_when_the_time_is_over() -> None:
    with pytest.raises(Refused) as refusal:
        within(seconds=-1).refuse("SELECT 1")

    assert refusal.value.code == "operations.bounds.time"


def test_what_a_block_held_is_free_once_it_was_refused() -> None:
    class Held:
        pass

    def block(mine: Within) -> weakref.ref[Held]:
        held, told = Held(), []
        told.append(weakref.ref(held))
        with pytest.raises(Refused):
            mine.refuse(f"SELECT {held}")
        return told[0]

    mine = within()
    mine.give_up(MUCH)
    gc.disable()
    try:
        assert block(mine)() is None
    finally:
        gc.enable()
