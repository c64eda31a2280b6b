"""Lists a page at a time: how far to read is told by an opaque cursor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import quote, unquote

import msgspec
from litestar.params import QueryParameter

from energyretail.application.shared import PAGE_MAX, Page

__all__ = ["PAGE", "Cursor", "Limit", "after_of", "listed"]

PAGE: Final = 20
T = TypeVar("T")
L = TypeVar("L")

Limit = Annotated[
    int,
    QueryParameter(ge=1, le=PAGE_MAX, description="How many items at most, 1 to 100."),
]
# ASCII in hexadecimal: whatever has this form is the place of something, or past it.
Cursor = Annotated[
    str | None,
    QueryParameter(
        pattern=r"^(0[1-9a-f]|[1-7][0-9a-f]){1,200}\Z",
        description="`next` of the page before; without it the list begins.",
    ),
]


def after_of(cursor: str | None) -> str:
    """Return the key a cursor stands for; empty at the beginning."""
    return unquote(bytes.fromhex(cursor).decode("ascii")) if cursor else ""


def listed(kind: Callable[..., L], page: Page[T], out: Callable[[T], msgspec.Struct]) -> L:
    """Return a page in its outward shape."""
    rest: dict[str, Any] = {
        "next": quote(page.next_after).encode("ascii").hex() if page.next_after else None,
        "has_more": page.next_after is not None,
    }
    return kind(items=[out(item) for item in page.items], **rest)
