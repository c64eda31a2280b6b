"""Answers what changes something: once for each key, and only over what the caller has read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

import attrs
import msgspec
from litestar import Response
from litestar.datastructures import ResponseHeader
from litestar.exceptions import HTTPException
from litestar.openapi.spec import Example
from litestar.params import HeaderParameter

from energyretail.application.shared import Answer, Once
from energyretail.entrypoints.api.requests import AnyRequest, fingerprint_of, refuse_faults

__all__ = [
    "ETAG", "LOCATION", "REPLAYED", "IdempotencyKey", "IfMatch", "Told", "answered", "etag_of",
    "version_of",
]  # fmt: skip

S = TypeVar("S", bound=msgspec.Struct)

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        pattern=r"^[\x21-\x7e]{1,255}\Z",
        description="The caller's own key: the same request under it is done once.",
        examples=[Example(value="7a1f0f0e-order-1")],
    ),
]
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match",
        required=True,
        pattern=r'^"[1-9][0-9]{0,8}"\Z',
        description="The ETag of what was read: nothing is changed when it is another by now.",
        examples=[Example(value='"1"')],
    ),
]

LOCATION: Final = ResponseHeader(
    "Location", documentation_only=True, description="Where what was made is found."
)
ETAG: Final = ResponseHeader(
    "ETag", documentation_only=True, description="The version, for If-Match."
)
REPLAYED: Final = ResponseHeader(
    "Idempotency-Replayed",
    documentation_only=True,
    description="true when the answer was given before under the key.",
)


@attrs.frozen
class Told:
    """What a caller is told: a shape, with the status and headers that go with it."""

    shape: msgspec.Struct
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def answer(self) -> Answer:
        """The answer as it is kept and sent."""
        return Answer(self.status, msgspec.json.encode(self.shape), self.headers)


def answered(
    once: Once, request: AnyRequest, key: str | None, act: Callable[[], Told]
) -> Response[Any]:
    """Answer a request that changes something: under its key once, without one each time.

    Raises RequestFaults before anything is done.
    """
    refuse_faults(request)
    again = False
    if key is None:
        answer = act().answer
    else:
        answer, again = once(key, fingerprint_of(request), lambda: act().answer)
    headers = dict(answer.headers) | ({"Idempotency-Replayed": "true"} if again else {})
    return Response(
        answer.body, status_code=answer.status, media_type="application/json", headers=headers
    )


def etag_of(version: int) -> str:
    """Return the entity tag of a version."""
    return f'"{version}"'


def version_of(if_match: str | None) -> int:
    """Return the version an If-Match names; raises HTTPException 428 without one."""
    if if_match is None:
        raise HTTPException("Say with If-Match what you have read.", status_code=428)
    return int(if_match.strip('"'))
