"""A partner's mailbox over HTTP: post a message, list what waits for us, acknowledge it."""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import Sequence
from typing import Any, Final

import attrs
import httpx
import msgspec

from energyretail.domain.shared import Conflict, Fault, Invalid, Refused

__all__ = ["HttpMailbox", "Letter"]

ACKNOWLEDGED_AT_ONCE: Final = 1_000
RETRIED: Final = (httpx.codes.TOO_MANY_REQUESTS, httpx.codes.SERVICE_UNAVAILABLE)


@attrs.frozen
class Letter:
    """A message that waits for us: what to acknowledge it by, and its bytes as they are."""

    receipt: str
    body: bytes


class _LetterIn(msgspec.Struct, frozen=True, kw_only=True):
    receipt: str
    body_base64: str


class _InboxIn(msgspec.Struct, frozen=True, kw_only=True):
    messages: list[_LetterIn]


class HttpMailbox:
    """``POST /messages``, ``GET /inbox`` and ``POST /acknowledgements`` below `url`.

    The partner takes a message once under its natural key, so a post may be tried again;
    within one call it is tried again only where the partner has surely not acted on it
    (nobody answered, or 429 or 503). `timeout_s` bounds connecting and every wait for bytes.
    Errors are named after `name`: ``<name>.unreachable``, ``.timeout``, ``.broken_off``,
    ``.status``, ``.answer``, ``.key_reused``, ``.not_taken``. One object may serve many threads.
    """

    def __init__(
        self,
        url: str,
        *,
        name: str,
        timeout_s: float = 10.0,
        attempts: int = 3,
        pause_s: float = 0.1,
    ):
        self._name = name
        self._attempts = attempts
        self._pause_s = pause_s
        self._client = httpx.Client(
            base_url=url.rstrip("/"), timeout=timeout_s, follow_redirects=False, trust_env=False
        )

    def post(self, body: bytes, *, content_type: str) -> None:
        """Bring a message; returning means the partner has it.

        Raises Conflict when the partner holds other bytes under its natural key, Refused when
        it will not take it, Fault when it failed.
        """
        answer = self._ask(
            "POST", "/messages", content=body, headers={"Content-Type": content_type}
        )
        if answer.status_code == httpx.codes.CONFLICT:
            raise Conflict(
                f"{self._name}.key_reused",
                "the partner holds another message under this key",
                answer=answer.text[:500],
            )
        if answer.is_client_error:
            raise Refused(
                f"{self._name}.not_taken",
                "the partner will not take the message",
                status=answer.status_code,
                answer=answer.text[:500],
            )
        self._expect_success(answer)

    def waiting(self, *, limit: int) -> tuple[Letter, ...]:
        """Return the first `limit` messages not acknowledged, in the partner's order."""
        answer = self._ask("GET", "/inbox", params={"limit": limit})
        self._expect_success(answer)
        try:
            told = msgspec.json.decode(answer.content, type=_InboxIn)
            return tuple(
                Letter(each.receipt, base64.b64decode(each.body_base64, validate=True))
                for each in told.messages
            )
        except (msgspec.MsgspecError, binascii.Error, ValueError) as error:
            raise Fault(f"{self._name}.answer", "not an inbox we can read", error=error) from error

    def acknowledge(self, receipts: Sequence[str]) -> None:
        """Tell that these are held; unknown ones and repetitions are harmless."""
        for start in range(0, len(receipts), ACKNOWLEDGED_AT_ONCE):
            part = list(receipts[start : start + ACKNOWLEDGED_AT_ONCE])
            self._expect_success(self._ask("POST", "/acknowledgements", json={"receipts": part}))

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        for left in reversed(range(self._attempts)):
            try:
                answer = self._client.request(method, path, **arguments)
                if answer.status_code not in RETRIED or not left:
                    return answer
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                if not left:
                    raise Fault(
                        f"{self._name}.unreachable", "nobody answers", error=error
                    ) from error
            except httpx.TimeoutException as error:
                raise Fault(
                    f"{self._name}.timeout", "no answer in time", outcome_unknown=True, path=path
                ) from error
            except httpx.HTTPError as error:
                raise Fault(
                    f"{self._name}.broken_off",
                    "the talk broke off",
                    outcome_unknown=True,
                    error=error,
                ) from error
            time.sleep(self._pause_s)
        raise Invalid(f"{self._name}.attempts", "try at least once", attempts=self._attempts)

    def _expect_success(self, answer: httpx.Response) -> None:
        if not answer.is_success:
            raise Fault(
                f"{self._name}.status",
                "the partner failed",
                outcome_unknown=answer.is_server_error,
                status=answer.status_code,
                answer=answer.text[:500],
            )
