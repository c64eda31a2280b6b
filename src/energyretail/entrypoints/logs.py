"""Structured logs: one JSON object a line on stderr, with nothing secret or personal in it."""

from __future__ import annotations

import logging
import re
import sys
import time
from collections.abc import Callable
from typing import Final, TypeVar

import structlog
from structlog.typing import EventDict, WrappedLogger

__all__ = ["configure_logs", "logged", "redact"]

T = TypeVar("T")
_SECRET_NAMES: Final = frozenset({"password", "token", "secret", "authorization", "host_key"})
_IBAN: Final = re.compile(r"\b([A-Z]{2}\d{2})[A-Z0-9]{7,26}([A-Z0-9]{4})\b")
_EMAIL: Final = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")


def redact(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    """Star out secrets by name, and accounts and addresses wherever they stand."""
    return {name: _shown(name, value) for name, value in event.items()}


def _shown(name: str, value: object) -> object:
    if name.lower() in _SECRET_NAMES:
        return "***"
    if isinstance(value, str):
        return _EMAIL.sub("***@***", _IBAN.sub(r"\1***\2", value))
    return value


def configure_logs() -> None:
    """Log from here on; libraries speak only from warnings up."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            redact,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def logged(
    name: str, task: Callable[..., T], *, ended: Callable[[T], str] = lambda _: "done"
) -> Callable[..., T]:
    """Return `task` with one line in the log for each run: how it `ended`, or why it failed.

    The line says how long it took. Its arguments are bound to every line that is logged meanwhile.
    """
    log = structlog.get_logger().bind(task=name)

    def run(*given: object, **arguments: str) -> T:
        began = time.monotonic()
        with structlog.contextvars.bound_contextvars(**arguments):
            try:
                found = task(*given, **arguments)
            except Exception as error:
                log.warning("failed", error=f"{type(error).__name__}: {error}")
                raise
            log.info(ended(found), milliseconds=round((time.monotonic() - began) * 1000))
        return found

    return run
