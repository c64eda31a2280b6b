"""Asks the signature service over HTTP and JSON, with limits on time and size."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, TypeVar

import httpx
import msgspec

from energyretail.application.contracts.signature import Envelope, SignedEvidence
from energyretail.domain.shared import Conflict, Fault, Invalid

__all__ = ["HttpSignatureService"]

PAGES_MAX: Final = 10_000
ACKNOWLEDGED_AT_ONCE: Final = 5_000
T = TypeVar("T")


class _EvidenceIn(msgspec.Struct, frozen=True, kw_only=True):
    reference: str
    evidence_id: str
    document_sha256: str
    signer_name: str
    signer_email: str
    signed_on: date
    method: str


class _CompletedIn(msgspec.Struct, frozen=True, kw_only=True):
    completed: list[_EvidenceIn]
    next: str | None


class HttpSignatureService:
    """The SignatureService port over ``POST /envelopes`` and ``GET /completed``.

    `url` is the address of the service up to its first path; `timeout_s` bounds connecting,
    and every wait for bytes. Redirects are not followed. One object may serve many threads.
    """

    def __init__(self, url: str, *, timeout_s: float = 10.0):
        self._client = httpx.Client(
            base_url=url.rstrip("/"), timeout=timeout_s, follow_redirects=False, trust_env=False
        )

    def request(self, envelope: Envelope) -> None:
        """Ask for a signature; sending it twice is harmless, so no outcome stays unknown."""
        body = {
            "reference": envelope.reference,
            "document": envelope.document,
            "document_sha256": envelope.document_sha256,
            "signer_name": envelope.signer_name,
            "signer_email": envelope.signer_email,
        }
        answer = self._ask("POST", "/envelopes", json=body)
        if answer.status_code == httpx.codes.CONFLICT:
            raise Conflict(
                "contracts.envelope.reference_reused",
                "the reference stands for another envelope",
                reference=envelope.reference,
            )
        if answer.status_code == httpx.codes.BAD_REQUEST:
            raise Invalid(
                "contracts.envelope.refused", "the signature service cannot take it",
                reference=envelope.reference, answer=answer.text[:500],
            )  # fmt: skip
        _expect(answer, httpx.codes.OK, httpx.codes.CREATED)

    def completed(self) -> tuple[SignedEvidence, ...]:
        """Return all evidence not acknowledged, page by page."""
        found: list[SignedEvidence] = []
        after = ""
        for _ in range(PAGES_MAX):
            answer = self._ask("GET", "/completed", params={"after": after})
            _expect(answer, httpx.codes.OK)
            page = _decoded(answer, _CompletedIn)
            found += [_evidence(each) for each in page.completed]
            if page.next is None:
                return tuple(found)
            after = page.next
        raise Fault("signature.endless", "the service never ends its list", pages=PAGES_MAX)

    def acknowledge(self, references: Sequence[str]) -> None:
        """Confirm what is held, some thousands in each request."""
        for start in range(0, len(references), ACKNOWLEDGED_AT_ONCE):
            part = list(references[start : start + ACKNOWLEDGED_AT_ONCE])
            answer = self._ask("POST", "/acknowledged", json={"references": part})
            _expect(answer, httpx.codes.NO_CONTENT)

    def close(self) -> None:
        """Close every connection."""
        self._client.close()

    def _ask(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        try:
            return self._client.request(method, path, **arguments)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Fault("signature.unreachable", "nobody answers", error=error) from error
        except httpx.TimeoutException as error:
            raise Fault(
                "signature.timeout", "no answer in time", outcome_unknown=True, path=path
            ) from error
        except httpx.HTTPError as error:
            raise Fault(
                "signature.broken_off", "the talk broke off", outcome_unknown=True, error=error
            ) from error


def _expect(answer: httpx.Response, *statuses: int) -> None:
    if answer.status_code not in statuses:
        raise Fault(
            "signature.status", "the signature service failed",
            outcome_unknown=answer.is_server_error,
            status=answer.status_code, answer=answer.text[:500],
        )  # fmt: skip


def _decoded(answer: httpx.Response, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(answer.content, type=shape)
    except msgspec.MsgspecError as error:
        raise Fault("signature.answer", "not an answer we can read", error=error) from error


def _evidence(told: _EvidenceIn) -> SignedEvidence:
    return SignedEvidence(**msgspec.structs.asdict(told))
